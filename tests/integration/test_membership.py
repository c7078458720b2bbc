"""A rule that asks who is on a campaign's map, at work in a whole dispatcher and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hookline_builtin
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.server import Dispatcher, start
from hookline_dispatcher.settings import DispatcherSettings
from hookline_runtime.plugins import PluginHost
from tests.contract.dispatcher.receiver import Receiver, receiving
from tests.unit.builtin.campaign_maps import campaign, end, entry, goal
from tests.unit.builtin.rules import on_map, rule
from tests.unit.dispatcher.configs import ACCOUNT, account_row, target_row, trigger_row, webhook

BOUND = 10.0
ENTER, LEAVE, ASK = "1", "2", "9"


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(BOUND):
        while not condition():
            await asyncio.sleep(0.01)


async def begin(folder: Path, receiver: Receiver) -> Dispatcher:
    settings: Any = DispatcherSettings.load(
        service_key="x" * 32,
        dispatcher_address="127.0.0.1:0",
        dispatcher_registry="127.0.0.1:1",
        dispatcher_data=str(folder),
        egress_allow="127.0.0.0/8",
    )
    dispatcher = await start(settings, PluginHost({"builtin": hookline_builtin}))
    stay = campaign(entry("stay"), goal("stay", "out"), end(), id="3", reentry_allowed=True)
    ask = {"event": "sub_tag", "params": {"tag_id": ASK}}
    asks = rule(ask, any_of=[[on_map(3)]], actions=[{"webhook_id": "1"}])
    target = webhook(url=receiver.url, data="tag=[Tag]", content_type="text/plain")
    rows = [
        account_row(),
        target_row(target),
        trigger_row(3, "campaign", stay, kind=ItemKind.CAMPAIGN),
        trigger_row(1, "global_rule", asks),
    ]
    await dispatcher._rooms.store.apply_config(rows, 1)
    dispatcher._rooms.cache.clear()
    return dispatcher


async def publish(dispatcher: Dispatcher, name: str, tag: str) -> None:
    event = Event(ACCOUNT, name, "sub_tag", 0, "8", b"{}", {"tag_id": tag})
    await dispatcher._rooms.ingest.publish([Publication(event, b"")])


async def idle(dispatcher: Dispatcher) -> None:
    async with asyncio.timeout(BOUND):
        while (await dispatcher._rooms.store.route_figures()).waiting:
            await asyncio.sleep(0.01)


async def test_a_rule_fires_only_while_the_contact_is_on_the_map(tmp_path: Path) -> None:
    async with receiving() as receiver:
        dispatcher = await begin(tmp_path, receiver)
        await publish(dispatcher, "before", ASK)
        await publish(dispatcher, "enter", ENTER)
        await publish(dispatcher, "on", ASK)
        await until(lambda: len(receiver.received) == 1)
        await dispatcher.stop()
        dispatcher = await begin(tmp_path, receiver)
        await publish(dispatcher, "still on", ASK)
        await until(lambda: len(receiver.received) == 2)
        await publish(dispatcher, "leave", LEAVE)
        await publish(dispatcher, "off", ASK)
        await idle(dispatcher)
        found = await dispatcher._rooms.store.event(ACCOUNT, "off")
        assert found is not None
        assert "on campaign 3" in found.note
        await publish(dispatcher, "enter again", ENTER)
        await publish(dispatcher, "on again", ASK)
        await until(lambda: len(receiver.received) == 3)
        await idle(dispatcher)
        assert len(receiver.received) == 3
        await dispatcher.stop()
