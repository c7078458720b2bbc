"""A server with tiny servicers, keys to call it with, and what a client sees of an error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import grpc
import grpc.aio
import pytest
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from hookline.dispatcher.v1 import (
    delivery_pb2,
    delivery_service_pb2,
    delivery_service_pb2_grpc,
    event_service_pb2,
    event_service_pb2_grpc,
    target_service_pb2,
    target_service_pb2_grpc,
)
from hookline.registry.v1 import config_pb2, config_pb2_grpc
from prometheus_client import CollectorRegistry

from hookline_runtime.access import Access, KeyKind, KeyRecord, Scope, hash_secret
from hookline_runtime.channels import open_channel
from hookline_runtime.clock import ManualClock
from hookline_runtime.server import GrpcServer

BOUND = 20.0
SERVICE_KEY = "the-service-key"
NOW = 1_000_000
ALL = frozenset(Scope)

GetTarget = Callable[[target_service_pb2.GetTargetRequest], Awaitable[target_service_pb2.GetTargetResponse]]
Watch = Callable[[asyncio.Event], AsyncIterator[delivery_service_pb2.WatchResponse]]
T = TypeVar("T")


def key(
    name: str,
    kind: KeyKind = KeyKind.ACCOUNT,
    account_id: int = 7,
    scopes: frozenset[Scope] = ALL - {Scope.ADMIN},
    expire_time: int | None = None,
    revoked: bool = False,
) -> KeyRecord:
    return KeyRecord(name, hash_secret(f"secret-{name}"), kind, account_id, scopes, expire_time, revoked)


KEYS = (
    key("all"),
    key("reader", scopes=frozenset({Scope.READ})),
    key("publisher", scopes=frozenset({Scope.PUBLISH})),
    key("would-be-admin", scopes=ALL),
    key("operator", KeyKind.OPERATOR, 0, ALL),
    key("operator-reader", KeyKind.OPERATOR, 0, frozenset({Scope.READ})),
    key("expired", expire_time=NOW),
    key("expires-later", expire_time=NOW + 1),
    key("revoked", revoked=True),
)


def shows(name: str, secret: str | None = None) -> tuple[tuple[str, str], ...]:
    """The metadata of a caller that shows the key with that name."""
    return (("api-appid", name), ("api-key", secret or f"secret-{name}"))


@dataclass
class Keys:
    """Finds the keys above and notes which were used."""

    uses: list[tuple[str, int]] = field(default_factory=list)

    async def find(self, application_id: str) -> KeyRecord | None:
        return next((each for each in KEYS if each.application_id == application_id), None)

    def used(self, application_id: str, now: int) -> None:
        self.uses.append((application_id, now))


def access(keys: Keys | None = None, service_key: str | None = SERVICE_KEY) -> Access:
    return Access(keys or Keys(), service_key, ManualClock(NOW))


async def no_target(request: target_service_pb2.GetTargetRequest) -> target_service_pb2.GetTargetResponse:
    return target_service_pb2.GetTargetResponse()


class Targets(target_service_pb2_grpc.TargetServiceServicer):
    def __init__(self, get: GetTarget = no_target) -> None:
        self._get = get

    async def GetTarget(
        self, request: target_service_pb2.GetTargetRequest, context: Any
    ) -> target_service_pb2.GetTargetResponse:
        return await self._get(request)


class Events(event_service_pb2_grpc.EventServiceServicer):
    """Acks every batch; with ``reads`` it takes them by the reader's API."""

    def __init__(self, reads: bool = False) -> None:
        self._reads = reads

    async def PublishStream(
        self, request_iterator: AsyncIterator[event_service_pb2.PublishStreamRequest], context: Any
    ) -> AsyncIterator[event_service_pb2.PublishStreamResponse]:
        if self._reads:
            while (request := await context.read()) is not grpc.aio.EOF:
                yield event_service_pb2.PublishStreamResponse(batch_id=request.batch_id)
        async for request in request_iterator:
            yield event_service_pb2.PublishStreamResponse(batch_id=request.batch_id)


