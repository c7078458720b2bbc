import asyncio
from collections.abc import Sequence

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.delivery.settling import MOST_AT_ONCE, Settling
from hookline_dispatcher.store.model import Claim, Settlement, StoreFailed, TargetKey

EVENT = Event(1, "e", "sub_tag", 0, "8", b"{}")


def settlement(number: int) -> Settlement:
    return Settlement(Claim(number, number, 1, TargetKey(1, 1, 1), EVENT, 1, 1, 0, 0, 0), None)


class Store:
    """Fails as often as told, refuses odd deliveries, and holds each commit until the gate is open."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.gate = asyncio.Event()
        self.gate.set()
        self.batches: list[list[int]] = []

    async def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        ids = [each.claim.delivery_id for each in settlements]
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise StoreFailed("disk full")
        self.batches.append(ids)
        return [not number % 2 for number in ids]


async def test_what_comes_during_a_commit_is_written_together_after_it() -> None:
    store, heard = Store(), list[int]()
    settling = Settling(store, lambda done: heard.extend(each.claim.delivery_id for each in done))
    settling.start()
    store.gate.clear()
    settling.add(settlement(0))
    await asyncio.sleep(0)
    for number in range(1, 6):
        settling.add(settlement(number))
    assert settling.pending == 6
    store.gate.set()
    async with asyncio.timeout(5):
        await settling.written()
    assert store.batches == [[0], [1, 2, 3, 4, 5]]
    assert heard == [0, 2, 4]
    assert settling.pending == 0
    await settling.stop()


async def test_groups_are_bounded_and_nothing_is_dropped_while_the_store_fails() -> None:
    store = Store(failures=2)
    settling = Settling(store, lambda _: None)
    settling.start()
    for number in range(MOST_AT_ONCE + 3):
        settling.add(settlement(number))
    async with asyncio.timeout(5):
        await settling.written()
    assert [len(batch) for batch in store.batches] == [MOST_AT_ONCE, 3]
    assert [each for batch in store.batches for each in batch] == list(range(MOST_AT_ONCE + 3))
    await settling.stop()
