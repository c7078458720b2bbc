from __future__ import annotations

from typing import Any

import grpc.aio
import pytest
from google.protobuf import descriptor_pb2
from grpc_reflection.v1alpha import reflection_pb2

from tests.unit.runtime.rig import collect, raw_stream, running

V1 = "grpc.reflection.v1.ServerReflection"
ALPHA = "grpc.reflection.v1alpha.ServerReflection"
VERSIONS = pytest.mark.parametrize("version", [V1, ALPHA])


async def ask(channel: grpc.aio.Channel, version: str, request: Any) -> Any:
    """One question by raw bytes, since no stub knows v1."""
    call = raw_stream(channel, f"/{version}/ServerReflectionInfo")
    answers: list[bytes] = await collect(call(iter([request.SerializeToString()])))
    return reflection_pb2.ServerReflectionResponse.FromString(answers[0])


@VERSIONS
async def test_services_are_listed(version: str) -> None:
    async with running() as (_, channel):
        answer = await ask(channel, version, reflection_pb2.ServerReflectionRequest(list_services=""))
    assert {each.name for each in answer.list_services_response.service} == {
        "hookline.dispatcher.v1.TargetService",
        "grpc.health.v1.Health",
        V1,
        ALPHA,
    }


@VERSIONS
@pytest.mark.parametrize("symbol", ["hookline.dispatcher.v1.TargetService", V1, ALPHA, "grpc.health.v1.Health"])
async def test_what_is_listed_is_described(version: str, symbol: str) -> None:
    async with running() as (_, channel):
        question = reflection_pb2.ServerReflectionRequest(file_containing_symbol=symbol)
        answer = await ask(channel, version, question)
    files = [
        descriptor_pb2.FileDescriptorProto.FromString(each)
        for each in answer.file_descriptor_response.file_descriptor_proto
    ]
    assert symbol in {f"{file.package}.{service.name}" for file in files for service in file.service}
