"""A whole dispatcher and a receiver over real sockets and files, fed with config items by the test itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc.aio
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2, event_service_pb2
from hookline.registry.v1 import account_pb2, config_pb2, subscription_pb2, webhook_pb2

from hookline_dispatcher.server import Dispatcher, start
from hookline_dispatcher.settings import DispatcherSettings
from hookline_plugin.trigger import TriggerSource
from hookline_runtime.channels import open_channel
from hookline_runtime.plugins import PluginHost
from tests.contract.dispatcher.receiver import BOUND, Receiver, receiving, until
from tests.contract.dispatcher.suite import LOOPBACK, Caller, event
from tests.unit.dispatcher.configs import ACCOUNT, PRO, api_key
from tests.unit.dispatcher.registry_stub import SERVICE_KEY, Registry, changes, key_item, listening, snapshot
from tests.unit.dispatcher.toy_source import BuiltinEncoders, ToyPlugin, ToySource

SECRET = "whsec_" + "bmV3" * 8
DELIVERED, DEAD = dpb.DELIVERY_STATE_DELIVERED, dpb.DELIVERY_STATE_DEAD
WEBHOOK, SUBSCRIPTION = dpb.TARGET_KIND_WEBHOOK, dpb.TARGET_KIND_SUBSCRIPTION


def account_item(plan: int = PRO, *, global_rules: bool = True, form_rules: bool = True) -> config_pb2.ConfigItem:
    features = account_pb2.FeatureSwitches(global_rules=global_rules, form_rules=form_rules)
    stored = account_pb2.Account(id=ACCOUNT, plan=account_pb2.Plan.ValueType(plan), features=features)
    return config_pb2.ConfigItem(kind=config_pb2.CONFIG_KIND_ACCOUNT, id=ACCOUNT, account=stored)


def webhook_item(
    id_: int = 1, *, names: Mapping[str, Sequence[str]] | None = None, **fields: Any
) -> config_pb2.ConfigItem:
    found = names if names is not None else {"first name": ["firstname"], "email": ["email"]}
    body = config_pb2.WebhookConfig(
        webhook=webhook_pb2.Webhook(id=id_, **fields),
        secrets=[config_pb2.SigningSecret(secret=SECRET)],
        names=[config_pb2.NamedPath(name=name, path=path) for name, path in found.items()],
    )
    return config_pb2.ConfigItem(kind=config_pb2.CONFIG_KIND_WEBHOOK, id=id_, webhook=body)


def subscription_item(id_: int, url: str, subscribed: str = "sub_tag") -> config_pb2.ConfigItem:
    stored = subscription_pb2.Subscription(id=id_, event=subscribed, url=url)
    body = config_pb2.SubscriptionConfig(subscription=stored, secrets=[config_pb2.SigningSecret(secret=SECRET)])
    return config_pb2.ConfigItem(kind=config_pb2.CONFIG_KIND_SUBSCRIPTION, id=id_, subscription=body)


def trigger_item(
    id_: int,
    definition: object,
    source: str = "global_rule",
    kind: config_pb2.ConfigKind.ValueType = config_pb2.CONFIG_KIND_GLOBAL_RULE,
) -> config_pb2.ConfigItem:
    text = definition if isinstance(definition, bytes) else json.dumps(definition).encode()
    body = config_pb2.TriggerConfig(source=source, name="a name", definition=text)
    return config_pb2.ConfigItem(kind=kind, id=id_, trigger=body)


def gone(kind: config_pb2.ConfigKind.ValueType, id_: int) -> config_pb2.ConfigItem:
    return config_pb2.ConfigItem(kind=kind, id=id_, deleted=True)


@dataclass
class Fed:
    """What runs, and who calls with a key of the account."""

    dispatcher: Dispatcher
    registry: Registry
    receiver: Receiver
    sources: dict[str, ToySource]
    revision: int = 1
    channel: grpc.aio.Channel = field(init=False)
    user: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.channel = open_channel(f"127.0.0.1:{self.dispatcher.port}")
        self.user = Caller(self.channel, ("api-appid", "app"), ("api-key", "secret-app"))

    async def change(self, *items: config_pb2.ConfigItem) -> None:
        """Has the dispatcher know of these items, each as of a revision of its own."""
        for item in items:
            self.revision += 1
            item.account_id, item.revision = ACCOUNT, self.revision
        self.registry.say(changes(*items, checkpoint=self.revision))
        await until(lambda: self.dispatcher.known_revision >= self.revision)

    async def publish(self, event_id: str = "", **more: Any) -> event_service_pb2.PublishAck:
        response = await self.user.Publish(event_service_pb2.PublishRequest(event=event(event_id, **more)))
        ack: event_service_pb2.PublishAck = response.ack
        return ack

    async def deliveries(self, **which: Any) -> list[dpb.Delivery]:
        """The account's deliveries, the oldest first."""
        page = await self.user.ListDeliveries(delivery_service_pb2.ListDeliveriesRequest(**which))
        return list(page.deliveries)[::-1]

    async def until_all(
        self, condition: Callable[[dpb.Delivery], bool], number: int = 1, **which: Any
    ) -> list[dpb.Delivery]:
        """The deliveries that are asked for, once there are that many and all meet the condition."""
        async with asyncio.timeout(BOUND):
            while True:
                found = await self.deliveries(**which)
                if len(found) >= number and all(map(condition, found)):
                    return found

    async def published(self, event_id: str) -> event_service_pb2.PublishedEvent:
        response = await self.user.GetEvent(event_service_pb2.GetEventRequest(event_id=event_id))
        shown: event_service_pb2.PublishedEvent = response.event
        return shown

    async def attempt(self, delivery_id: int, number: int = 1) -> dpb.Attempt:
        asked = delivery_service_pb2.GetAttemptRequest(delivery_id=delivery_id, number=number)
        shown: dpb.Attempt = (await self.user.GetAttempt(asked)).attempt
        return shown


@asynccontextmanager
async def running(folder: Path, *more: TriggerSource) -> AsyncIterator[Fed]:
    """A dispatcher that knows one account on plan PRO, with both switches on, and a key; ``more`` are more sources."""
    sources = {name: ToySource(name) for name in ("global_rule", "form_rule", "score")}
    plugins = PluginHost({"builtin": BuiltinEncoders(), "toy": ToyPlugin(*sources.values(), *more)})
    registry = Registry()
    first = account_item()
    first.account_id, first.revision = ACCOUNT, 1
    registry.say(snapshot(first, key_item(api_key("app"))), changes(checkpoint=1))
    async with receiving() as receiver, listening(registry) as port:
        settings = DispatcherSettings.load(
            service_key=SERVICE_KEY,
            dispatcher_address="127.0.0.1:0",
            dispatcher_registry=f"127.0.0.1:{port}",
            dispatcher_data=folder / "dispatcher",
            egress_allow=LOOPBACK,
            dispatcher_retry_first_seconds=0.01,
        )
        dispatcher = await start(settings, plugins)
        fed = Fed(dispatcher, registry, receiver, sources)
        try:
            await until(lambda: dispatcher.known_revision > 0)
            yield fed
        finally:
            receiver.gate.set()
            await fed.channel.close()
            await dispatcher.stop()
            registry.say(None)
