"""Lists by class: whatever made and deleted deliveries, page by page a filter shows what it keeps, and nothing else."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.core.delivery import IllegalStep, State
from hookline_dispatcher.core.instants import DAY, SECOND
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.core.retry import Dead, Delivered
from hookline_dispatcher.store.model import (
    Claim,
    DeliveryFilter,
    DeliveryPage,
    Firing,
    Intake,
    StoredDelivery,
    StoreFailed,
    TargetKey,
)
from hookline_dispatcher.store.sqlite import blocks, choice, search, stretches, walks
from hookline_dispatcher.store.sqlite.migrations import MIGRATIONS
from hookline_dispatcher.store.sqlite.store import SqliteStore
from tests.unit.dispatcher_store.audit import audit
from tests.unit.dispatcher_store.conftest import open_sqlite
from tests.unit.dispatcher_store.rig import ACCOUNT, FAILED, PLAIN, SUCCEEDED, Rig, event, key
from tests.unit.dispatcher_store.test_reads import keeps

TYPES = ("sub_tag", "sub_tag", "sub_tag", "object_create", "form_submit")
SMALL = [
    (blocks, {"SIZE": 3, "LANE_SIZE": 2, "MOST": 4}),
    (stretches, {"AT_ONCE": 2}),
    (choice, {"MERGED": 2, "COUNTED": 4, "MOST_WAITING": 2, "MOST_EVENTS": 4}),
    (walks, {"AT_ONCE": 2}),
]
"""Bounds so low that a few deliveries go beyond each."""
FIRED_BY = "campaign/1/send"
STEPS = "iiiiiisssrRxfdt"


def named(which: DeliveryFilter, each: StoredDelivery) -> bool:
    """Whether the filter's text, if there is one, and what fired it fit, in plain words."""
    names = (str(each.id), each.event_id, each.object_id)
    text = which.text in names or each.target in which.text_targets or which.text.lower() in each.reason.lower()
    return text and which.fired_by in ("", each.fired_by)


@contextmanager
def small(step: int) -> Iterator[None]:
    """Everything is many, and the time of a page is over after its first step."""
    with pytest.MonkeyPatch.context() as patch:
        for module, values in [*SMALL, (search, {"FIRST_STEP": step, "STEP": step, "SECONDS": -1, "FEW": 1})]:
            for name, value in values.items():
                patch.setattr(module, name, value)
        yield


