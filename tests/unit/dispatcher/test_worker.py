import asyncio
from collections.abc import Callable, Sequence

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.retry import Delivered, RetryAt
from hookline_dispatcher.delivery.settling import Settling
from hookline_dispatcher.delivery.worker import Worker
from hookline_dispatcher.store.model import Claim, Claimed, Settlement, StoreFailed, TargetKey
from hookline_runtime.clock import SystemClock

EVENT = Event(1, "e", "sub_tag", 0, "8", b"{}")
LOST = RetryAt(0, "lost")


def claim(number: int) -> Claim:
    return Claim(number, number, 1, TargetKey(1, 1, 1), EVENT, 1, 1, 0, 0, 0)


class Store:
    """A queue in memory that hands out what was put into it, in order."""

    def __init__(self) -> None:
        self.ready: list[Claim] = []
        self.failures = 0
        self.settled: list[Settlement] = []
        self.most_asked = 0
        self.call: Callable[[], None] = lambda: None

    def on_ready(self, callback: Callable[[], None]) -> None:
        self.call = callback

    async def claim(self, limit: int) -> Claimed:
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise StoreFailed("away")
        self.most_asked = max(self.most_asked, limit)
        claims, self.ready = self.ready[:limit], self.ready[limit:]
        return Claimed(tuple(claims), 0 if self.ready else NEVER)

    async def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        await asyncio.sleep(0)
        self.settled += settlements
        return [True] * len(settlements)


class Attempts:
    """Delivers as soon as the gate is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.begun: list[int] = []

    async def attempt(self, claim: Claim) -> Settlement:
        self.begun.append(claim.delivery_id)
        await self.gate.wait()
        return Settlement(claim, Delivered())

    def lost(self, claim: Claim) -> Settlement:
        return Settlement(claim, LOST)


class Rig:
    def __init__(self, total: int) -> None:
        self.store, self.attempts = Store(), Attempts()
        self.settling = Settling(self.store, lambda done: self.worker.settled(done))
        self.worker = Worker(self.store, self.attempts, self.settling, SystemClock(), total)
        self.settling.start()
        self.worker.start()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.001)

    async def stop(self) -> None:
        await self.worker.drain(0)
        await self.settling.written()
        await self.settling.stop()


async def test_claims_within_its_room_and_again_when_there_is_some() -> None:
    rig = Rig(total=8)
    rig.store.ready = [claim(number) for number in range(50)]
    rig.store.call()
    await rig.until(lambda: len(rig.attempts.begun) == 8)
    assert rig.worker.in_flight == 8
    rig.attempts.gate.set()
    await rig.until(lambda: len(rig.store.settled) == 50)
    assert rig.attempts.begun == list(range(50))
    assert rig.store.most_asked == 8
    await rig.stop()


async def test_what_was_born_leased_is_attempted_without_a_claim() -> None:
    rig = Rig(total=8)
    rig.attempts.gate.set()
    rig.worker.take([claim(1), claim(2)])
    await rig.until(lambda: len(rig.store.settled) == 2)
    assert {each.decision for each in rig.store.settled} == {Delivered()}
    await rig.stop()


async def test_a_lost_wake_up_is_found_by_looking_again() -> None:
    rig = Rig(total=8)
    rig.attempts.gate.set()
    await rig.until(lambda: rig.store.most_asked > 0)
    rig.store.ready = [claim(1)]  # and nobody calls
    await rig.until(lambda: len(rig.store.settled) == 1)
    await rig.stop()


async def test_goes_on_after_the_store_failed() -> None:
    rig = Rig(total=8)
    rig.attempts.gate.set()
    rig.store.failures = 2
    rig.store.ready = [claim(1)]
    await rig.until(lambda: len(rig.store.settled) == 1)
    await rig.stop()


async def test_a_drain_finishes_what_is_in_flight_and_gives_the_rest_back() -> None:
    rig = Rig(total=2)
    rig.worker.take([claim(1), claim(2), claim(3)])
    await rig.until(lambda: len(rig.attempts.begun) == 2)
    drain = asyncio.create_task(rig.worker.drain(5))
    await rig.until(lambda: len(rig.store.settled) == 1)
    rig.worker.take([claim(4)])  # an ingest that committed while the drain began
    rig.attempts.gate.set()
    await drain
    await rig.settling.written()
    decisions = {each.claim.delivery_id: each.decision for each in rig.store.settled}
    assert decisions == {1: Delivered(), 2: Delivered(), 3: None, 4: None}
    await rig.settling.stop()


async def test_a_drain_that_runs_out_of_time_settles_as_lost() -> None:
    rig = Rig(total=2)
    rig.worker.take([claim(1)])
    await rig.until(lambda: len(rig.attempts.begun) == 1)
    await rig.stop()
    assert [each.decision for each in rig.store.settled] == [LOST]
