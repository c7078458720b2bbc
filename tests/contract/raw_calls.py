"""RPCs called with raw bytes, as a client that nobody here wrote does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass
from grpc_status import rpc_status


def call(channel: Any, method: MethodDescriptor, request: bytes, metadata: tuple[tuple[str, str], ...]) -> Any:
    """Calls an RPC of any kind with one request; waits for one response."""
    path = f"/{method.containing_service.full_name}/{method.name}"
    read = GetMessageClass(method.output_type).FromString
    told = {"metadata": metadata, "timeout": 30}
    if method.client_streaming:
        stream = channel.stream_stream(path, None, read)
        return _twice(lambda: stream(iter([request]), **told).read())
    if method.server_streaming:
        return channel.unary_stream(path, None, read)(request, **told).read()
    return channel.unary_unary(path, None, read)(request, **told)


async def _twice(response_of: Callable[[], Awaitable[Any]]) -> Any:
    """What a stream answers first.

    Where it ends as the client still writes, the client's library may tell INTERNAL of its own instead: then once more.
    Our servers always send details.
    """
    try:
        return await response_of()
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.INTERNAL or rpc_status.from_call(error) is not None:
            raise
    return await response_of()