class Scenario:
    """Two accounts with three targets of either kind; steps by chance."""

    def __init__(self, rig: Rig, seed: int) -> None:
        self.rig, self.chance, self.number = rig, random.Random(seed), 0
        self.held: list[Claim] = []

    async def run(self, letters: str) -> None:
        for letter in letters:
            self.rig.tick(SECOND)
            await getattr(self, f"step_{letter}")()
            store = self.rig.store
            assert isinstance(store, SqliteStore)
            audit(store, self.rig.path, self.rig.clock.now())

    async def step_i(self) -> None:
        """Events, each of which may fire at several targets."""
        results = await self.rig.store.ingest([self.intake() for _ in range(self.chance.randrange(1, 4))])
        self.held += [claim for result in results for claim in result.claims]

    def intake(self) -> Intake:
        self.number += 1
        account = ACCOUNT + (self.chance.random() < 0.2)
        what = event(
            f"e{self.number}", self.chance.choice("ab"), account, self.chance.choice(TYPES), self.chance.randrange(2)
        )
        targets = [TargetKey(account, kind, id_) for kind in (1, 2) for id_ in (1, 2, 3)]
        chosen = self.chance.sample(targets, self.chance.randrange(3))
        firings = [Firing(target, PLAIN, 1, self.chance.choice(("", "", FIRED_BY))) for target in chosen]
        return Intake(what, b"", self.rig.clock.now(), tuple(firings), "")

    async def step_s(self) -> None:
        """Some of what is in flight is settled."""
        self.chance.shuffle(self.held)
        for claim in [self.held.pop() for _ in range(min(4, len(self.held)))]:
            dead = self.chance.random() < 0.5
            await self.rig.settle(claim, Dead("used up") if dead else Delivered(), FAILED if dead else SUCCEEDED)

    async def step_r(self) -> None:
        """One is sent again."""
        for _ in range(3):
            try:
                await self.rig.store.redeliver(ACCOUNT, self.chance.randrange(1, self.number + 2), "")
            except IllegalStep:
                continue

    async def step_R(self) -> None:
        """All that was settled of late are sent again."""
        since = self.rig.clock.now() - 5 * SECOND
        await self.rig.store.redeliver_since(ACCOUNT, since, None, include_delivered=True, dry_run=False)
        self.held += await self.rig.claim(3)

    async def step_x(self) -> None:
        """A new start."""
        self.held.clear()
        await self.rig.open()

    async def step_f(self) -> None:
        """A transaction fails, before or after it has written what it noted."""
        store = self.rig.store
        assert isinstance(store, SqliteStore)
        log, flush = store._memory.log, store._memory.log.flush
        count = self.chance.randrange(3, 5)

        def failing() -> None:
            nonlocal count
            count -= 1
            if not count:
                raise StoreFailed("out of order")
            flush()

        log.flush = failing  # type: ignore[method-assign] # a fault between two writes, as a full disk makes it
        try:
            await asyncio.gather(self.step_i(), self.step_i(), return_exceptions=True)
        finally:
            log.flush = flush  # type: ignore[method-assign] # as it was

    async def step_d(self) -> None:
        """What was settled a while ago is deleted."""
        before = self.rig.clock.now() - 6 * SECOND
        while await self.rig.store.retain(before, before, 3):
            pass

    async def step_t(self) -> None:
        """Everything is looked through for empty blocks, many rounds long."""
        for _ in range(self.number):
            await self.rig.store.retain(0, 0, 5)

    def filter(self, known: list[StoredDelivery]) -> DeliveryFilter:
        """Some filter, mostly by what a delivery that is there would meet."""
        one = self.chance.choice(known)
        every: dict[str, object] = {
            "states": tuple(self.chance.sample(list(State), 2)),
            "target": one.target,
            "target_kind": self.chance.choice([one.target.kind, 2]),
            "event_type": self.chance.choice([one.event_type, "form_submit", "none"]),
            "object_type_id": self.chance.choice([one.object_type_id, 9]),
            "object_id": one.object_id,
            "since_time": one.create_time,
            "until_time": one.create_time + 9 * SECOND,
        }
        texts = ["a", "500", "USED", "no such", one.event_id, str(one.id)]
        every |= {"fired_by": FIRED_BY, "text": self.chance.choice(texts)}
        chosen = self.chance.sample(sorted(every), self.chance.randrange(1, 4))
        if "text" in chosen:
            every["text_targets"] = tuple({each.target for each in self.chance.choices(known, k=3)})
            chosen += ["text_targets"] if self.chance.random() < 0.7 else []
        return DeliveryFilter(**{name: every[name] for name in chosen})  # type: ignore[arg-type] # as its field takes

    async def check(self) -> None:
        """Pages of a filter show, newest first, what a look at each delivery would."""
        with closing(sqlite3.connect(self.rig.path)) as file:
            ids = [row[0] for row in file.execute("SELECT id FROM delivery WHERE account_id = ?", (ACCOUNT,))]
        known = [await self.rig.delivery(id_) for id_ in sorted(ids, reverse=True)]
        for _ in range(20 if known else 0):
            which = self.filter(known)
            expected = [each for each in known if keeps(which, each) and named(which, each)]
            assert await self.pages(which, self.chance.randrange(1, 5)) == expected, which

    async def pages(self, which: DeliveryFilter, limit: int) -> list[StoredDelivery]:
        found: list[StoredDelivery] = []
        before, more = 0, True
        while more:
            page = await self.rig.store.deliveries(ACCOUNT, which, before, limit)
            found += page.deliveries
            assert len(page.deliveries) <= limit
            assert not page.next_before or not before or page.next_before < before
            assert not page.searched_time or page.next_before, "what is searched to its end says nothing of it"
            assert len(page.deliveries) == limit or not page.next_before or page.searched_time
            before, more = page.next_before, bool(page.next_before)
        return found


