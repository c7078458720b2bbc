"""Whatever becomes of what settles, and wherever the process is killed: the newest is sent, and nothing twice."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.instants import MINUTE, SECOND
from hookline_dispatcher.core.snapshot import is_snapshot
from hookline_dispatcher.store.sqlite.store import SqliteStore
from tests.unit.dispatcher.settle_rig import NAMES, QUIET, RULE, SUBSCRIPTION, SettleRig

OBJECTS = "ab"
STEPS = "eeeeettttwwkdcsnz"
"""Steps by their letters, the frequent ones more than once."""


class Scenario:
    """One definition, two objects; steps by chance."""

    def __init__(self, folder: Path, kind: ItemKind, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.rig = SettleRig(folder / "0.db", kind=kind)
        self.abandoned: list[SqliteStore] = []
        self.quiet = QUIET
        self.paused = False
        self.told: dict[str, list[int]] = {each: [] for each in OBJECTS}
        """What each object was told of while the definition was not paused."""
        self.steps: dict[str, Callable[[], Awaitable[object]]] = {
            "e": self.event,
            "t": self.turn,
            "w": self.wait,
            "k": self.kill,
            "d": self.kill_before_the_commit,
            "c": self.kill_behind_the_commit,
            "s": self.settle_otherwise,
            "n": self.settle_no_longer,
            "z": self.pause_or_resume,
        }

    async def run(self, letters: str) -> None:
        await self.rig.open()
        await self.define()
        for letter in letters:
            await self.steps[letter]()
            await self.audit()
        await self.end()

    async def define(self) -> None:
        more = {"paused": self.paused} if self.rig.kind is RULE else {}
        await self.rig.settle(self.quiet, 25 if self.quiet else 0, **more)

    async def event(self) -> None:
        number, object_id = self.rig.published + 1, self.chance.choice(OBJECTS)
        await self.rig.happen(number, object_id)
        if not self.paused:
            self.told[object_id].append(number)

    async def turn(self) -> None:
        await self.rig.router.turn()

    async def wait(self) -> None:
        self.rig.clock.time += self.chance.choice([1, 3, QUIET, 60]) * SECOND

    async def kill(self) -> None:
        """Goes on with the files as they are; nothing is closed or written behind."""
        self.abandoned.append(self.rig.store)
        old, new = self.rig.path, self.folder / f"{len(self.abandoned)}.db"
        for suffix in ("", "-wal"):
            shutil.copy(f"{old}{suffix}", f"{new}{suffix}")
        self.rig.path = new
        await self.rig.open()
        await self.rig.store.recheck_held()

    async def kill_before_the_commit(self) -> None:
        work = await self.rig.store.work(self.rig.clock.now(), 10)
        await self.rig.router._decide(work)
        await self.kill()

    async def kill_behind_the_commit(self) -> None:
        work = await self.rig.store.work(self.rig.clock.now(), 10)
        self.rig.router._now = max(self.rig.router._now, self.rig.clock.now())
        await self.rig.store.take_turns(await self.rig.router._decide(work))
        await self.kill()

    async def settle_otherwise(self) -> None:
        if not self.quiet:
            await self.rig.work()  # what is left has gone by the time that somebody thinks again
        self.quiet = self.chance.choice([3, QUIET])
        await self.define()

    async def settle_no_longer(self) -> None:
        self.quiet = 0
        await self.define()

    async def pause_or_resume(self) -> None:
        self.paused = self.rig.kind is RULE and not self.paused
        await self.define()

    async def audit(self) -> None:
        """Nothing was sent twice."""
        rows = await self.rig.deliveries()
        events = Counter(each.event_id for each in rows)
        assert max(events.values(), default=0) <= 1
        for object_id, told in self.told.items():
            assert sum(each.object_id == object_id for each in rows) <= len(told)

    async def end(self) -> None:
        """In the end each object's newest is sent, and nothing is left."""
        self.paused, self.quiet = False, 0
        await self.define()
        for _ in range(4):
            await self.rig.work()
            self.rig.clock.time += 2 * MINUTE
        await self.audit()
        rows = await self.rig.deliveries()
        for object_id, told in self.told.items():
            sent = [each.event_id for each in rows if each.object_id == object_id]
            assert bool(sent) is bool(told)
            if sent:
                last = await self.rig.store.event(rows[0].target.account_id, sent[-1])
                assert last is not None
                assert json.loads(last.event.data)["n"] >= told[-1], "older data are not sent last"
                assert is_snapshot(sent[-1]) or last.event.object_id == object_id
        figures = await self.rig.store.route_figures()
        assert (figures.waiting, figures.timers, figures.set_aside) == (0, 0, 0)
        assert await self.rig.left() == (0, 0, False)


async def play(kind: ItemKind, letters: str, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(Path(folder), kind, seed)
        try:
            await scenario.run(letters)
        finally:
            for store in (*scenario.abandoned, scenario.rig.store):
                await store.close()


@pytest.mark.parametrize("kind", [RULE, SUBSCRIPTION], ids=lambda kind: NAMES[kind])
@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from(STEPS), min_size=5, max_size=60), st.integers(0, 2**32))
def test_nothing_is_lost_or_sent_twice(kind: ItemKind, letters: str, seed: int) -> None:
    asyncio.run(play(kind, letters, seed))
