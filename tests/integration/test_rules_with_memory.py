"""Rules that ask who is on a campaign's map, or wait for a date, in a whole dispatcher and after a restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hookline_builtin
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.server import Dispatcher, start
from hookline_dispatcher.settings import DispatcherSettings
from hookline_dispatcher.store.model import ConfigRow
from hookline_runtime.plugins import PluginHost
from tests.contract.dispatcher.receiver import Receiver, receiving
from tests.unit.builtin.campaign_maps import campaign, end, entry, goal
from tests.unit.builtin.rules import on_map, rule, trigger
from tests.unit.dispatcher.configs import ACCOUNT, account_row, target_row, trigger_row, webhook

BOUND = 10.0
ENTER, LEAVE, ASK = "1", "2", "9"


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(BOUND):
        while not condition():
            await asyncio.sleep(0.01)


async def begin(folder: Path, receiver: Receiver, *definitions: ConfigRow) -> Dispatcher:
    """Start a dispatcher whose account has a webhook 1 and some definitions."""
    settings: Any = DispatcherSettings.load(
        service_key="x" * 32,
        dispatcher_address="127.0.0.1:0",
        dispatcher_registry="127.0.0.1:1",
        dispatcher_data=str(folder),
        egress_allow="127.0.0.0/8",
    )
    dispatcher = await start(settings, PluginHost({"builtin": hookline_builtin}))
    target = webhook(url=receiver.url, data="tag=[Tag]", content_type="text/plain")
    await dispatcher._rooms.store.apply_config([account_row(), target_row(target), *definitions], 1)
    dispatcher._rooms.cache.clear()
    return dispatcher


async def publish(dispatcher: Dispatcher, name: str, tag: str = "4", data: bytes = b"{}") -> None:
    event = Event(ACCOUNT, name, "sub_tag", 0, "8", data, {"tag_id": tag})
    await dispatcher._rooms.ingest.publish([Publication(event, b"")])


async def idle(dispatcher: Dispatcher) -> None:
    async with asyncio.timeout(BOUND):
        while (await dispatcher._rooms.store.route_figures()).waiting:
            await asyncio.sleep(0.01)


async def test_a_rule_fires_only_while_the_contact_is_on_the_map(tmp_path: Path) -> None:
    stay = campaign(entry("stay"), goal("stay", "out"), end(), id="3", reentry_allowed=True)
    asks = rule(trigger("sub_tag", tag_id=ASK), any_of=[[on_map(3)]], actions=[{"webhook_id": "1"}])
    rows = [trigger_row(3, "campaign", stay, kind=ItemKind.CAMPAIGN), trigger_row(1, "global_rule", asks)]
    async with receiving() as receiver:
        dispatcher = await begin(tmp_path, receiver, *rows)
        await publish(dispatcher, "before", ASK)
        await publish(dispatcher, "enter", ENTER)
        await publish(dispatcher, "on", ASK)
        await until(lambda: len(receiver.received) == 1)
        await dispatcher.stop()
        dispatcher = await begin(tmp_path, receiver, *rows)
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


async def test_a_rule_fires_at_the_moment_that_a_field_names_after_a_restart(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    data = json.dumps({"a_timestamp": soon.isoformat()}).encode()
    waits = rule(trigger("on_date_field", field="a_timestamp"), actions=[{"webhook_id": "1"}])
    row = trigger_row(1, "global_rule", waits)
    async with receiving() as receiver:
        dispatcher = await begin(tmp_path, receiver, row)
        await publish(dispatcher, "told", data=data)
        await idle(dispatcher)
        await dispatcher.stop()
        assert not receiver.received
        dispatcher = await begin(tmp_path, receiver, row)
        await until(lambda: len(receiver.received) == 1)
        assert datetime.now(UTC) >= soon
        await publish(dispatcher, "told again", data=data)
        await idle(dispatcher)
        assert len(receiver.received) == 1
        await dispatcher.stop()
