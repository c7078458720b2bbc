"""Explain of definitions with memory: where a contact would go, until when it would wait, what would be set off."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from hookline.dispatcher.v1 import event_service_pb2 as pb
from hookline.registry.v1 import config_pb2

from hookline_builtin.campaign import CampaignSource
from hookline_dispatcher.core.instants import DAY, NEVER
from hookline_plugin.encoder import Payload
from hookline_plugin.stateful import Emit, Memory, Movement, Occurred, Outcome, Passage, Step, Timer
from hookline_plugin.trigger import Interest, TriggerSource
from tests.contract.dispatcher.fed import Fed, account_item, running, subscription_item, trigger_item, webhook_item
from tests.contract.dispatcher.receiver import BOUND
from tests.contract.dispatcher.suite import event
from tests.unit.builtin.campaign_maps import campaign, end, entry, goal, send, tag, wait
from tests.unit.dispatcher.configs import PRO
from tests.unit.dispatcher.counting_source import CountingSource
from tests.unit.dispatcher.toy_source import toy

CAMPAIGN, TRIGGER = config_pb2.CONFIG_KIND_CAMPAIGN, config_pb2.CONFIG_KIND_TRIGGER
WELCOME = campaign(
    entry("hello", 4),
    send("hello", "mark", 1),
    tag("mark", "rest", 6),
    wait("rest", "then", 2),
    send("then", "out", 1),
    end(),
)
NEXT = campaign(entry("there", 6), goal("there", "out", 9), end(), id="6")


class Hostile:
    """Does what its definition says, too much of it."""

    version = 1
    paused = False
    interests: Sequence[Interest] = (Interest("sub_tag"),)
    watches: Sequence[Interest] = ()

    def __init__(self, definition: Payload) -> None:
        self._does = str(definition.get("does", ""))

    def step(self, step: Step) -> Outcome:
        match self._does:
            case "raises":
                raise RuntimeError("a secret")
            case "exits":
                raise SystemExit(1)
            case "nonsense":
                return cast("Outcome", "fires")
            case "large":
                params = tuple((f"p{n}", "x" * 1024) for n in range(100))
                return Outcome(Memory(b"m"), emits=tuple(Emit(f"k{n}", "sub_tag", params) for n in range(20)))
            case _:
                return self._much(step)

    def _much(self, step: Step) -> Outcome:
        key = step.occasion.key if isinstance(step.occasion, Occurred) else ""
        return Outcome(
            Memory(b"m"),
            start=tuple(Timer(f"t{n}", NEVER - 1 - n) for n in range(30)),
            emits=tuple(Emit(f"{key}{n}", "sub_tag", (("tag_id", str(n)),)) for n in range(30)),
            movements=tuple(Movement("x" * 100 + str(n), Passage.REACHED) for n in range(200)),
        )


class HostileSource(CountingSource):
    def compile(self, definition: Payload) -> Any:
        return Hostile(definition)


@pytest.fixture
async def fed(tmp_path: Path) -> AsyncIterator[Fed]:
    # What compiles definitions with memory passes for a source; the host looks at what it gives.
    sources = (CampaignSource(), CountingSource(), HostileSource("hostile"))
    async with running(tmp_path, *cast("tuple[TriggerSource, ...]", sources)) as fed:
        await fed.change(webhook_item(1, url=fed.receiver.url, data="n=[First Name]"))
        yield fed


async def explained(fed: Fed, event_id: str = "e1", **more: Any) -> pb.ExplainResponse:
    response: pb.ExplainResponse = await fed.user.Explain(pb.ExplainRequest(event=event(event_id, **more)))
    return response


def dump(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "dispatcher" / "dispatcher.db")) as file:
        return list(file.iterdump())


async def at_rest(folder: Path) -> list[str]:
    """What the store holds once nothing that changed is looked after any more."""
    with closing(sqlite3.connect(folder / "dispatcher" / "dispatcher.db")) as file:
        async with asyncio.timeout(BOUND):
            while file.execute("SELECT count(*) FROM definition_change").fetchone() != (0,):
                await asyncio.sleep(0.01)
    return dump(folder)


async def test_a_campaign_says_where_the_contact_goes_and_what_it_is_sent(fed: Fed, tmp_path: Path) -> None:
    await fed.change(
        trigger_item(5, WELCOME, "campaign", CAMPAIGN),
        trigger_item(6, NEXT, "campaign", CAMPAIGN),
        subscription_item(3, fed.receiver.url, "sub_tag(6)"),
        trigger_item(7, toy((1, ""), on=[("sub_tag", "6", None)])),
    )
    before = await at_rest(tmp_path)
    shown = await explained(fed)
    assert dump(tmp_path) == before
    (step,) = shown.steps
    assert (step.trigger.source, step.trigger.id, step.fires, step.left_out, step.reason) == ("campaign", 5, 1, 0, "")
    path = [("in", False), ("in", True), ("hello", False), ("hello", True), ("mark", False), ("mark", True)]
    assert [(each.element, each.left) for each in step.moves] == [*path, ("rest", False)]
    (waits,) = step.waits
    assert waits.element == "rest"
    assert abs(waits.until_time.ToMicroseconds() - time.time_ns() // 1000 - 2 * DAY) < DAY // 24
    emits = {each.type: each for each in step.emits}
    assert (dict(emits["sub_tag"].params), list(emits["sub_tag"].add_tags)) == ({"tag_id": "6"}, ["6"])
    set_off = [(each.source, each.id) for each in emits["sub_tag"].sets_off]
    assert set_off == [("subscription", 3), ("global_rule", 7), ("campaign", 6)]
    (fires,) = shown.fires
    assert (fires.fired_by.element, fires.request.body) == ("hello", b"n=Zo%C3%AB+%26+Co")
    assert list(shown.not_fired) == []
    await fed.publish("e1")
    sent = await fed.receiver.until(3)
    assert (fires.request.method, fires.request.body) in [(each.method, each.body) for each in sent]


async def test_who_is_on_the_map_already_is_told_why_nothing_happens(fed: Fed) -> None:
    await fed.change(trigger_item(5, WELCOME, "campaign", CAMPAIGN))
    await fed.publish("e1")
    await fed.receiver.until(1)
    shown = await explained(fed, "e2")
    assert list(shown.steps) == list(shown.fires) == []
    assert [(each.trigger.id, each.reason) for each in shown.not_fired] == [
        (5, "no goal ahead has a trigger that matches")
    ]


async def test_a_map_that_would_only_be_told_of_who_is_on_it_says_so(fed: Fed) -> None:
    await fed.change(trigger_item(6, NEXT, "campaign", CAMPAIGN))
    (shown,) = (await explained(fed, params={"tag_id": "9"})).unconcerned
    said = "it is told of such an event only about objects that it remembers, and it does not remember this one"
    assert (shown.trigger.id, shown.reason) == (6, said)
    (shown,) = (await explained(fed, params={"tag_id": "12"})).unconcerned
    assert shown.reason == "it waits for sub_tag(6)"


async def test_what_cannot_be_asked_and_what_fails_says_so(fed: Fed) -> None:
    paused = {**WELCOME, "state": "CAMPAIGN_STATE_PAUSED"}
    await fed.change(
        trigger_item(5, paused, "campaign", CAMPAIGN),
        trigger_item(6, {"elements": []}, "campaign", CAMPAIGN),
        trigger_item(1, {}, "absent", TRIGGER),
        trigger_item(2, {"does": "raises"}, "hostile", TRIGGER),
        trigger_item(3, {"does": "exits"}, "hostile", TRIGGER),
        trigger_item(4, {"does": "nonsense"}, "hostile", TRIGGER),
        trigger_item(9, {}, "counting", TRIGGER),
    )
    shown = await explained(fed)
    assert [(each.trigger.source, each.trigger.id, each.reason) for each in shown.not_fired] == [
        ("hostile", 2, "it failed with RuntimeError"),
        ("hostile", 3, "it failed with SystemExit"),
        ("hostile", 4, "it failed with TypeError"),
        ("campaign", 5, "it is paused"),
        ("campaign", 6, "its definition cannot be used: ValueError"),
        ("absent", 1, "no plugin knows triggers of the kind absent"),
    ]
    assert [(each.trigger.source, each.reason) for each in shown.steps] == [("counting", "it is not the third")]
    assert b"secret" not in shown.SerializeToString()


async def test_what_is_much_is_cut(fed: Fed) -> None:
    await fed.change(*(trigger_item(id_, {}, "hostile", TRIGGER) for id_ in range(1, 41)))
    shown = await explained(fed)
    step = shown.steps[0]
    assert (len(step.moves), len(step.waits), len(step.emits), step.left_out) == (100, 20, 20, 120)
    assert max(len(each.sets_off) for each in step.emits) == 20
    assert step.waits[0].until_time.ToJsonString().startswith("9999-12-31")
    assert (len(shown.steps) + shown.left_out, shown.left_out > 0) == (40, True)
    assert shown.ByteSize() < 400 * 1024
    await fed.change(trigger_item(1, {"does": "large"}, "hostile", TRIGGER))
    large = (await explained(fed)).steps[0]
    assert (len(large.emits), large.left_out) == (0, 20)


async def test_a_subscription_that_settles_says_when_it_would_fire(fed: Fed) -> None:
    item = subscription_item(3, fed.receiver.url)
    item.subscription.subscription.settle.quiet.FromSeconds(600)
    await fed.change(item)
    shown = await explained(fed)
    (step,) = shown.steps
    assert (step.trigger.source, step.trigger.id, len(step.waits), list(shown.fires)) == ("subscription", 3, 1, [])
    assert shown.unmatched_reason == "the subscriptions to it settle first"
    assert step.reason == "it waits until the object is quiet"


async def test_a_plan_without_the_triggers_is_said(fed: Fed) -> None:
    await fed.change(account_item(PRO, global_rules=False), trigger_item(7, toy((1, ""))))
    shown = await explained(fed)
    assert [each.reason for each in shown.not_fired] == ["global rules are switched off for the account"]
