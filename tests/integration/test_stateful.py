"""A definition with memory at work in a whole dispatcher: woken by events, by its timers, and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.rooms import Rooms
from hookline_dispatcher.server import Dispatcher, start
from hookline_dispatcher.settings import DispatcherSettings
from hookline_dispatcher.store.routing import DefinitionKey
from hookline_plugin.trigger import TriggerSource
from hookline_runtime.plugins import PluginHost
from tests.contract.dispatcher.receiver import Receiver, receiving
from tests.unit.dispatcher.configs import ACCOUNT, account_row, target_row, trigger_row, webhook
from tests.unit.dispatcher.counting_source import CountingSource
from tests.unit.dispatcher.toy_source import BuiltinEncoders, ToyPlugin

BOUND = 10.0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(BOUND):
        while not condition():
            await asyncio.sleep(0.01)


def rooms(dispatcher: Dispatcher) -> Rooms:
    return dispatcher._rooms


async def begin(folder: Path, receiver: Receiver) -> Dispatcher:
    settings: Any = DispatcherSettings.load(
        service_key="x" * 32,
        dispatcher_address="127.0.0.1:0",
        dispatcher_registry="127.0.0.1:1",
        dispatcher_data=str(folder),
        egress_allow="127.0.0.0/8",
    )
    source = cast("TriggerSource", CountingSource())
    plugins = PluginHost({"encoders": BuiltinEncoders(), "counting": ToyPlugin(source)})
    dispatcher = await start(settings, plugins)
    definition = trigger_row(1, "counting", {}, kind=ItemKind.TRIGGER)
    target = target_row(webhook(url=receiver.url, data="n=1", content_type="application/x-www-form-urlencoded"))
    await rooms(dispatcher).store.apply_config([account_row(), target, definition], 1)
    rooms(dispatcher).cache.clear()
    return dispatcher


async def publish(dispatcher: Dispatcher, name: str) -> None:
    event = Event(ACCOUNT, name, "sub_tag", 0, "8", b"{}", {"tag_id": "4"})
    await rooms(dispatcher).ingest.publish([Publication(event, b"")])


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.unit.dispatcher.counting_source.QUIET", 200_000)


@pytest.mark.usefixtures("short")
async def test_events_timers_and_restarts_lead_to_requests(tmp_path: Path) -> None:
    async with receiving() as receiver:
        dispatcher = await begin(tmp_path, receiver)
        for name in ("a", "b", "c"):
            await publish(dispatcher, name)
        await until(lambda: len(receiver.received) == 2)  # the third event, then the timer
        await publish(dispatcher, "d")
        await dispatcher.stop()
        dispatcher = await begin(tmp_path, receiver)
        await until(lambda: len(receiver.received) == 3)
        key = DefinitionKey(ACCOUNT, ItemKind.TRIGGER, 1)

        async def sent() -> int:
            (found,) = await rooms(dispatcher).store.element_counts(key, ["quiet"])
            return found.sent

        async with asyncio.timeout(BOUND):
            while await sent() != 1:
                await asyncio.sleep(0.01)
        await dispatcher.stop()
