"""Whatever happens in whatever order, and wherever the process is killed: nothing is told twice, nothing is lost."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.core.delivery import IllegalStep
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.retry import Dead, Decision, Delivered, Outcome, RetryAt
from hookline_dispatcher.store.model import AttemptRecord, Settlement
from hookline_dispatcher.store.sqlite.store import SqliteStore
from tests.unit.dispatcher.configs import ACCOUNT
from tests.unit.dispatcher.counting_source import QUIET
from tests.unit.dispatcher.router_rig import RouterRig

OBJECTS = "abc"
STEPS = "pppppttttwwkdcmysszrxo"
"""Steps by their letters, the frequent ones more than once."""
RECORD = AttemptRecord(Outcome.REJECTED, 1, 1, 500)

_COUNTED = """
SELECT element, sum(seen), sum(present > 0), sum(pending > 0), sum(result = 2),
    sum(pending = 0 AND result = 1)
FROM element GROUP BY element ORDER BY element
"""
_KEPT = "SELECT element, reached, present, on_its_way, sent, failed FROM element_count ORDER BY element"
_PENDING = """
SELECT e.pending, (SELECT count(*) FROM delivery d WHERE d.element_id = e.id AND d.state < 3),
    e.result, (SELECT coalesce(max(CASE d.state WHEN 3 THEN 2 WHEN 4 THEN 1 WHEN 5 THEN 1 ELSE 0 END), 0)
               FROM delivery d WHERE d.element_id = e.id)
FROM element e WHERE e.element <> ''
"""


class Scenario:
    """One definition, three objects; steps by chance."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.rig = RouterRig(folder / "0.db")
        self.abandoned: list[SqliteStore] = []
        self.told: dict[str, list[str]] = {each: [] for each in OBJECTS}
        self.broken = self.paused = False
        self.steps: dict[str, Callable[[], Awaitable[object]]] = {
            "p": self.publish,
            "t": self.turn,
            "w": self.wait,
            "k": self.kill,
            "d": self.kill_before_the_commit,
            "c": self.kill_behind_the_commit,
            "m": self.commit_twice,
            "y": self.break_or_mend,
            "z": self.pause_or_resume,
            "s": self.settle,
            "r": self.redeliver,
            "x": self.cancel,
            "o": self.rig_reopened,
        }

    async def run(self, letters: str) -> None:
        await self.rig.open()
        await self.define()
        for letter in letters:
            await self.steps[letter]()
            self.audit()

    async def define(self) -> None:
        await self.rig.define(broken="b" if self.broken else "", paused=self.paused, follows=True)

    async def publish(self) -> None:
        if self.paused:
            return
        object_id = self.chance.choice(OBJECTS)
        await self.rig.publish(object_id)
        self.told[object_id].append(f"e{self.rig.published}")

    async def turn(self) -> None:
        await self.rig.router.turn()

    async def wait(self) -> None:
        self.rig.clock.time += self.chance.choice([1, SECOND, QUIET])

    async def kill(self) -> None:
        """Goes on with the files as they are, as after a kill; nothing is closed or written behind."""
        self.abandoned.append(self.rig.store)
        old, new = self.rig.path, self.folder / f"{len(self.abandoned)}.db"
        for suffix in ("", "-wal"):
            shutil.copy(f"{old}{suffix}", f"{new}{suffix}")
        self.rig.path = new
        self.rig.claims.clear()
        await self.rig.open()
        await self.rig.store.recheck_held()

    async def kill_before_the_commit(self) -> None:
        work = await self.rig.store.work(self.rig.clock.now(), 10)
        await self.rig.router._decide(work)
        await self.kill()

    async def kill_behind_the_commit(self) -> None:
        work = await self.rig.store.work(self.rig.clock.now(), 10)
        self.rig.router._now = self.rig.clock.now()
        await self.rig.store.take_turns(await self.rig.router._decide(work))
        await self.kill()

    async def commit_twice(self) -> None:
        work = await self.rig.store.work(self.rig.clock.now(), 10)
        self.rig.router._now = self.rig.clock.now()
        turns = await self.rig.router._decide(work)
        await self.rig.store.take_turns(turns)
        await self.rig.store.take_turns(turns)

    async def break_or_mend(self) -> None:
        self.broken = not self.broken
        await self.define()

    async def pause_or_resume(self) -> None:
        await self.rig.work(1000)
        if (await self.rig.store.route_figures()).waiting:
            return  # events pass by what is paused; those that failed before are lost with it
        self.paused = not self.paused
        await self.define()

    async def settle(self) -> None:
        claims = self.rig.claims[:] + list((await self.rig.store.claim(3)).claims)
        self.rig.claims.clear()
        decisions: list[Decision] = [Delivered(), Dead("no"), RetryAt(self.rig.clock.now(), "later")]
        await self.rig.store.settle([Settlement(each, self.chance.choice(decisions), RECORD) for each in claims])

    async def redeliver(self) -> None:
        await self.rig.store.redeliver_since(ACCOUNT, 0, None, self.chance.random() < 0.5, dry_run=False)

    async def cancel(self) -> None:
        for each in (await self.rig.deliveries())[-2:]:
            try:
                await self.rig.store.cancel(ACCOUNT, each.id)
            except IllegalStep:
                continue

    async def rig_reopened(self) -> None:
        self.rig.claims.clear()
        await self.rig.reopen()

    def audit(self) -> None:
        """The counts are what the rows say, and the rows what the deliveries say."""
        with closing(sqlite3.connect(self.rig.path)) as file:
            assert file.execute(_COUNTED).fetchall() == file.execute(_KEPT).fetchall()
            for pending, deliveries, result, best in file.execute(_PENDING):
                assert (pending, result) == (deliveries, best)

    async def finish(self) -> None:
        self.broken = self.paused = False
        await self.define()
        for _ in range(8):
            await self.rig.work(1000)
            self.rig.clock.time += QUIET * 4
        self.audit()
        figures = await self.rig.store.route_figures()
        assert (figures.waiting, figures.timers) == (0, 0)
        if not figures.set_aside:
            await self.check()

    async def check(self) -> None:
        first = [each for each in await self.rig.deliveries() if not each.redelivery_of]
        thirds = Counter((each.object_id, each.event_id) for each in first if each.fired_by.endswith("third"))
        expected: Counter[Any] = Counter()
        for object_id, told in self.told.items():
            memory = await self.rig.memory(object_id)
            assert json.loads(memory or b"[]") == told, "each event once, in order"
            expected.update((object_id, event_id) for event_id in told[2::3])
            quiet = [each.event_id for each in first if (each.object_id, each.fired_by[-5:]) == (object_id, "quiet")]
            assert len(quiet) == len(set(quiet))
            assert bool(quiet) == bool(told)
        assert thirds == expected

    async def close(self) -> None:
        for store in (*self.abandoned, self.rig.store):
            await store.close()


@given(letters=st.text(st.sampled_from(STEPS), min_size=10, max_size=50), seed=st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_no_interleaving_and_no_kill_loses_or_doubles_a_firing(letters: str, seed: int) -> None:
    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder:
            scenario = Scenario(Path(folder), seed)
            try:
                await scenario.run(letters)
                await scenario.finish()
            finally:
                await scenario.close()

    asyncio.run(play())