class Deliveries(delivery_service_pb2_grpc.DeliveryServiceServicer):
    """Watches by what it is given, and notes when a watch was closed."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.draining = asyncio.Event()
        self.watching = asyncio.Event()
        self.closed = asyncio.Event()

    async def Watch(
        self, request: delivery_service_pb2.WatchRequest, context: Any
    ) -> AsyncIterator[delivery_service_pb2.WatchResponse]:
        self.watching.set()
        try:
            async for response in self._watch(self.draining):
                yield response
        finally:
            self.closed.set()


class Config(config_pb2_grpc.ConfigServiceServicer):
    async def LookUpKey(self, request: config_pb2.LookUpKeyRequest, context: Any) -> config_pb2.LookUpKeyResponse:
        return config_pb2.LookUpKeyResponse()


def targets(get: GetTarget = no_target) -> tuple[Any, Any]:
    # Abstract to mypy: what is left out here stays unimplemented on purpose.
    return target_service_pb2_grpc.add_TargetServiceServicer_to_server, Targets(get)  # type: ignore[abstract]


def events(reads: bool = False) -> tuple[Any, Any]:
    servicer = Events(reads)  # type: ignore[abstract]  # as above
    return event_service_pb2_grpc.add_EventServiceServicer_to_server, servicer


def deliveries(watch: Watch) -> tuple[Any, Any]:
    servicer = Deliveries(watch)  # type: ignore[abstract]  # as above
    return delivery_service_pb2_grpc.add_DeliveryServiceServicer_to_server, servicer


def config() -> tuple[Any, Any]:
    servicer = Config()  # type: ignore[abstract]  # as above
    return config_pb2_grpc.add_ConfigServiceServicer_to_server, servicer


def server(*services: tuple[Any, Any], address: str = "127.0.0.1:0", **options: Any) -> GrpcServer:
    options.setdefault("registry", CollectorRegistry())
    options.setdefault("access", access())
    return GrpcServer(address, services or (targets(),), **options)


@asynccontextmanager
async def running(*services: tuple[Any, Any], **options: Any) -> AsyncIterator[tuple[GrpcServer, grpc.aio.Channel]]:
    """A started server and a channel to it; the server is drained at the end."""
    started = server(*services, **options)
    await started.start()
    try:
        async with open_channel(f"127.0.0.1:{started.bound_port}") as channel:
            yield started, channel
    finally:
        await started.drain(0)


TARGET = target_service_pb2.GetTargetRequest(
    target=delivery_pb2.TargetRef(kind=delivery_pb2.TARGET_KIND_SUBSCRIPTION, id=4)
)


def get_target(channel: grpc.aio.Channel) -> Any:
    return target_service_pb2_grpc.TargetServiceStub(channel).GetTarget


def publish_stream(channel: grpc.aio.Channel) -> Any:
    return event_service_pb2_grpc.EventServiceStub(channel).PublishStream


def watch(channel: grpc.aio.Channel) -> Any:
    return delivery_service_pb2_grpc.DeliveryServiceStub(channel).Watch


def look_up_key(channel: grpc.aio.Channel) -> Any:
    return config_pb2_grpc.ConfigServiceStub(channel).LookUpKey


def raw(channel: grpc.aio.Channel, method: str) -> Any:
    """A call that sends and receives bytes."""
    call: Any = channel.unary_unary(method)
    return call


def raw_stream(channel: grpc.aio.Channel, method: str) -> Any:
    """A stream both ways that sends and receives bytes."""
    call: Any = channel.stream_stream(method)
    return call


@dataclass(frozen=True)
class Failure:
    """An error as a client sees it: code, message, and the details by type."""

    code: grpc.StatusCode
    message: str
    status: status_pb2.Status

    def detail(self, kind: type[T]) -> T:
        assert issubclass(kind, Message)
        found = kind()
        assert any(each.Unpack(found) for each in self.status.details), f"no {kind.__name__}"
        return found

    @property
    def info(self) -> error_details_pb2.ErrorInfo:
        return self.detail(error_details_pb2.ErrorInfo)

    @property
    def fields(self) -> dict[str, str]:
        return {v.field: v.description for v in self.detail(error_details_pb2.BadRequest).field_violations}


async def failure(call: Awaitable[Any]) -> Failure:
    """What becomes of a call that has to fail."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async with asyncio.timeout(BOUND):
            await call
    error = caught.value
    status = rpc_status.from_call(error)
    assert status is not None, f"{error.code()} {error.details()} without details"
    return Failure(error.code(), error.details() or "", status)


async def collect(stream: AsyncIterator[T]) -> list[T]:
    """All responses of a stream."""
    async with asyncio.timeout(BOUND):
        return [each async for each in stream]
