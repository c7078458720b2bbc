from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import pytest

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.cache import ConfigCache
from hookline_dispatcher.ingest import ingest as ingest_module
from hookline_dispatcher.ingest.ingest import Ingest, Publication
from hookline_dispatcher.ingest.room import Bounds
from hookline_dispatcher.store.model import Claim, Intake, IntakeResult, IntakeStatus, StoreFailed
from hookline_dispatcher.store.sqlite.store import SqliteStore
from hookline_runtime.clock import ManualClock
from hookline_runtime.errors import ResourceExhausted, Unavailable
from tests.unit.dispatcher.configs import ACCOUNT, account_row, event, target, target_row

NOW = 1_700_000_000_000_000
BOUND = 5.0
SIZE = 100
NEW, DUPLICATE, CONFLICT, REFUSED = (
    IntakeStatus.NEW,
    IntakeStatus.DUPLICATE,
    IntakeStatus.CONFLICT,
    IntakeStatus.REFUSED,
)


class Gate:
    """The store with a door before it, which may also fail."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.open = asyncio.Event()
        self.open.set()
        self.came: list[str] = []
        self.fails = False

    @property
    def waiting(self) -> int:
        return self.store.waiting

    def stored(self, account_id: int) -> int:
        return self.store.stored(account_id)

    async def ingest(self, intakes: Sequence[Intake], *, atomic: bool = False) -> list[IntakeResult]:
        self.came += [intake.event.id for intake in intakes]
        await self.open.wait()
        if self.fails:
            raise StoreFailed("disk full")
        return await self.store.ingest(intakes, atomic=atomic)


class Rig:
    def __init__(self, store: SqliteStore, bounds: Bounds | None = None) -> None:
        self.gate = Gate(store)
        self.cache = ConfigCache(store)
        self.claims: list[Claim] = []
        self.counted: Counter[IntakeStatus] = Counter()
        self.clock = ManualClock(NOW)
        self.ingest = Ingest(self.gate, self.cache, self.take, self.count, self.clock, bounds)

    def take(self, claims: Iterable[Claim]) -> None:
        self.claims += claims

    def count(self, status: IntakeStatus, number: int) -> None:
        self.counted[status] += number


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "dispatcher.db")
    targets = [target(1, "sub_tag", "4"), target(2, "sub_tag")]
    await opened.apply_config([account_row(), *map(target_row, targets)], 1)
    yield opened
    await opened.close()


@pytest.fixture
def rig(store: SqliteStore) -> Rig:
    return Rig(store)


def publication(id_: str, content: bytes = b"{}", account_id: int = ACCOUNT) -> Publication:
    return Publication(event(id_=id_, data=content, account_id=account_id), content, SIZE)


def statuses(results: Iterable[IntakeResult]) -> list[IntakeStatus]:
    return [result.status for result in results]


async def test_commits_the_event_with_its_deliveries_and_hands_over_what_may_leave(
    rig: Rig, store: SqliteStore
) -> None:
    (result,) = await rig.ingest.publish([publication("a")])
    assert (result.status, result.deliveries) == (NEW, 2)
    assert [claim.target.id for claim in rig.claims] == [1, 2]
    assert [claim.event.id for claim in rig.claims] == ["a", "a"]
    stored = await store.event(ACCOUNT, "a")
    assert stored is not None
    assert stored.publish_time == NOW
    assert rig.counted == {NEW: 1}


async def test_an_event_that_fires_nothing_is_kept_with_the_reason(rig: Rig, store: SqliteStore) -> None:
    (result,) = await rig.ingest.publish([publication("a", account_id=9)])
    assert (result.status, result.deliveries) == (NEW, 0)
    stored = await store.event(9, "a")
    assert stored is not None
    assert stored.note == "no such account is known"


@pytest.mark.parametrize("atomic, expected", [
    (False, [DUPLICATE, CONFLICT, NEW, DUPLICATE]),
    (True, [REFUSED, CONFLICT, REFUSED, REFUSED]),
])  # fmt: skip
async def test_says_what_became_of_each(rig: Rig, atomic: bool, expected: list[IntakeStatus]) -> None:
    await rig.ingest.publish([publication("a"), publication("b")])
    batch = [publication("a"), publication("b", b'{"x":1}'), publication("c"), publication("c")]
    assert statuses(await rig.ingest.publish(batch, atomic=atomic)) == expected
    assert rig.counted == Counter(expected) + Counter({NEW: 2})
    assert len(rig.claims) == (4 if atomic else 6)


async def test_submissions_are_committed_in_their_order(rig: Rig) -> None:
    commits = [await rig.ingest.submit([publication(f"{n}")]) for n in range(20)]
    await asyncio.gather(*commits)
    assert rig.gate.came == [f"{n}" for n in range(20)]


class SlowOnce:
    """Configuration whose first look-up takes longer than the second."""

    def __init__(self, cache: ConfigCache) -> None:
        self._cache = cache
        self.first = asyncio.Event()
        self.asked = 0

    async def account(self, account_id: int) -> AccountConfig | None:
        self.asked += 1
        if self.asked == 1:
            await self.first.wait()
        return await self._cache.account(account_id)


async def test_one_who_waits_for_configuration_holds_its_place_only_once_submitted(rig: Rig) -> None:
    slow = SlowOnce(rig.cache)
    ingest = Ingest(rig.gate, slow, rig.take, rig.count, rig.clock)
    waits = asyncio.create_task(ingest.submit([publication("first")]))
    await asyncio.sleep(0)
    await ingest.publish([publication("second")])
    slow.first.set()
    await (await waits)
    assert rig.gate.came == ["second", "first"]


@pytest.mark.parametrize("bounds", [Bounds(events=2), Bounds(size=2 * SIZE)])
async def test_too_much_at_once_is_refused_with_a_delay(store: SqliteStore, bounds: Bounds) -> None:
    rig = Rig(store, bounds)
    rig.gate.open.clear()
    first = await rig.ingest.submit([publication("a"), publication("b")])
    assert rig.ingest.waiting == 2
    with pytest.raises(ResourceExhausted) as caught:
        await rig.ingest.publish([publication("c")])
    assert caught.value.retry_delay > 0
    patient = asyncio.create_task(rig.ingest.submit([publication("d")], patience=BOUND))
    await asyncio.sleep(0)
    rig.gate.open.set()
    await first
    await (await patient)
    assert rig.gate.came == ["a", "b", "d"]
    assert rig.ingest.waiting == 0
    assert await rig.ingest.publish([publication("c")])


async def test_while_the_store_fails_nothing_is_acked_and_it_recovers(rig: Rig, store: SqliteStore) -> None:
    rig.gate.fails = True
    with pytest.raises(Unavailable) as caught:
        await rig.ingest.publish([publication("a")])
    assert caught.value.retry_delay > 0
    assert rig.claims == []
    assert rig.counted == {}
    assert rig.ingest.waiting == 0
    rig.gate.fails = False
    assert statuses(await rig.ingest.publish([publication("a")])) == [NEW]


async def test_a_caller_that_goes_away_stops_no_commit(rig: Rig) -> None:
    rig.gate.open.clear()
    gone = asyncio.create_task(rig.ingest.publish([publication("a")]))
    async with asyncio.timeout(BOUND):
        while not rig.gate.came:
            await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    rig.gate.open.set()
    async with asyncio.timeout(BOUND):
        await rig.ingest.quiet()
    assert len(rig.claims) == 2
    assert rig.ingest.waiting == 0


async def test_a_failure_that_nobody_waits_for_is_no_trouble(rig: Rig) -> None:
    rig.gate.fails = True
    commit = await rig.ingest.submit([publication("a")])
    await rig.ingest.quiet()
    assert isinstance(commit.exception(), Unavailable)


async def test_a_configuration_that_cannot_be_read_takes_no_room(rig: Rig) -> None:
    class Broken:
        async def account(self, account_id: int) -> AccountConfig | None:
            raise StoreFailed("disk")

    ingest = Ingest(rig.gate, Broken(), rig.take, rig.count, rig.clock)
    with pytest.raises(Unavailable):
        await ingest.publish([publication("a")])
    assert ingest.waiting == 0


async def test_a_batch_that_causes_too_much_is_refused_and_leaves_its_room(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "MOST_FIRINGS", 2)
    await store.apply_config([account_row(), *(target_row(target(id_, "sub_tag")) for id_ in (1, 2))], 1)
    rig = Rig(store)
    events = [Publication(event(id_=f"e{number}"), b"", SIZE) for number in range(2)]
    with pytest.raises(ResourceExhausted):
        await rig.ingest.publish(events)
    assert (rig.gate.came, rig.ingest.waiting) == ([], 0)
    assert [each.deliveries for each in await rig.ingest.publish(events[:1])] == [2]
