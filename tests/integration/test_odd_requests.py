"""Every RPC, sent bytes without sense and messages that nobody would send: answered or refused, never broken."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random
from typing import Any

import grpc
import grpc.aio
import hookline.dispatcher.v1
import hookline.registry.v1
import pytest
import pytest_asyncio
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.suite import Suite, running
from tests.integration.messages import odd_bytes

Code = grpc.StatusCode
ROUNDS = 25
BROKEN = {Code.INTERNAL, Code.UNKNOWN, Code.DATA_LOSS}
"""What a service says of itself; what a caller did has another code."""
SECONDS, WAITING = 20, 1
"""That a call may take, and one that may wait for a revision that never comes."""


def methods() -> Iterator[MethodDescriptor]:
    """Every RPC of both services."""
    for package in (hookline.registry.v1, hookline.dispatcher.v1):
        for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            if found.name.endswith("_pb2"):
                for service in importlib.import_module(found.name).DESCRIPTOR.services_by_name.values():
                    yield from service.methods


METHODS = {method.full_name: method for method in methods()}
SAME = {"request_serializer": bytes, "response_deserializer": bytes}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def suite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Suite]:
    async with running(Path(tmp_path_factory.mktemp("odd"))) as made:
        yield made


async def outcome(call: Any) -> tuple[grpc.StatusCode | None, str]:
    """How a call ends, and what is said of it; None for a stream that goes on."""
    try:
        if isinstance(call, grpc.aio.UnaryUnaryCall):
            await call
        else:
            async with asyncio.timeout(0.2):
                async for _ in call:
                    pass
    except TimeoutError:
        call.cancel()
        return None, ""
    except grpc.aio.AioRpcError as error:
        return error.code(), error.details() or ""
    return Code.OK, ""


def calling(channel: grpc.aio.Channel, method: MethodDescriptor, data: bytes, metadata: Any) -> Any:
    path = f"/{method.containing_service.full_name}/{method.name}"
    seconds = WAITING if "min_config_revision" in method.input_type.fields_by_name else SECONDS
    if method.client_streaming:
        return channel.stream_stream(path, **SAME)(iter([data]), metadata=metadata, timeout=seconds)
    kind = channel.unary_stream if method.server_streaming else channel.unary_unary
    return kind(path, **SAME)(data, metadata=metadata, timeout=seconds)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", METHODS)
async def test_nothing_that_is_sent_breaks_a_service(suite: Suite, name: str) -> None:
    method, first = METHODS[name], suite.world.first
    of_registry = name.startswith("hookline.registry.")
    port = suite.world.registry.port if of_registry else suite.dispatcher.port
    operator = (("api-appid", first.operator_appid), ("api-key", first.operator_key))
    user = (("api-appid", first.api_appid), ("api-key", first.api_key))
    random = Random(zlib.crc32(name.encode()))
    async with open_channel(f"127.0.0.1:{port}") as channel:
        for number in range(ROUNDS):
            data = odd_bytes(GetMessageClass(method.input_type), random)
            code, said = await outcome(calling(channel, method, data, operator if number % 3 == 0 else user))
            assert code not in BROKEN, (number, said, data[:200])
            if "min_config_revision" not in method.input_type.fields_by_name:
                assert code not in (Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED), (number, said, data[:200])
