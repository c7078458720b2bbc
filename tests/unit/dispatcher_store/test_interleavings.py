"""Whatever happens in whatever order: memory equals the file, no wake-up is lost, and in the end all is settled."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.core.delivery import IllegalStep, State
from hookline_dispatcher.core.instants import HOUR, MINUTE, SECOND
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.core.retry import Dead, Decision, Delivered, RetryAt, TargetGone
from hookline_dispatcher.store.model import AttemptRecord, Caps, Claim, ConfigRow, Settlement, StoreFailed
from hookline_dispatcher.store.sqlite.store import SqliteStore
from tests.unit.dispatcher_store.audit import audit
from tests.unit.dispatcher_store.conftest import open_sqlite
from tests.unit.dispatcher_store.rig import (
    ACCOUNT,
    BLOCKING,
    FAILED,
    ORDERED,
    SUCCEEDED,
    Rig,
    event,
    intake,
    key,
)

SHARED = "one.example:80"
POLICIES = [
    LanePolicy(origin=SHARED),
    LanePolicy(30, origin="other.example:80"),
    replace(ORDERED, origin=SHARED),
    BLOCKING,
]
STEPS = "iiiiccccsssssrkxpaofwwdC"
"""Steps by their letters, the frequent ones more than once."""


class Scenario:
    """One account with four lanes of each kind and another with one, under small caps; steps by chance."""

    def __init__(self, rig: Rig, seed: int) -> None:
        self.rig = rig
        self.chance = random.Random(seed)
        self.held: list[Claim] = []
        self.number = 0
        self.steps: dict[str, Callable[[], Awaitable[object]]] = {
            "i": self.ingest,
            "c": self.claim,
            "s": self.settle,
            "r": self.redeliver,
            "k": self.cancel,
            "x": self.reopen,
            "p": lambda: self.switch(Switch.PAUSED),
            "a": lambda: self.switch(Switch.ACTIVE),
            "o": lambda: self.switch(Switch.OFF),
            "f": self.fail,
            "w": self.wait,
            "d": lambda: self.rig.store.sweep_off(2),
            "C": self.retune,
        }

    async def run(self, letters: str) -> None:
        for letter in letters:
            if letter in "ics" and self.chance.random() < 0.3:
                # Together, so that they share a commit.
                await asyncio.gather(self.steps[letter](), self.settle(), self.ingest(), self.claim())
            else:
                await self.steps[letter]()
            self.check()

    def check(self) -> None:
        store = self.rig.store
        assert isinstance(store, SqliteStore)
        audit(store, self.rig.path, self.rig.clock.now())

    def target(self) -> int:
        return self.chance.randrange(1, 9)

    async def ingest(self) -> None:
        intakes = []
        for _ in range(self.chance.randrange(1, 4)):
            self.number += 1
            target, account = self.target(), ACCOUNT + (self.chance.random() < 0.2)
            policy = POLICIES[target % 4]
            what = event(f"e{self.number}", self.chance.choice("ab"), account)
            intakes.append(intake(what, target, policy=policy, time=self.rig.clock.now()))
        results = await self.rig.store.ingest(intakes)
        self.held += [claim for result in results for claim in result.claims]

    async def claim(self) -> None:
        claims = await self.rig.claim(self.chance.randrange(1, 8))
        self.held += claims

    def decision(self) -> tuple[Decision | None, AttemptRecord | None]:
        now = self.rig.clock.now()
        wait = self.chance.choice([0, 10 * SECOND, HOUR])
        decisions: list[tuple[Decision | None, AttemptRecord | None]] = [
            (Delivered(), SUCCEEDED),
            (Delivered(), SUCCEEDED),
            (RetryAt(now + wait, "no luck"), FAILED),
            (RetryAt(now + wait, "no luck", now + wait), FAILED),
            (Dead("used up"), FAILED),
            (TargetGone("gone") if self.chance.random() < 0.1 else Dead("used up"), FAILED),
            (None, None),
        ]
        return self.chance.choice(decisions)

    async def settle(self) -> None:
        self.chance.shuffle(self.held)
        count = min(len(self.held), self.chance.randrange(0, 5))
        chosen, self.held = self.held[:count], self.held[count:]
        applied = await self.rig.store.settle([Settlement(claim, *self.decision()) for claim in chosen])
        assert all(applied), "what this worker claimed and did not settle is its own"

    async def redeliver(self) -> None:
        if self.chance.random() < 0.5:
            await self.rig.store.redeliver_since(ACCOUNT, 0, None, self.chance.random() < 0.3, dry_run=False)
            return
        try:
            await self.rig.store.redeliver(ACCOUNT, self.chance.randrange(1, self.number + 2), "")
        except IllegalStep:
            return

    async def cancel(self) -> None:
        for _ in range(3):
            try:
                await self.rig.store.cancel(ACCOUNT, self.chance.randrange(1, self.number + 2))
            except IllegalStep:
                continue

    async def reopen(self) -> None:
        if self.chance.random() < 0.4:
            self.held.clear()
            await self.rig.open()

    async def switch(self, switch: Switch) -> None:
        target = self.target()
        await self.rig.store.switch(key(target), switch, "by hand", POLICIES[target % 4])

    async def wait(self) -> None:
        self.rig.tick(self.chance.choice([1, SECOND, 3 * SECOND, MINUTE, 2 * HOUR]))

    async def retune(self) -> None:
        target = self.target()
        policy = self.chance.choice(POLICIES)
        await self.rig.store.apply_config([ConfigRow(ACCOUNT, 4, target, self.number, False, b"{}", policy)], 1)

    async def fail(self) -> None:
        """A transaction that is rolled back after it touched lanes."""
        store = self.rig.store
        assert isinstance(store, SqliteStore)
        lanes, flush = store._memory.lanes, store._memory.lanes.flush
        count = self.chance.randrange(1, 5)

        def failing(now: int) -> int:
            nonlocal count
            count -= 1
            if not count:
                raise StoreFailed("out of order")
            return flush(now)

        before = list(self.held)
        lanes.flush = failing  # type: ignore[method-assign] # a fault between two writes, as a full disk makes it
        try:
            await asyncio.gather(self.ingest(), self.claim(), return_exceptions=True)
        finally:
            lanes.flush = flush  # type: ignore[method-assign] # as it was
        assert self.held[: len(before)] == before

    async def finish(self) -> None:
        """Everything that can be delivered is, once all switches are on and no key is blocked."""
        for target in range(1, 9):
            for account in (ACCOUNT, ACCOUNT + 1):
                await self.rig.store.switch(key(target, account), Switch.ACTIVE, "")
        for each in [*await self.rig.all(), *await self.rig.all(ACCOUNT + 1)]:
            if each.state is State.DEAD:
                await self.free(each.target.account_id, each.id)
        for _ in range(1000):
            for claim in self.held:
                assert await self.rig.deliver(claim)
            self.held = await self.rig.claim()
            self.rig.tick(HOUR)
            if not self.held and not (await self.rig.store.figures()).waiting:
                break
        self.check()
        left = [*await self.rig.all(), *await self.rig.all(ACCOUNT + 1)]
        assert not [each for each in left if each.state in (State.WAITING, State.IN_FLIGHT)]

    async def free(self, account_id: int, delivery_id: int) -> None:
        try:
            await self.rig.store.cancel(account_id, delivery_id)
        except IllegalStep:
            return


@given(letters=st.text(st.sampled_from(STEPS), min_size=10, max_size=60), seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_no_interleaving_loses_anything(letters: str, seed: int) -> None:
    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder:
            rig = Rig(open_sqlite, Path(folder) / "dispatcher.db")
            await rig.open(Caps(total=7, account=4, lane=2, origin=3))
            try:
                scenario = Scenario(rig, seed)
                await scenario.run(letters)
                await scenario.finish()
            finally:
                await rig.close()

    asyncio.run(play())
