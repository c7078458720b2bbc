"""Rules and forms that settle: paused, switched off, changed, and with dates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hookline_dispatcher.config.account import Switches
from tests.unit.dispatcher.settle_rig import (
    FORM,
    NAMES,
    RULE,
    SettleRig,
)


@pytest.fixture(params=(RULE, FORM), ids=lambda kind: NAMES[kind])
async def pausing(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SettleRig]:
    made = SettleRig(tmp_path / "dispatcher.db", kind=request.param)
    await made.open()
    yield made
    await made.store.close()


async def test_what_settles_when_it_is_paused_is_sent_when_it_is_resumed(pausing: SettleRig) -> None:
    await pausing.settle()
    await pausing.tell(1)
    await pausing.settle(paused=True)
    await pausing.happen(2)
    await pausing.later()
    assert pausing.sent == []
    await pausing.reopen()
    await pausing.later()
    assert pausing.sent == []
    await pausing.settle()
    await pausing.work()
    assert pausing.sent == [("8", 2)], "it is the event from before the pause, with the newest data"
    assert pausing.claims[0].event.id != "e2"
    assert await pausing.left() == (0, 0, False)


async def test_an_event_that_was_acked_before_the_pause_is_not_lost(pausing: SettleRig) -> None:
    await pausing.settle()
    await pausing.happen(1)
    await pausing.settle(paused=True)
    await pausing.later()
    await pausing.settle()
    await pausing.later(60)
    await pausing.later()
    assert pausing.sent == [("8", 1)]


async def test_one_that_is_paused_and_no_longer_settles_sends_what_is_left_when_it_is_resumed(
    pausing: SettleRig,
) -> None:
    await pausing.settle()
    await pausing.tell(1)
    await pausing.settle(0, paused=True)
    await pausing.later()
    assert pausing.sent == []
    await pausing.settle(0)
    await pausing.work()
    assert pausing.sent == [("8", 1)]


async def test_switches_hold_back_as_plans_do(pausing: SettleRig) -> None:
    await pausing.settle()
    await pausing.tell(1)
    pausing.switches = Switches()
    await pausing.settle()
    await pausing.happen(2)
    assert "switched off" in (await pausing.notes("e2"))[1]
    await pausing.later()
    assert pausing.sent == []


async def test_why_it_did_not_fire_then_is_noted_with_the_last_event(pausing: SettleRig) -> None:
    await pausing.settle()
    await pausing.tell(1)
    await pausing.tell(2)
    pausing.switches = Switches()
    await pausing.settle()
    await pausing.later()
    words = "global rules" if pausing.kind is RULE else "form rules"
    said = f"{NAMES[pausing.kind]}/1: {words} are switched off for the account"
    assert (await pausing.notes("e2"))[-1] == said
    assert said not in await pausing.notes("e1")


async def test_a_rule_that_no_longer_wants_the_event_does_not_fire(pausing: SettleRig) -> None:
    await pausing.settle()
    await pausing.tell(1)
    if pausing.kind is RULE:
        await pausing.settle(any_of=[{"all_of": [{"tag": {"tag_id": "77"}}]}])
    else:
        await pausing.settle(always_on=[])
    await pausing.later()
    assert pausing.sent == []
    assert await pausing.left() == (0, 0, False)
    why = "conditions do not hold: tag 77" if pausing.kind is RULE else "the form has no actions for this outcome"
    assert why in (await pausing.notes("e1"))[-1]


@pytest.fixture
async def ruled(tmp_path: Path) -> AsyncIterator[SettleRig]:
    made = SettleRig(tmp_path / "dispatcher.db", kind=RULE)
    await made.open()
    yield made
    await made.store.close()


TAGGED = {"event": "sub_tag", "params": {"tag_id": "4"}}
DATED = [TAGGED, {"event": "on_date_field", "params": {"field": "birthday"}, "kind": "date"}]


@pytest.mark.parametrize("first, then", [(DATED, [TAGGED]), ([TAGGED], DATED), (DATED, DATED)])
async def test_a_rule_that_waits_for_dates_or_no_longer_does_fires_once_for_what_was_acked(
    ruled: SettleRig, first: list[object], then: list[object]
) -> None:
    await ruled.settle(0, triggers=first)
    await ruled.happen(1)
    await ruled.settle(0, triggers=then)
    await ruled.work()
    await ruled.later(60)
    assert ruled.sent == [("8", 1)]


async def test_a_rule_that_waits_for_dates_may_settle_as_well(ruled: SettleRig) -> None:
    await ruled.settle(triggers=DATED)
    await ruled.tell(1)
    await ruled.tell(2)
    assert ruled.sent == []
    await ruled.later()
    assert ruled.sent == [("8", 2)]
    await ruled.tell(3)
    ruled.switches = Switches()
    await ruled.settle(triggers=DATED)
    await ruled.later()
    assert len(ruled.sent) == 1, "held back at the firing, as what settles alone"
