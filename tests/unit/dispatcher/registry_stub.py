"""A ConfigService that says what a test tells it to, over a real connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc.aio
from hookline.registry.v1 import account_pb2, config_pb2, config_pb2_grpc, subscription_pb2
from prometheus_client import CollectorRegistry

from hookline_dispatcher.config.codec import ItemKind
from hookline_runtime.access import Access, KeyKind, KeyRecord, Scope
from hookline_runtime.channels import open_channel
from hookline_runtime.clock import SystemClock
from hookline_runtime.errors import HooklineError, NotFound
from hookline_runtime.server import GrpcServer
from tests.unit.dispatcher.configs import ACCOUNT, PRO

SERVICE_KEY = "the-service-key"
BOUND = 5.0
Say = config_pb2.WatchResponse | HooklineError | None
_SCOPES = {
    Scope.MANAGE: account_pb2.SCOPE_MANAGE,
    Scope.PUBLISH: account_pb2.SCOPE_PUBLISH,
    Scope.READ: account_pb2.SCOPE_READ,
    Scope.ADMIN: account_pb2.SCOPE_ADMIN,
}


def account_item(plan: int = PRO, *, account_id: int = ACCOUNT, revision: int = 1) -> config_pb2.ConfigItem:
    stored = account_pb2.Account(id=account_id, plan=account_pb2.Plan.ValueType(plan))
    return config_pb2.ConfigItem(
        kind=config_pb2.CONFIG_KIND_ACCOUNT, account_id=account_id, id=account_id, revision=revision, account=stored
    )


def key_item(record: KeyRecord, id_: int = 1, revision: int = 1) -> config_pb2.ConfigItem:
    operator = record.kind is KeyKind.OPERATOR
    stored = account_pb2.Key(
        id=id_,
        account_id=record.account_id,
        kind=account_pb2.KEY_KIND_OPERATOR if operator else account_pb2.KEY_KIND_ACCOUNT,
        application_id=record.application_id,
        scopes=[_SCOPES[scope] for scope in record.scopes],
    )
    if record.revoked:
        stored.revoke_time.FromMicroseconds(1)
    if record.expire_time is not None:
        stored.expire_time.FromMicroseconds(record.expire_time)
    return config_pb2.ConfigItem(
        kind=config_pb2.CONFIG_KIND_KEY,
        account_id=record.account_id,
        id=id_,
        revision=revision,
        key=config_pb2.KeyConfig(key=stored, secret_hash=record.secret_hash),
    )


def subscription_item(id_: int, event: str, *, revision: int = 1) -> config_pb2.ConfigItem:
    stored = subscription_pb2.Subscription(id=id_, event=event, url="https://r.example/")
    return config_pb2.ConfigItem(
        kind=config_pb2.CONFIG_KIND_SUBSCRIPTION,
        account_id=ACCOUNT,
        id=id_,
        revision=revision,
        subscription=config_pb2.SubscriptionConfig(subscription=stored),
    )


def gone(kind: ItemKind, id_: int, revision: int) -> config_pb2.ConfigItem:
    return config_pb2.ConfigItem(
        kind=config_pb2.ConfigKind.ValueType(kind), account_id=ACCOUNT, id=id_, revision=revision, deleted=True
    )


def snapshot(*items: config_pb2.ConfigItem) -> config_pb2.WatchResponse:
    return config_pb2.WatchResponse(items=items, snapshot=True)


def changes(*items: config_pb2.ConfigItem, checkpoint: int = 0) -> config_pb2.WatchResponse:
    return config_pb2.WatchResponse(items=items, checkpoint=checkpoint)


def checkpoint(revision: int) -> config_pb2.WatchResponse:
    return config_pb2.WatchResponse(checkpoint=revision)


@dataclass
class Registry(config_pb2_grpc.ConfigServiceServicer):
    """Says to whoever watches what is put into ``feed``: a message, an error, or None for the end."""

    feed: asyncio.Queue[Say] = field(default_factory=asyncio.Queue)
    resumed: list[int] = field(default_factory=list)
    keys: dict[str, config_pb2.ConfigItem] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    uses: list[tuple[str, int]] = field(default_factory=list)
    trouble: HooklineError | None = None
    answering: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.answering.set()

    def say(self, *responses: Say) -> None:
        for response in responses:
            self.feed.put_nowait(response)

    async def Watch(self, request: config_pb2.WatchRequest, context: Any) -> AsyncIterator[config_pb2.WatchResponse]:
        self.resumed.append(request.resume_revision)
        while (response := await self.feed.get()) is not None:
            if isinstance(response, HooklineError):
                raise response
            yield response

    async def LookUpKey(self, request: config_pb2.LookUpKeyRequest, context: Any) -> config_pb2.LookUpKeyResponse:
        self.asked.append(request.application_id)
        await self.answering.wait()
        if self.trouble is not None:
            raise self.trouble
        if request.application_id not in self.keys:
            raise NotFound("no such key")
        return config_pb2.LookUpKeyResponse(item=self.keys[request.application_id])

    async def ReportKeyUse(
        self, request: config_pb2.ReportKeyUseRequest, context: Any
    ) -> config_pb2.ReportKeyUseResponse:
        if self.trouble is not None:
            raise self.trouble
        self.uses += [(use.application_id, use.last_used_time.ToMicroseconds()) for use in request.uses]
        return config_pb2.ReportKeyUseResponse()


class NoKeys:
    """Finds nothing: only the service key is good here."""

    async def find(self, application_id: str) -> KeyRecord | None:
        return None

    def used(self, application_id: str, now: int) -> None:
        pass


@asynccontextmanager
async def listening(registry: Registry) -> AsyncIterator[int]:
    """The port of a server that serves ``registry``."""
    service = (config_pb2_grpc.add_ConfigServiceServicer_to_server, registry)
    access = Access(NoKeys(), SERVICE_KEY, SystemClock())
    server = GrpcServer("127.0.0.1:0", [service], access, registry=CollectorRegistry())
    await server.start()
    try:
        yield server.bound_port
    finally:
        await server.drain(0)


@asynccontextmanager
async def serving(registry: Registry) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to a server that serves ``registry``."""
    async with listening(registry) as port, open_channel(f"127.0.0.1:{port}") as channel:
        yield channel


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Waits for a condition to hold."""
    async with asyncio.timeout(BOUND):
        while True:
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.005)
