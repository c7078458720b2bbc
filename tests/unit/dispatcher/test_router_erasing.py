"""An object erased: nothing that is remembered names it, counts stay right, others are as they were."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.campaign import CampaignSource
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import DAY, SECOND
from hookline_dispatcher.core.retry import Delivered, Outcome
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.model import AttemptRecord, IntakeStatus, Settlement
from hookline_dispatcher.store.objects import Erased
from hookline_dispatcher.store.routing import ObjectKey
from hookline_plugin.trigger import TriggerSource
from tests.unit.builtin.campaign_maps import campaign, end, entry, send, tag, wait
from tests.unit.dispatcher.configs import ACCOUNT, trigger_row
from tests.unit.dispatcher.router_rig import RouterRig

MAP = campaign(
    entry("hello"), send("hello", "rest", 1), wait("rest", "mark"), tag("mark", "then"), send("then", "out", 1), end()
)
REMEMBERED = ("object_state", "pending_route", "memory", "timer", "element")


@dataclass
class Rig(RouterRig):
    def find(self, name: str) -> TriggerSource | None:
        return cast("TriggerSource", CampaignSource()) if name == "campaign" else super().find(name)

    async def prepare(self) -> None:
        rows = [
            trigger_row(5, "campaign", MAP, kind=ItemKind.CAMPAIGN, revision=2),
            trigger_row(1, "counting", {"broken": "bad"}, kind=ItemKind.TRIGGER, revision=2),
            trigger_row(2, "counting", {}, kind=ItemKind.TRIGGER, revision=2),
        ]
        await self.configure(*rows)

    async def enter(self, object_id: str, account_id: int = ACCOUNT) -> None:
        self.published += 1
        event = Event(
            account_id, f"e{self.published}", "sub_tag", 0, object_id, b'{"n":1}', {"tag_id": "1"}, tags=("1",)
        )
        await self.ingest.publish([Publication(event, b"")])

    async def deliver(self) -> None:
        claims = [*self.claims, *(await self.store.claim(1000)).claims]
        self.claims.clear()
        record = AttemptRecord(Outcome.DELIVERED, self.clock.now(), 1, 200)
        await self.store.settle([Settlement(claim, Delivered(), record) for claim in claims])

    def rows(self, object_id: str) -> dict[str, list[tuple[object, ...]]]:
        """What is remembered of an object, by table."""
        with closing(sqlite3.connect(self.path)) as file:
            return {
                table: found
                for table in REMEMBERED
                if (found := file.execute(f"SELECT * FROM {table} WHERE object_id = ?", (object_id,)).fetchall())
            }

    def map_counts(self) -> dict[str, tuple[int, ...]]:
        """Of each element how many objects reached it, are there, are sent something, were sent it, and failed."""
        statement = "SELECT element, reached, present, on_its_way, sent, failed FROM element_count WHERE kind = 8"
        with closing(sqlite3.connect(self.path)) as file:
            return {element: tuple(counts) for element, *counts in file.execute(statement)}

    async def erase(self, object_id: str) -> Erased:
        return await self.store.erase(ObjectKey(ACCOUNT, 0, object_id))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path / "dispatcher.db")
    await made.open()
    await made.prepare()
    yield made
    await made.store.close()


async def test_everything_that_is_remembered_goes_and_nothing_of_others(rig: Rig) -> None:
    for object_id in ("8", "9"):
        await rig.enter(object_id)
    await rig.work()
    await rig.enter("8")
    before = rig.rows("9")
    assert set(rig.rows("8")) == set(REMEMBERED)
    erased = await rig.erase("8")
    assert erased == Erased(states=1, memories=3, timers=3, routes=2, elements=8)
    assert (rig.rows("8"), rig.rows("9")) == ({}, before)
    assert await rig.erase("8") == Erased()
    rig.clock.time += 2 * DAY
    await rig.work()
    assert [by for object_id, by in await rig.fired() if object_id == "8"] == ["campaign/5/hello"]
    assert [each.object_id for each in await rig.deliveries()][:2] == ["8", "9"]


async def test_counts_stay_right_for_what_is_sent_afterwards_too(rig: Rig) -> None:
    for object_id in ("8", "9"):
        await rig.enter(object_id)
    await rig.work()
    await rig.erase("8")
    counts = rig.map_counts()
    assert counts["rest"] == (2, 1, 0, 0, 0)
    assert counts["hello"] == (2, 0, 2, 0, 0)
    assert counts[""] == (2, 1, 2, 0, 0)
    await rig.deliver()
    counts = rig.map_counts()
    assert (counts["hello"], counts[""]) == ((2, 0, 0, 2, 0), (2, 1, 0, 2, 0))
    await rig.enter("8")
    await rig.work()
    counts = rig.map_counts()
    assert counts[""] == (3, 2, 1, 2, 0), "whoever comes again counts once more"


async def test_what_waits_behind_a_failure_and_what_was_set_aside_goes_too(rig: Rig) -> None:
    for _ in range(2):
        await rig.enter("bad")
        await rig.work()
    for _ in range(40):
        rig.clock.time += 60 * SECOND
        await rig.work()
    await rig.enter("bad")
    await rig.work()
    await rig.enter("bad")
    await rig.work()
    standings = {each.post.id: each for each in await rig.store.standings(ObjectKey(ACCOUNT, 0, "bad"), 10)}
    assert (standings[1].waiting, standings[1].aside) == (2, 2)
    assert (await rig.erase("bad")).routes == 4
    assert rig.rows("bad") == {}
    figures = await rig.store.route_figures()
    assert (figures.waiting, figures.set_aside) == (0, 0)


async def test_what_was_decided_before_it_is_void_after_it(rig: Rig) -> None:
    await rig.enter("8")
    await rig.work()
    await rig.enter("8")
    rig.clock.time += 2 * DAY
    work = await rig.store.work(rig.clock.now(), 100)
    assert (len(work.routes), len(work.timers)) == (2, 3)
    turns = await rig.router._decide(work)
    await rig.erase("8")
    results = await rig.store.take_turns(turns)
    assert {each.status for each in results} == {IntakeStatus.CONFLICT}
    assert rig.rows("8") == {}


async def test_the_same_id_of_another_type_or_account_is_another_object(rig: Rig) -> None:
    await rig.enter("8")
    await rig.work()
    before = rig.rows("8")
    for key in (ObjectKey(ACCOUNT, 1, "8"), ObjectKey(ACCOUNT + 1, 0, "8"), ObjectKey(ACCOUNT, 0, "")):
        assert await rig.store.erase(key) == Erased()
        assert await rig.store.standings(key, 10) == []
    assert rig.rows("8") == before


async def test_where_it_stands(rig: Rig) -> None:
    await rig.enter("8")
    await rig.work()
    found = await rig.store.standings(ObjectKey(ACCOUNT, 0, "8"), 10)
    due = rig.clock.now() + DAY
    assert [(each.post.kind, each.post.id, each.elements) for each in found] == [
        (ItemKind.CAMPAIGN, 5, ("rest",)),
        (ItemKind.TRIGGER, 1, ("counted",)),
        (ItemKind.TRIGGER, 2, ("counted",)),
    ]
    assert (found[0].due_time, found[0].held, found[0].waiting, found[0].aside) == (due, False, 0, 0)
    assert len(await rig.store.standings(ObjectKey(ACCOUNT, 0, "8"), 2)) == 2


async def test_many_definitions_go_in_steps(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hookline_dispatcher.store.sqlite.tending.ERASED_AT_ONCE", 2)
    monkeypatch.setattr("hookline_dispatcher.store.sqlite.tending.AT_ONCE", 2)
    await rig.configure(*(trigger_row(id_, "counting", {}, kind=ItemKind.TRIGGER, revision=9) for id_ in range(10, 15)))
    await rig.enter("8")
    await rig.work()
    for _ in range(5):
        await rig.enter("8")
    assert (await rig.erase("8"))[1:4] == (8, 8, 10)
    assert rig.rows("8") == {}
    await rig.work()
    assert rig.rows("8") == {}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["8", "9", "erase 8", "erase 9", "work", "deliver", "day"]), max_size=20))
async def test_counts_of_elements_always_are_counts_of_rows(doings: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder) / "dispatcher.db")
        await rig.open()
        await rig.prepare()
        for doing in doings:
            match doing.split():
                case ["erase", object_id]:
                    await rig.erase(object_id)
                    assert rig.rows(object_id) == {}
                case ["work"]:
                    await rig.work()
                case ["deliver"]:
                    await rig.deliver()
                case ["day"]:
                    rig.clock.time += DAY
                case _:
                    await rig.enter(doing)
            _agree(rig.path)
        await rig.work()
        await rig.deliver()
        assert all(each[2] == 0 for each in (rig.map_counts()).values())
        await rig.store.close()


def _agree(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        counted = file.execute(
            "SELECT kind, definition_id, element, reached, present, on_its_way, sent, failed FROM element_count"
        ).fetchall()
        rows = file.execute(
            "SELECT kind, definition_id, element, sum(seen), sum(present > 0), sum(pending > 0), "
            "sum(result = 2), sum(pending = 0 AND result = 1) FROM element GROUP BY 1, 2, 3"
        ).fetchall()
    assert sorted(counted) == sorted(rows)
