"""What an event would lead to is what it then leads to, and asking changes nothing."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.campaign import CampaignSource
from hookline_dispatcher.config.account import Switches
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import DAY, HOUR, SECOND
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.ingest.routing import route
from hookline_dispatcher.routes.rehearsing import AGAIN, Rehearsed, Rehearser
from hookline_dispatcher.routes.retrying import BEHIND
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.routing import NO_OBJECT, ObjectKey, Post, StoredObject
from hookline_plugin.encoder import Payload
from hookline_plugin.stateful import Firing, Occurred, Outcome, Step
from hookline_plugin.trigger import TriggerSource
from tests.unit.builtin.campaign_maps import campaign, end, entry, fork, goal, send, tag, wait
from tests.unit.builtin.rules import SOURCE, WORLD, rule, trigger
from tests.unit.dispatcher.configs import ACCOUNT, account_row, target, target_row, trigger_row
from tests.unit.dispatcher.counting_source import Counting, CountingSource
from tests.unit.dispatcher.router_rig import RouterRig

OFF = "global rules are switched off for the account"
ABOUT = ObjectKey(ACCOUNT, 0, "8")
FIRST = campaign(
    entry("hello"),
    send("hello", "rest", 1),
    wait("rest", "mark"),
    tag("mark", "asked"),
    fork("asked", "yes", "out"),
    send("yes", "out", 1),
    end(),
    reentry_allowed=True,
)
SECOND_MAP = campaign(
    entry("mark", tag_id=2), tag("mark", "there", 4), goal("there", "then", 3), send("then", "out", 1), end(), id="6"
)


@dataclass
class Repeating(Counting):
    """Fires under the same keys whatever happens."""

    def step(self, step: Step) -> Outcome:
        if not isinstance(step.occasion, Occurred) or not step.occasion.event.params.get("tag_id"):
            return Outcome(step.memory)
        return Outcome(step.memory, fires=(Firing("once", 1), Firing("once", 1, "again")))


@dataclass
class RepeatingSource(CountingSource):
    name: str = "repeating"

    def compile(self, definition: Payload) -> Counting:
        return Repeating(definition)


@dataclass
class Rig(RouterRig):
    repeating: RepeatingSource = field(default_factory=RepeatingSource)

    def find(self, name: str) -> TriggerSource | None:
        if name == "campaign":
            return cast("TriggerSource", CampaignSource())
        if name == "global_rule":
            return cast("TriggerSource", SOURCE)
        if name == "repeating":
            return cast("TriggerSource", self.repeating)
        return super().find(name)

    async def open(self) -> None:
        await super().open()
        self.rehearser = Rehearser(self.store, self.cache, self.find, self.router.spending)

    def rule(self, id_: int, *triggers: dict[str, Any], **more: Any) -> ConfigRow:
        definition = rule(*(triggers or (trigger("sub_tag", tag_id="1"),)), id=str(id_), **more)
        ready = {**SOURCE.resolve(definition, WORLD), "actions": [{"webhook_id": "1"}]}
        return trigger_row(id_, "global_rule", ready, revision=self.revision + 1)

    def row(self, id_: int, definition: object, source: str = "counting") -> ConfigRow:
        kind = ItemKind.CAMPAIGN if source == "campaign" else ItemKind.TRIGGER
        return trigger_row(id_, source, definition, kind=kind, revision=self.revision + 1)

    def event(self, tag_id: str, *, version: int = 0, type_: str = "sub_tag", name: str = "") -> Event:
        self.published += 1
        id_ = name or f"e{self.published}"
        now = self.clock.now()
        day = datetime.fromtimestamp(now // SECOND, UTC).date() + timedelta(days=self.published % 3)
        data = b'{"n":%d,"a_date":"%s"}' % (self.published, str(day).encode())
        return Event(ACCOUNT, id_, type_, 0, "8", data, {"tag_id": tag_id}, version, tags=(tag_id,), occurred_time=now)

    async def rehearsed(self, event: Event) -> list[Rehearsed]:
        before = self.dump()
        config = await self.cache.account(ACCOUNT)
        assert config is not None
        found = [each async for each in self.rehearser.rehearse(event, config, self.clock.now())]
        assert self.dump() == before
        return found

    async def then(self, event: Event) -> None:
        """Publishes, and has the router take what it left, but not what follows from that."""
        await self.ingest.publish([Publication(event, b"")])
        await self.router.turn()

    def dump(self) -> list[str]:
        with closing(sqlite3.connect(self.path)) as file:
            return list(file.iterdump())

    def rows(self, statement: str) -> set[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as file:
            return set(file.execute(statement))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path / "dispatcher.db")
    await made.open()
    yield made
    await made.store.close()


async def everything(rig: Rig) -> None:
    """Definitions of every sort."""
    await rig.configure(
        target_row(target(1, "sub_tag", "4")),
        rig.row(1, {}),
        rig.row(2, {"emits": "call_is_logged", "follows": True}),
        rig.row(3, {"paused": True}),
        rig.row(4, {"on": "call_is_logged", "names": "e1"}),
        rig.row(7, {}, "repeating"),
        rig.row(5, FIRST, "campaign"),
        rig.row(6, SECOND_MAP, "campaign"),
        target_row(replace(target(3, "sub_tag"), quiet=60 * SECOND, longest=HOUR)),
        rig.rule(11),
        rig.rule(12, settle={"quiet": "60s"}),
        rig.rule(13, trigger("on_date_field", field="a_date"), trigger("unsub_tag", tag_id="2")),
    )


DELIVERIES = "SELECT e.id, d.fired_by FROM delivery d JOIN event e ON e.seq = d.event_seq"
PLACES = "SELECT kind, definition_id, element, present FROM element WHERE element <> '' AND seen = 1"
TIMERS = "SELECT kind, definition_id, key, due_time FROM timer"
EVENTS = "SELECT id, type FROM event"
OCCASIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["1", "2", "3", "4"]), st.sampled_from(["sub_tag", "unsub_tag"]), st.integers(0, 2)),
        st.sampled_from([SECOND, 50 * SECOND, HOUR, 2 * DAY]),
    ),
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(OCCASIONS)
async def test_what_is_said_is_what_then_happens(occasions: list[tuple[str, str, int] | int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder) / "dispatcher.db")
        await rig.open()
        await everything(rig)
        for each in occasions:
            if isinstance(each, int):
                rig.clock.time += each
                await rig.work()
            else:
                await _compared(rig, rig.event(each[0], type_=each[1], version=each[2]))
        await rig.store.close()


async def _compared(rig: Rig, event: Event) -> None:
    said = await rig.rehearsed(event)
    deliveries, places, timers, events = map(rig.rows, (DELIVERIES, PLACES, TIMERS, EVENTS))
    config = await rig.cache.account(ACCOUNT)
    assert config is not None
    await rig.then(event)
    steps = [each.stepped for each in said if each.stepped is not None]
    fired = {
        (cause.intake.event.id, keyed.firing.fired_by) for s in steps for cause in s.causes for keyed in cause.firings
    }
    fired |= {(e.intake.event.id, f.fired_by) for s in steps for e in s.emitted for f in e.intake.firings}
    fired |= {(event.id, firing.fired_by) for firing in route(event, config, rig.clock.now()).firings}
    assert rig.rows(DELIVERIES) - deliveries == fired
    here = {(s.post.kind, s.post.id, name, int(there)) for s in steps for name, there in dict(s.moves).items()}
    assert rig.rows(PLACES) - places == here - places
    due = {(s.post.kind, s.post.id, timer.key, timer.due_time) for s in steps for timer in s.start}
    assert rig.rows(TIMERS) - timers == due - timers
    emitted = {(e.intake.event.id, e.intake.event.type) for s in steps for e in s.emitted}
    data = {(c.intake.event.id, c.intake.event.type) for s in steps for c in s.causes}
    assert rig.rows(EVENTS) - events == (emitted | data | {(event.id, event.type)}) - events
    await rig.work()


async def test_what_waits_behind_a_failure_and_what_fails_says_so_alone(rig: Rig) -> None:
    await rig.configure(rig.row(1, {"broken": "8"}), rig.row(2, {}))
    event = rig.event("4")
    found = {each.trigger.key.id: each for each in await rig.rehearsed(event)}
    assert (found[1].why, found[1].quiet) == ("it failed with ValueError", True)
    assert (found[2].why, found[2].quiet) == ("it is not the third", False)
    assert rig.failed == []
    await rig.then(event)
    found = {each.trigger.key.id: each for each in await rig.rehearsed(rig.event("4"))}
    assert (found[1].why, found[1].stepped) == (BEHIND, None)


async def test_a_key_that_has_fired_fires_no_more(rig: Rig) -> None:
    await rig.configure(rig.row(7, {}, "repeating"))
    (first,) = await rig.rehearsed(rig.event("4"))
    assert first.stepped is not None
    assert [[fired.firing.fired_by for fired in cause.firings] for cause in first.stepped.causes] == [["repeating/7"]]
    await rig.then(rig.event("4"))
    (again,) = await rig.rehearsed(rig.event("4"))
    assert (again.quiet, again.why) == (True, AGAIN)


async def test_an_event_that_a_firing_names_is_read(rig: Rig) -> None:
    await rig.configure(rig.row(1, {}))
    for _ in range(2):
        await rig.then(rig.event("4"))
    (third,) = await rig.rehearsed(rig.event("4"))
    assert third.stepped is not None
    assert [(each.seq, len(each.firings)) for each in third.stepped.causes] == [(0, 1)]


async def test_what_emitting_counts_against_is_left_as_it_was(rig: Rig) -> None:
    await rig.configure(rig.row(2, {"emits": "unsub_tag"}))
    for _ in range(300):
        (found,) = await rig.rehearsed(rig.event("4"))
        assert found.stepped is not None
        assert len(found.stepped.emitted) == 1


async def test_what_settles_says_when_it_would_fire_or_that_the_plan_holds_it_back(rig: Rig) -> None:
    settling = target_row(replace(target(3, "sub_tag"), quiet=60 * SECOND, longest=HOUR))
    dated = rig.rule(13, trigger("on_date_field", field="a_date"), trigger("sub_tag", tag_id="1"))
    await rig.configure(settling, rig.rule(12, settle={"quiet": "60s"}), dated)
    found = {each.trigger.label: each for each in await rig.rehearsed(rig.event("1"))}
    due = rig.clock.now() + 60 * SECOND
    for label in ("subscription/3", "global_rule/12"):
        stepped = found[label].stepped
        assert stepped is not None
        assert ([timer.due_time for timer in stepped.start], stepped.causes) == ([due], ())
    stepped = found["global_rule/13"].stepped
    assert stepped is not None
    assert (len(stepped.causes), len(stepped.start)) == (1, 1)
    await rig.configure(settling, account_row(switches=Switches()))
    found = {each.trigger.label: each for each in await rig.rehearsed(rig.event("1"))}
    assert (found["global_rule/12"].why, found["global_rule/12"].quiet) == (OFF, True)
    stepped = found["global_rule/13"].stepped
    assert stepped is not None
    assert (found["global_rule/13"].why, stepped.causes, len(stepped.start)) == (OFF, (), 1)


async def test_a_date_that_was_noted_is_told_again_and_that_the_plan_holds_it_back(rig: Rig) -> None:
    dated = rig.rule(13, trigger("on_date_field", field="a_date"))
    await rig.configure(dated)
    event = rig.event("4")._replace(data=b'{"a_date":"9998-12-31"}')
    await rig.then(event)
    (found,) = await rig.rehearsed(event._replace(id="again"))
    said = "on_date_field(a_date) comes on 9998-12-31 (UTC)"
    assert (found.quiet, found.why) == (True, said)
    await rig.configure(dated, account_row(switches=Switches()))
    (found,) = await rig.rehearsed(event._replace(id="again"))
    assert found.why == f"{OFF}; {said}"


async def test_a_system_event_and_an_account_without_memory_tell_nobody(rig: Rig) -> None:
    await rig.configure()
    assert await rig.rehearsed(rig.event("4")) == []
    await rig.configure(rig.row(1, {"on": "target_disabled"}))
    assert await rig.rehearsed(rig.event("4", type_="target_disabled")) == []


@pytest.mark.parametrize("versions", [(0,), (3, 2), (3, 3), (3, 0, 2), (2, 3), (0, 1, 0)])
async def test_an_event_is_laid_over_the_state_as_the_store_does(rig: Rig, versions: tuple[int, ...]) -> None:
    await rig.configure(rig.row(1, {}))
    state: StoredObject = NO_OBJECT
    for version in versions:
        event = rig.event(str(version), version=version)
        state = state.after(event)
        await rig.then(event)
        assert (await rig.store.objects([ABOUT]))[ABOUT] == state


async def test_a_step_sees_the_event_over_the_newest_state(rig: Rig) -> None:
    await rig.configure(rig.row(1, {}))
    await rig.then(rig.event("1", version=5))
    await rig.rehearsed(rig.event("2", version=4))
    await rig.rehearsed(rig.event("3", version=6))
    seen = [(step.object.version, tuple(step.object.tags)) for step in rig.source.compiled[-1].steps]
    assert seen == [(5, ("1",)), (5, ("1",)), (6, ("3",))]
    assert await rig.store.memories([Post(ACCOUNT, ItemKind.TRIGGER, 1, 0, "9")]) == {}
