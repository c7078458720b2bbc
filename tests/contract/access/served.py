"""Every RPC that the protos name, and which of them a server says that it serves."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import grpc.aio
import hookline
from google.protobuf.descriptor import MethodDescriptor
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from hookline.event.v1 import options_pb2


def _all() -> Iterator[MethodDescriptor]:
    for root in map(Path, hookline.__path__):
        for found in sorted(root.rglob("*_pb2.py")):
            module = ".".join(("hookline", *found.relative_to(root).with_suffix("").parts))
            for service in importlib.import_module(module).DESCRIPTOR.services_by_name.values():
                yield from service.methods


METHODS = sorted(_all(), key=lambda method: method.full_name)


def access_of(method: MethodDescriptor) -> int:
    """The ``hookline.event.v1.Access`` that it asks for."""
    return int(method.GetOptions().Extensions[options_pb2.access])


def named(method: MethodDescriptor) -> str:
    """How a test of it is called."""
    return f"{method.containing_service.name}.{method.name}"


async def reflected(channel: grpc.aio.Channel) -> set[str]:
    """The services of this project that a server lists."""
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    call = stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
    answer = await call.read()
    names = {service.name for service in answer.list_services_response.service}
    return {name for name in names if name.startswith("hookline.")}
