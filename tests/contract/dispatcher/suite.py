"""A registry, a dispatcher and a receiver in this process, over real sockets and real files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc.aio
from hookline.dispatcher.v1 import (
    campaign_stats_service_pb2_grpc,
    delivery_service_pb2,
    delivery_service_pb2_grpc,
    event_service_pb2,
    event_service_pb2_grpc,
    log_service_pb2_grpc,
    object_service_pb2_grpc,
    plugin_service_pb2_grpc,
    preview_service_pb2_grpc,
    route_service_pb2_grpc,
    stats_service_pb2_grpc,
    target_service_pb2_grpc,
)
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import account_pb2, subscription_pb2

from hookline_dispatcher.server import Dispatcher, start
from hookline_dispatcher.settings import DispatcherSettings
from hookline_registry.settings import Settings as RegistrySettings
from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.receiver import BOUND, Receiver, receiving, until
from tests.contract.registry import first_database
from tests.contract.registry.world import SERVICE_KEY, World, open_world
from tests.contract.registry.world import Caller as RegistryCaller

LOOPBACK = "127.0.0.0/8"


class Caller(RegistryCaller):
    """The stubs of the dispatcher's services, called with one key."""

    services = (
        event_service_pb2_grpc.EventServiceStub,
        delivery_service_pb2_grpc.DeliveryServiceStub,
        log_service_pb2_grpc.LogServiceStub,
        target_service_pb2_grpc.TargetServiceStub,
        campaign_stats_service_pb2_grpc.CampaignStatsServiceStub,
        route_service_pb2_grpc.RouteServiceStub,
        object_service_pb2_grpc.ObjectServiceStub,
        preview_service_pb2_grpc.PreviewServiceStub,
        plugin_service_pb2_grpc.DispatcherPluginServiceStub,
        stats_service_pb2_grpc.StatsServiceStub,
    )


@dataclass(slots=True)
class Suite:
    """Everything that runs, and who calls with the first account's key and with the operator's."""

    world: World
    dispatcher: Dispatcher
    receiver: Receiver
    revision: int = 0
    channel: grpc.aio.Channel = field(init=False)
    user: Caller = field(init=False)
    operator: Caller = field(init=False)

    def __post_init__(self) -> None:
        self._connect()

    async def restart(self, folder: Path, **overrides: Any) -> None:
        """Puts another dispatcher in the place of the one that was stopped, on the same folder."""
        await self.channel.close()
        self.dispatcher = await start(dispatcher_settings(folder, self.world.registry.port, **overrides))
        self._connect()
        # A connection that a client lost is shared, and so is its pause before the next try.
        await self.channel.channel_ready()

    def _connect(self) -> None:
        first = self.world.first
        self.channel = open_channel(f"127.0.0.1:{self.dispatcher.port}")
        self.user = Caller(self.channel, ("api-appid", first.api_appid), ("api-key", first.api_key))
        self.operator = Caller(self.channel, ("api-appid", first.operator_appid), ("api-key", first.operator_key))

    async def subscribe(self, event: str = "sub_tag", **more: Any) -> subscription_pb2.CreateSubscriptionResponse:
        """A subscription of the first account to the receiver; what is published next knows of it."""
        more.setdefault("url", self.receiver.url)
        request = subscription_pb2.CreateSubscriptionRequest(
            subscription=subscription_pb2.Subscription(event=event, **more)
        )
        made: subscription_pb2.CreateSubscriptionResponse = await self.world.user.CreateSubscription(request)
        self.revision = made.config_revision
        return made

    async def change_plan(self, plan: account_pb2.Plan.ValueType) -> None:
        """Puts the first account on another plan, and waits until the dispatcher knows."""
        account = account_pb2.Account(id=self.world.first.account_id, plan=plan)
        made = await self.world.operator.UpdateAccount(account_pb2.UpdateAccountRequest(account=account))
        await until(lambda: self.dispatcher.known_revision >= made.config_revision)

    async def publish(self, event_id: str = "", **more: Any) -> event_service_pb2.PublishAck:
        """Publishes an event of the first account that any subscription to sub_tag(4) gets."""
        response = await self.user.Publish(
            event_service_pb2.PublishRequest(event=event(event_id, **more), min_config_revision=self.revision)
        )
        ack: event_service_pb2.PublishAck = response.ack
        return ack

    async def deliveries(self, **which: Any) -> list[dpb.Delivery]:
        """The first account's deliveries, the newest first."""
        page = await self.user.ListDeliveries(delivery_service_pb2.ListDeliveriesRequest(**which))
        return list(page.deliveries)

    async def until_delivery(self, condition: Callable[[dpb.Delivery], bool], **which: Any) -> dpb.Delivery:
        """The newest delivery of those that are asked for, once it meets the condition."""
        found: list[dpb.Delivery] = []
        async with asyncio.timeout(BOUND):
            while not found or not condition(found[0]):
                found = await self.deliveries(page_size=1, **which)
        return found[0]


def event(event_id: str = "", **more: Any) -> event_pb2.Event:
    """An event of sub_tag(4)."""
    fields: dict[str, Any] = {
        "id": event_id,
        "type": "sub_tag",
        "params": {"tag_id": "4"},
        "object_id": "8",
        "data": '{"firstname":"Zoë & Co","n":12345678901234567890123}'.encode(),
    }
    return event_pb2.Event(**{**fields, **more})


def dispatcher_settings(folder: Path, registry_port: int, **overrides: Any) -> DispatcherSettings:
    """Settings for a test: free ports, loopback open, retries at once."""
    chosen: dict[str, Any] = {
        "service_key": SERVICE_KEY,
        "wrong_keys_per_minute": 0,
        "dispatcher_address": "127.0.0.1:0",
        "dispatcher_registry": f"127.0.0.1:{registry_port}",
        "dispatcher_data": folder / "dispatcher",
        "egress_allow": LOOPBACK,
        "dispatcher_retry_first_seconds": 0.01,
        "dispatcher_drain_seconds": 5,
    }
    return DispatcherSettings.load(**{**chosen, **overrides})


@asynccontextmanager
async def running(folder: Path, **overrides: Any) -> AsyncIterator[Suite]:
    """A suite that runs; ``overrides`` are settings of the dispatcher."""
    registry_settings = RegistrySettings.load(
        service_key=SERVICE_KEY,
        wrong_keys_per_minute=0,
        registry_address="127.0.0.1:0",
        registry_database=f"sqlite+aiosqlite:///{folder / 'registry.db'}",
        egress_allow=LOOPBACK,
    )
    first = await first_database.put(folder / "registry.db")
    async with receiving() as receiver, open_world(registry_settings, first=first) as world:
        dispatcher = await start(dispatcher_settings(folder, world.registry.port, **overrides))
        suite = Suite(world, dispatcher, receiver)
        try:
            await until(lambda: dispatcher.known_revision > 0)
            yield suite
        finally:
            receiver.gate.set()
            await suite.channel.close()
            await suite.dispatcher.stop()
