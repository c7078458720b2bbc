"""Rules, forms and subscriptions that settle, with the built-in sources, by a clock that stands still."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from hookline_builtin.triggers import FormRuleSource, GlobalRuleSource
from hookline_dispatcher.config.account import Switches
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import MINUTE, SECOND
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.routing import DefinitionKey, ObjectKey, Post
from hookline_plugin.trigger import TriggerSource
from tests.unit.dispatcher.configs import (
    ACCOUNT,
    BASIC,
    PRO,
    account_row,
    target,
    target_row,
    trigger_row,
    webhook,
)
from tests.unit.dispatcher.router_rig import RouterRig

QUIET, LONGEST = 10, 25
SUBSCRIPTION, RULE, FORM = ItemKind.SUBSCRIPTION, ItemKind.GLOBAL_RULE, ItemKind.FORM
KINDS = (RULE, FORM, SUBSCRIPTION)
TYPES = {RULE: "sub_tag", FORM: "object_submits_form", SUBSCRIPTION: "sub_tag"}
FIRED_BY = {RULE: "global_rule/1", FORM: "form_rule/1/always_on", SUBSCRIPTION: ""}
NAMES = {RULE: "global_rule", FORM: "form_rule", SUBSCRIPTION: "subscription"}
ACTIONS = [{"webhook_id": "1"}]
CONTACT, DEAL = 0, 149


@dataclass
class SettleRig(RouterRig):
    """A router with one definition of a kind."""

    kind: ItemKind = RULE
    plan: int = PRO
    switches: Switches = field(default_factory=lambda: Switches(True, True))

    def find(self, name: str) -> TriggerSource | None:
        sources = {"global_rule": GlobalRuleSource(), "form_rule": FormRuleSource()}
        return cast("TriggerSource", sources[name]) if name in sources else super().find(name)

    async def configure(self, *rows: ConfigRow) -> None:
        self.revision += 1
        hook = target_row(webhook(policy=LanePolicy()))
        account = account_row(self.plan, switches=self.switches, revision=self.revision)
        await self.store.apply_config([account, hook, *rows], self.revision)
        self.cache.clear()

    def row(self, quiet: int = QUIET, longest: int = LONGEST, **more: Any) -> ConfigRow:
        revision = self.revision + 1
        about = more.pop("object_type_id", CONTACT)
        if self.kind is SUBSCRIPTION:
            plain = target(1, "sub_tag", revision=revision)
            return target_row(replace(plain, quiet=quiet * SECOND, longest=longest * SECOND, **more))
        settle = {"quiet": f"{quiet}s", "longest": f"{longest}s"} if quiet else {}
        if self.kind is RULE:
            triggers = [{"event": "sub_tag", "params": {"tag_id": "4"}}]
            body = {"object_type_id": about, "triggers": triggers, "actions": ACTIONS, "settle": settle, **more}
        else:
            body = {"object_type_id": about, "number": "4", "always_on": ACTIONS, "settle": settle, **more}
        return trigger_row(1, NAMES[self.kind], body, kind=self.kind, revision=revision)

    async def settle(self, quiet: int = QUIET, longest: int = LONGEST, **more: Any) -> None:
        await self.configure(self.row(quiet, longest, **more))

    async def happen(self, n: int, object_id: str = "8", about: int = CONTACT, **more: Any) -> Event:
        self.published += 1
        params = {"form_id": "4", "tag_id": "4"}
        data = json.dumps({"n": n}).encode()
        type_ = more.pop("type_", TYPES[self.kind])
        event = Event(ACCOUNT, f"e{self.published}", type_, about, object_id, data, params, **more)
        await self.ingest.publish([Publication(event, b"")])
        return event

    async def tell(self, n: int, object_id: str = "8", about: int = CONTACT, **more: Any) -> Event:
        """Publishes an event, and has the router hear of it at once."""
        event = await self.happen(n, object_id, about, **more)
        await self.work()
        return event

    async def later(self, seconds: float = QUIET) -> None:
        self.clock.time += int(seconds * SECOND)
        await self.work()

    @property
    def sent(self) -> list[tuple[str, int]]:
        """Object and data of each request, in the order in which they went to the worker."""
        return [(each.event.object_id, json.loads(each.event.data)["n"]) for each in self.claims]

    async def left(self) -> tuple[int, int, bool]:
        """Routes, timers, and whether anything is remembered of object 8."""
        figures = await self.store.route_figures()
        post = Post(ACCOUNT, self.kind, 1, CONTACT, "8")
        return figures.waiting, figures.timers, post in await self.store.memories([post])

    async def notes(self, event_id: str) -> list[str]:
        found = await self.store.event(ACCOUNT, event_id)
        assert found is not None
        return found.note.split("\n")


@pytest.fixture(params=KINDS, ids=lambda kind: NAMES[kind])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SettleRig]:
    made = SettleRig(tmp_path / "dispatcher.db", kind=request.param)
    await made.open()
    yield made
    await made.store.close()


async def test_ten_quick_updates_are_sent_once_with_the_last_data(rig: SettleRig) -> None:
    await rig.settle()
    for n in range(10):
        await rig.tell(n)
        await rig.later(1)
    assert rig.sent == []
    await rig.later(QUIET - 2)
    assert rig.sent == []
    await rig.later(1)
    assert rig.sent == [("8", 9)]
    assert rig.claims[0].event.id == "e10", "it is the last event's own delivery"
    assert rig.claims[0].event.params == {"form_id": "4", "tag_id": "4"}
    assert await rig.fired() == [("8", FIRED_BY[rig.kind])]
    await rig.later(MINUTE)
    assert len(rig.sent) == 1
    assert await rig.left() == (0, 0, False)


async def test_two_objects_do_not_mix(rig: SettleRig) -> None:
    await rig.settle()
    for n in range(4):
        await rig.tell(n, "8" if n % 2 else "9")
    await rig.later()
    assert sorted(rig.sent) == [("8", 3), ("9", 2)]


async def test_the_longest_wait_is_kept_under_a_constant_stream(rig: SettleRig) -> None:
    await rig.settle()
    for n in range(60):
        await rig.tell(n)
        await rig.later(1)
    assert rig.sent == [("8", 24), ("8", 49)]
    await rig.later()
    assert rig.sent[-1] == ("8", 59)
    assert len(rig.sent) == 3


@pytest.mark.parametrize("at", ["acked", "settling", "due"])
async def test_a_crash_neither_loses_nor_doubles(rig: SettleRig, at: str) -> None:
    await rig.settle()
    await rig.happen(1)
    if at != "acked":
        await rig.work()
    if at == "due":
        rig.clock.time += QUIET * SECOND
    await rig.reopen()
    rig.claims.clear()
    await rig.later()
    await rig.later()
    await rig.reopen()
    await rig.later()
    assert rig.sent == [("8", 1)]
    assert len(await rig.fired()) == 1


async def test_the_newest_data_are_sent_whatever_event_told_them(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1, occurred_time=5, ordering_key="k")
    await rig.tell(2, type_="purchase_product")
    await rig.later()
    assert rig.sent == [("8", 2)]
    event = rig.claims[0].event
    assert (event.type, event.params["tag_id"], event.ordering_key, event.occurred_time) == (
        TYPES[rig.kind],
        "4",
        "k",
        5,
    )


async def test_an_older_version_of_the_object_is_not_sent(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(2, object_version=2)
    await rig.tell(1, object_version=1)
    await rig.later()
    assert rig.sent == [("8", 2)]


async def test_an_event_that_is_published_again_starts_nothing_anew(rig: SettleRig) -> None:
    await rig.settle()
    event = await rig.tell(1)
    await rig.later(QUIET - 1)
    await rig.ingest.publish([Publication(event, b"")])
    await rig.later(1)
    assert rig.sent == [("8", 1)]
    await rig.ingest.publish([Publication(event, b"")])
    await rig.later()
    assert len(rig.sent) == 1


async def test_one_that_no_longer_settles_sends_what_is_left_at_once(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1)
    await rig.settle(0)
    await rig.happen(2)
    assert rig.sent == [("8", 2)], "asked at once again"
    await rig.work()
    assert rig.sent == [("8", 2), ("8", 2)], "what is left goes with the newest data, though their state is not kept"
    assert await rig.left() == (0, 0, False)
    await rig.later()
    assert len(rig.sent) == 2


async def test_an_event_that_was_acked_before_it_no_longer_settles_is_sent_once(rig: SettleRig) -> None:
    await rig.settle()
    await rig.happen(1)
    await rig.settle(0)
    await rig.work()
    await rig.later()
    assert rig.sent == [("8", 1)]
    assert await rig.left() == (0, 0, False)


async def test_an_event_that_was_fired_before_it_settles_is_not_fired_again(rig: SettleRig) -> None:
    await rig.settle(0)
    await rig.happen(1)
    await rig.settle()
    await rig.tell(2)
    assert rig.sent == [("8", 1)]
    await rig.later()
    assert rig.sent == [("8", 1), ("8", 2)]


async def test_another_quiet_time_counts_from_the_next_event(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1)
    await rig.settle(3, 3)
    await rig.later(QUIET - 1)
    assert rig.sent == []
    await rig.later(1)
    assert rig.sent == [("8", 1)]
    await rig.tell(2)
    await rig.later(3)
    assert rig.sent == [("8", 1), ("8", 2)]


async def test_one_that_is_deleted_sends_nothing_more_and_leaves_nothing(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1)
    await rig.happen(2)
    await rig.configure(ConfigRow(ACCOUNT, rig.kind, 1, rig.revision + 1, True, b""))
    await rig.later()
    await rig.later()
    assert rig.sent == []
    assert await rig.left() == (0, 0, False)


async def test_what_an_account_that_was_downgraded_has_settling_is_not_sent(rig: SettleRig) -> None:
    about = DEAL if rig.kind is SUBSCRIPTION else CONTACT
    await rig.settle()
    await rig.tell(1, about=about)
    rig.plan = BASIC
    await rig.settle()
    await rig.happen(2, about=about)
    assert "plan" in " ".join(await rig.notes("e2"))
    await rig.later()
    assert rig.sent == []
    figures = await rig.store.route_figures()
    assert (figures.waiting, figures.timers) == (0, 0)
    rig.plan = PRO
    await rig.settle()
    await rig.tell(3, about=about)
    await rig.later()
    assert rig.sent == [("8", 3)]


async def test_the_events_that_settle_say_so(rig: SettleRig) -> None:
    await rig.settle()
    await rig.happen(1)
    reason, *notes = await rig.notes("e1")
    assert notes == [f"{NAMES[rig.kind]}/1: it fires once its object has been quiet for 10 s"]
    if rig.kind is SUBSCRIPTION:
        assert reason == "the subscriptions to it settle first"
    await rig.work()
    assert (await rig.notes("e1"))[1:] == notes, "it is said once"


async def test_counts_by_element_are_for_maps_alone(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1)
    await rig.later()
    assert await rig.store.other_counts(DefinitionKey(ACCOUNT, rig.kind, 1), (), "", 10) == []


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
async def subscribed(tmp_path: Path) -> AsyncIterator[SettleRig]:
    made = SettleRig(tmp_path / "dispatcher.db", kind=SUBSCRIPTION)
    await made.open()
    yield made
    await made.store.close()


async def test_a_subscription_to_every_number_sends_the_last_event(subscribed: SettleRig) -> None:
    await subscribed.settle()
    for tag_id in ("4", "5", "4", "6"):
        subscribed.published += 1
        event = Event(ACCOUNT, f"e{subscribed.published}", "sub_tag", 0, "8", b'{"n":1}', {"tag_id": tag_id})
        await subscribed.ingest.publish([Publication(event, b"")])
    await subscribed.work()
    await subscribed.later()
    assert [claim.event.params for claim in subscribed.claims] == [{"tag_id": "6"}]


async def test_a_subscription_is_told_of_its_own_number_alone(subscribed: SettleRig) -> None:
    await subscribed.settle(number="5")
    await subscribed.happen(1)
    assert (await subscribed.notes("e1")) == ["there is no subscription to sub_tag"]
    await subscribed.later()
    assert subscribed.sent == []


async def test_another_account_s_events_are_none_of_its_business(subscribed: SettleRig) -> None:
    await subscribed.settle()
    event = Event(ACCOUNT + 1, "e1", "sub_tag", 0, "8", b"{}", {"tag_id": "4"})
    await subscribed.ingest.publish([Publication(event, b"")])
    await subscribed.later()
    assert subscribed.claims == []


async def test_an_ordered_subscription_keeps_the_order_of_what_was_sent(subscribed: SettleRig) -> None:
    await subscribed.settle(policy=LanePolicy(ordered=True))
    for n in (1, 2):
        await subscribed.tell(n, ordering_key="k")
        await subscribed.later()
    rows = await subscribed.deliveries()
    assert [each.event_id for each in rows] == ["e1", "e2"]
    claimed = [claim.event.id for claim in (await subscribed.store.claim(10)).claims]
    assert [claim.event.id for claim in subscribed.claims] + claimed == ["e1"], "one of a key at a time"


async def test_an_event_that_is_gone_leaves_its_type_and_number(subscribed: SettleRig) -> None:
    await subscribed.settle(number="4")
    await subscribed.tell(1)
    with closing(sqlite3.connect(subscribed.path)) as file, file:
        file.execute("DELETE FROM event")
    await subscribed.later()
    assert subscribed.sent == [("8", 1)]
    assert (subscribed.claims[0].event.type, subscribed.claims[0].event.params) == ("sub_tag", {"tag_id": "4"})


async def test_events_that_definitions_emit_settle_too(subscribed: SettleRig) -> None:
    emitting = trigger_row(1, "counting", {"on": "purchase_product", "emits": "sub_tag"}, kind=ItemKind.TRIGGER)
    await subscribed.configure(subscribed.row(), emitting)
    await subscribed.tell(1, type_="purchase_product")
    await subscribed.later()
    sent = [claim.event for claim in subscribed.claims if claim.target.kind == 1]
    assert [(event.type, event.params) for event in sent] == [("sub_tag", {"tag_id": "9"})]


async def test_an_account_where_nothing_settles_any_more_keeps_no_state_of_objects(subscribed: SettleRig) -> None:
    await subscribed.settle()
    await subscribed.settle(0)
    await subscribed.happen(1, "9")
    assert await subscribed.store.objects([ObjectKey(ACCOUNT, CONTACT, "9")]) == {}


async def test_many_that_are_left_all_come(subscribed: SettleRig) -> None:
    await subscribed.settle()
    for number in range(600):
        await subscribed.tell(number, str(number))
    await subscribed.settle(0)
    await subscribed.work()
    assert sorted(int(each.object_id) for each in await subscribed.deliveries()) == list(range(600))