@given(
    letters=st.text(st.sampled_from(STEPS), min_size=5, max_size=40),
    seed=st.integers(0, 10**6),
    step=st.integers(1, 4),
)
@settings(max_examples=60, deadline=None)
def test_pages_by_class_are_what_a_look_at_each_delivery_finds(letters: str, seed: int, step: int) -> None:
    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder, small(step):
            rig = Rig(open_sqlite, Path(folder) / "dispatcher.db")
            await rig.open()
            try:
                scenario = Scenario(rig, seed)
                await scenario.run(letters)
                await scenario.check()
            finally:
                await rig.close()

    asyncio.run(play())


def read(rig: Rig, statement: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(rig.path)) as file:
        return file.execute(statement).fetchall()


BLOCKS = "SELECT lane_id, first_id FROM delivery_block ORDER BY lane_id, first_id"
HOLDS = "SELECT lane_id, class_id, first_id FROM block_class ORDER BY lane_id, class_id, first_id"


async def test_a_block_says_once_what_it_holds_and_the_next_one_begins_when_it_is_full(rig: Rig) -> None:
    with small(1):
        for number in range(8):
            await rig.publish(number % 2 + 1, type_="form_submit" if number == 5 else "sub_tag")
    assert read(rig, BLOCKS) == [(0, 1), (0, 4), (0, 7), (1, 1), (1, 5), (2, 2), (2, 6)]
    assert read(rig, HOLDS) == [
        *[(0, 1, 1), (0, 1, 4), (0, 1, 7), (0, 2, 4)],
        *[(1, 1, 1), (1, 1, 5), (2, 1, 2), (2, 1, 6), (2, 2, 6)],
    ]


@pytest.mark.parametrize("target", [None, key(1)])
async def test_a_rare_class_is_found_at_once(rig: Rig, target: TargetKey | None) -> None:
    with small(4):
        for number in range(40):
            await rig.publish(1, type_="form_submit" if number == 7 else "sub_tag")
        page = await rig.store.deliveries(ACCOUNT, DeliveryFilter(event_type="form_submit", target=target), 0, 9)
        assert [each.id for each in page.deliveries] == [8]
        page = await rig.store.deliveries(ACCOUNT, DeliveryFilter(event_type="no_such", target=target), 0, 9)
        assert page == DeliveryPage([])


async def test_blocks_that_hold_nothing_any_more_go_but_for_the_newest(rig: Rig) -> None:
    with small(1):
        await rig.store.switch(key(2), Switch.PAUSED, "a rest")
        for number in range(12):
            for claim in (await rig.publish(2 if number == 4 else 1)).claims:
                await rig.deliver(claim)
        rig.tick(DAY)
        while await rig.store.retain(rig.clock.now(), rig.clock.now(), 5):
            pass
        for _ in range(9):  # rounds that have nothing else to delete
            await rig.store.retain(0, 0, 5)
    assert read(rig, BLOCKS) == [(0, 4), (0, 10), (1, 5), (2, 12)]
    assert read(rig, HOLDS) == [(0, 1, 4), (0, 1, 10), (1, 1, 5), (2, 1, 12)]


async def test_what_a_file_of_version_10_has_stands_in_blocks_afterwards(rig: Rig) -> None:
    for number in range(2100):
        await rig.publish(1, type_="form_submit" if number == 7 else "sub_tag")
    await rig.publish(2, account=8)
    expected = read(rig, BLOCKS), read(rig, HOLDS)
    with closing(sqlite3.connect(rig.path)) as file:
        for table in ("delivery_class", "delivery_block", "block_class"):
            file.execute(f"DROP TABLE {table}")
        file.executescript(MIGRATIONS[10])
    assert (read(rig, BLOCKS), read(rig, HOLDS)) == expected
