"""Calls to the services: with the caller's key, and with names for what fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import grpc.aio
from google.protobuf.message import Message
from starlette.requests import Request

from hookline_gateway.backends import Backends, Metadata, Name
from hookline_gateway.json_api.operations import Operation
from hookline_runtime.errors import Unauthenticated

_KEYS = ("api-key", "api-appid")


class CallFailed(Exception):
    """A call that failed, with the service that was called; its cause is the error of gRPC."""

    def __init__(self, service: Name, error: grpc.aio.AioRpcError) -> None:
        super().__init__(service)
        self.service = service
        self.error = error


def keys_of(request: Request) -> Metadata:
    """The caller's key as metadata of gRPC; the service decides whether it is one.

    Raises:
        Unauthenticated: it holds what no key holds.
    """
    shown = tuple((name, request.headers[name]) for name in _KEYS if name in request.headers)
    if not all(value.isascii() and value.isprintable() for _, value in shown):
        raise Unauthenticated("no key has this Api-Appid and Api-Key", reason="KEY_INVALID")
    return shown


class Calls:
    """The RPCs behind the operations, each by a callable that is made once."""

    def __init__(self, backends: Backends, seconds: float) -> None:
        self._backends = backends
        self._seconds = seconds
        self._unary: dict[str, Callable[..., Awaitable[Message]]] = {}

    async def one(self, operation: Operation, message: Message, keys: Metadata) -> Message:
        """The answer of an RPC with one.

        Raises:
            CallFailed: it was refused, or the service is away.
        """
        call = self._unary.get(operation.path)
        if call is None:
            channel = self._backends.of(operation.backend)
            call = channel.unary_unary(operation.path, type(message).SerializeToString, operation.response.FromString)
            self._unary[operation.path] = call
        try:
            answer: Message = await call(message, metadata=keys, timeout=self._seconds)
        except grpc.aio.AioRpcError as error:
            raise CallFailed(operation.backend, error) from error
        return answer

    async def many(self, operation: Operation, message: Message, keys: Metadata) -> AsyncIterator[Message]:
        """The answers of an RPC with a stream of them; leaving it ends the RPC.

        Raises:
            CallFailed: it was refused, or broke off.
        """
        channel = self._backends.of(operation.backend)
        stream = channel.unary_stream(operation.path, type(message).SerializeToString, operation.response.FromString)
        call = stream(message, metadata=keys)
        try:
            async for answer in call:
                yield answer
        except grpc.aio.AioRpcError as error:
            raise CallFailed(operation.backend, error) from error
        finally:
            call.cancel()
