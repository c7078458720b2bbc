"""A store on a fresh file with a clock that stands still, and short words for what tests do to it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.core.retry import Dead, Decision, Delivered, Outcome, RetryAt, TargetGone
from hookline_dispatcher.store.model import (
    AttemptRecord,
    Caps,
    Claim,
    DeliveryFilter,
    Firing,
    Intake,
    IntakeResult,
    Settlement,
    StoredDelivery,
    StoredTarget,
    TargetKey,
)
from hookline_dispatcher.store.protocol import Store
from hookline_dispatcher.store.sqlite.settle import Rules
from hookline_runtime.clock import ManualClock

NOW = 1_700_000_000 * SECOND
ACCOUNT = 7
DATA = '{"firstname":"Renée"}'.encode()
PLAIN = LanePolicy()
ORDERED = LanePolicy(ordered=True)
BLOCKING = LanePolicy(ordered=True, block_dead=True)
FAILED = AttemptRecord(
    Outcome.REJECTED,
    NOW,
    1500,
    500,
    "the receiver answered 500",
    request_body=b"{}",
    connect_latency=700,
    first_byte_latency=1200,
)
SUCCEEDED = AttemptRecord(Outcome.DELIVERED, NOW, 1500, 200, connect_latency=0, first_byte_latency=1400)
LOST = AttemptRecord(Outcome.UNKNOWN, NOW, reason="broken off")

Opener = Callable[[Path, Caps, Rules, ManualClock], Coroutine[None, None, Store]]


def key(target: int = 1, account: int = ACCOUNT) -> TargetKey:
    return TargetKey(account, 1, target)


def event(id_: str, object_id: str = "1", account: int = ACCOUNT, type_: str = "sub_tag", kind: int = 0) -> Event:
    return Event(account, id_, type_, kind, object_id, DATA, {"tag_id": "4"}, 2, ("a",), ("b",))


def intake(
    what: Event, *targets: int, policy: LanePolicy = PLAIN, revision: int = 1, time: int = NOW, digest: bytes = b"same"
) -> Intake:
    firings = tuple(Firing(key(target, what.account_id), policy, revision) for target in targets)
    return Intake(what, digest, time, firings, "" if targets else "nothing listens")


@dataclass
class Rig:
    opener: Opener
    path: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    caps: Caps = field(default_factory=Caps)
    rules: Rules = field(default_factory=Rules)
    ready: int = 0
    events: int = 0
    _store: Store | None = None

    @property
    def store(self) -> Store:
        assert self._store is not None, "it is open"
        return self._store

    async def open(self, caps: Caps | None = None, rules: Rules | None = None) -> Store:
        await self.close()
        self.caps, self.rules = caps or self.caps, rules or self.rules
        self._store = await self.opener(self.path, self.caps, self.rules, self.clock)
        self._store.on_ready(self._called)
        return self._store

    async def close(self) -> None:
        if self._store is not None:
            await self._store.close()
            self._store = None

    def _called(self) -> None:
        self.ready += 1

    def tick(self, span: int) -> None:
        self.clock.time += span

    async def publish(
        self,
        *targets: int,
        policy: LanePolicy = PLAIN,
        object_id: str = "1",
        account: int = ACCOUNT,
        type_: str = "sub_tag",
        kind: int = 0,
        revision: int = 1,
    ) -> IntakeResult:
        """One event that fires at each target."""
        self.events += 1
        what = event(f"e{self.events}", object_id, account, type_, kind)
        (result,) = await self.store.ingest(
            [intake(what, *targets, policy=policy, revision=revision, time=self.clock.now())]
        )
        return result

    async def queue(self, count: int, target: int = 1, policy: LanePolicy = PLAIN, account: int = ACCOUNT) -> None:
        """That many deliveries that wait in one lane, which is active."""
        await self.store.switch(key(target, account), Switch.PAUSED, "to queue", policy)
        for _ in range(count):
            await self.publish(target, policy=policy, account=account)
        await self.store.switch(key(target, account), Switch.ACTIVE, "")

    async def claim(self, limit: int = 1000) -> list[Claim]:
        return list((await self.store.claim(limit)).claims)

    async def settle(self, claim: Claim, decision: Decision | None, record: AttemptRecord | None = None) -> bool:
        (applied,) = await self.store.settle([Settlement(claim, decision, record)])
        return applied

    async def deliver(self, claim: Claim) -> bool:
        return await self.settle(claim, Delivered(), SUCCEEDED)

    async def bury(self, claim: Claim) -> bool:
        return await self.settle(claim, Dead("used up"), FAILED)

    async def retry(self, claim: Claim, wait: int = 0, hold: int = 0) -> bool:
        now = self.clock.now()
        return await self.settle(claim, RetryAt(now + wait, "no luck", now + hold if hold else 0), FAILED)

    async def gone(self, claim: Claim) -> bool:
        return await self.settle(claim, TargetGone("answered 410"), FAILED)

    async def fail_until_half_open(self, target: int = 1) -> None:
        for _ in range(5):
            (claim,) = (await self.publish(target)).claims
            await self.bury(claim)

    async def delivery(self, id_: int, account: int = ACCOUNT) -> StoredDelivery:
        found = await self.store.delivery(account, id_)
        assert found is not None, f"delivery {id_} is there"
        return found

    async def lane(self, target: int = 1, account: int = ACCOUNT) -> StoredTarget:
        found = await self.store.target(key(target, account))
        assert found is not None, f"target {target} has a lane"
        return found

    async def all(self, account: int = ACCOUNT, which: DeliveryFilter | None = None) -> list[StoredDelivery]:
        """Every delivery of an account, the oldest first."""
        return ((await self.store.deliveries(account, which or DeliveryFilter(), 0, 10_000)).deliveries)[::-1]


def ids(claims: Sequence[Claim]) -> list[int]:
    return [claim.delivery_id for claim in claims]
