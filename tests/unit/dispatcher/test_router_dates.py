"""Rules that wait for dates, by the real router on a real file, with a clock that is set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from hookline_builtin.triggers import GlobalRuleSource
from hookline_dispatcher.config.account import Switches
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import DAY, HOUR
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.routing import Post
from hookline_plugin.trigger import TriggerSource
from tests.unit.builtin.rules import SOURCE, WORLD, comparison, rule, trigger
from tests.unit.dispatcher.configs import ACCOUNT, account_row, target_row, trigger_row, webhook
from tests.unit.dispatcher.router_rig import RouterRig

ON_DATE = trigger("on_date_field", field="a_date")


def later(now: int, days: int) -> str:
    """The day so many days after now."""
    return str((datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=now, days=days)).date())


@dataclass
class Dates(RouterRig):
    def find(self, name: str) -> TriggerSource | None:
        return cast("TriggerSource", GlobalRuleSource()) if name == "global_rule" else None

    def rule(self, *triggers: dict[str, Any], **more: Any) -> ConfigRow:
        definition = rule(*triggers, actions=[{"webhook_id": "1"}], **more)
        ready = SOURCE.resolve({**definition, "actions": [{"webhook_id": "7"}]}, WORLD)
        definition = {**ready, "actions": [{"webhook_id": "1"}]}
        return trigger_row(1, "global_rule", definition, revision=self.revision + 1)

    async def tell(self, type_: str = "call_is_logged", object_id: str = "8", **data: Any) -> None:
        self.published += 1
        params = {"tag_id": "4"} if type_ == "sub_tag" else {}
        event = Event(ACCOUNT, f"e{self.published}", type_, 0, object_id, orjson.dumps(data), params)
        await self.ingest.publish([Publication(event, b"")])

    async def let_pass(self, time: int) -> None:
        self.clock.time += time
        await self.work()


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Dates]:
    made = Dates(tmp_path / "dispatcher.db")
    await made.open()
    yield made
    await made.store.close()


async def test_a_rule_fires_on_its_date_with_the_newest_data_also_after_a_restart(rig: Dates) -> None:
    await rig.configure(rig.rule(ON_DATE, any_of=[[comparison("a_text", "EQUAL", "yes")]]))
    day = later(rig.clock.time, 3)
    await rig.tell(a_date=day, a_text="no")
    await rig.tell(a_date=day, a_text="yes", more=1)
    await rig.tell(object_id="9", a_date=day, a_text="no")
    await rig.work()
    await rig.let_pass(2 * DAY)
    assert await rig.fired() == []
    await rig.reopen()
    await rig.let_pass(DAY)
    assert await rig.fired() == [("8", "global_rule/1")]
    (delivery,) = await rig.deliveries()
    event = await rig.store.event(ACCOUNT, delivery.event_id)
    assert event is not None
    assert orjson.loads(event.event.data) == {"a_date": day, "a_text": "yes", "more": 1}
    await rig.let_pass(9 * DAY)
    assert len(await rig.fired()) == 1
    assert rig.failed == []


async def test_a_date_is_moved_and_taken_away(rig: Dates) -> None:
    await rig.configure(rig.rule(ON_DATE))
    for days in (3, 5, 4):
        await rig.tell(a_date=later(rig.clock.time, days))
    await rig.tell(object_id="9", a_date=later(rig.clock.time, 3))
    await rig.tell(object_id="9", a_date=None)
    await rig.work()
    assert (await rig.store.route_figures()).timers == 1
    await rig.let_pass(3 * DAY)
    assert await rig.fired() == []
    await rig.let_pass(DAY)
    assert await rig.fired() == [("8", "global_rule/1")]
    assert (await rig.store.route_figures()).timers == 0


async def test_events_and_dates_of_one_rule(rig: Dates) -> None:
    await rig.configure(rig.rule(ON_DATE, trigger("sub_tag", tag_id="4")))
    await rig.tell("sub_tag", a_date=later(rig.clock.time, 1))
    await rig.work()
    assert len(await rig.fired()) == 1
    await rig.let_pass(DAY)
    assert await rig.fired() == [("8", "global_rule/1")] * 2


async def test_a_changed_rule_moves_its_timers(rig: Dates) -> None:
    await rig.configure(rig.rule(ON_DATE))
    await rig.tell(a_date=later(rig.clock.time, 3))
    await rig.work()
    offset = trigger("relative_date_field", number="1", units="0", option="2", field="a_date")
    await rig.configure(rig.rule(offset))
    await rig.work()
    await rig.let_pass(2 * DAY)
    assert len(await rig.fired()) == 1
    await rig.let_pass(3 * DAY)
    assert len(await rig.fired()) == 1


@pytest.mark.parametrize("settle", [None, {"quiet": "60s"}])
async def test_a_rule_without_dates_any_more_forgets_them(rig: Dates, settle: Any) -> None:
    await rig.configure(rig.rule(ON_DATE, trigger("sub_tag", tag_id="4")))
    await rig.tell(a_date=later(rig.clock.time, 3))
    await rig.work()
    await rig.configure(rig.rule(trigger("sub_tag", tag_id="4"), **({"settle": settle} if settle else {})))
    await rig.work()
    await rig.let_pass(4 * DAY)
    await rig.tell("sub_tag", a_date=None)
    await rig.work()
    await rig.let_pass(HOUR)
    assert await rig.fired() == [("8", "global_rule/1")]
    assert rig.failed == []
    post = Post(ACCOUNT, ItemKind.GLOBAL_RULE, 1, 0, "8")
    assert (await rig.store.memories([post])).get(post) is None


async def test_what_comes_while_it_is_paused_is_not_made_up_for(rig: Dates) -> None:
    await rig.configure(rig.rule(ON_DATE))
    await rig.tell(a_date=later(rig.clock.time, 1))
    await rig.work()
    await rig.configure(rig.rule(ON_DATE, paused=True))
    await rig.let_pass(2 * DAY)
    await rig.tell(object_id="9", a_date=later(rig.clock.time, 1))
    await rig.configure(rig.rule(ON_DATE))
    await rig.work()
    assert await rig.fired() == []
    await rig.let_pass(DAY)
    assert await rig.fired() == [("9", "global_rule/1")]


async def test_what_comes_while_rules_are_switched_off_is_not_made_up_for(rig: Dates) -> None:
    await rig.configure(rig.rule(ON_DATE))
    await rig.tell(a_date=later(rig.clock.time, 1))
    await rig.work()
    await rig.configure(rig.rule(ON_DATE), account_row(switches=Switches()))
    await rig.tell(object_id="9", a_date=later(rig.clock.time, 4))
    await rig.let_pass(2 * DAY)
    await rig.configure(rig.rule(ON_DATE))
    await rig.work()
    assert await rig.fired() == []
    await rig.let_pass(2 * DAY)
    assert await rig.fired() == [("9", "global_rule/1")]


async def test_a_deleted_rule_leaves_no_timer(rig: Dates) -> None:
    await rig.configure(rig.rule(ON_DATE))
    await rig.tell(a_date=later(rig.clock.time, 1))
    await rig.work()
    gone = ConfigRow(ACCOUNT, ItemKind.GLOBAL_RULE, 1, rig.revision + 1, True, b"")
    await rig.store.apply_config([account_row(), target_row(webhook()), gone], rig.revision + 1)
    rig.cache.clear()
    await rig.let_pass(2 * DAY)
    assert await rig.fired() == []
    assert (await rig.store.route_figures()).timers == 0


async def test_many_dates_come_at_once(rig: Dates) -> None:
    await rig.configure(rig.rule(ON_DATE))
    day = later(rig.clock.time, 1)
    for number in range(300):
        await rig.tell(object_id=str(number), a_date=day)
    await rig.work()
    await rig.let_pass(DAY)
    assert len({object_id for object_id, _ in await rig.fired()}) == 300
