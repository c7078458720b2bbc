import asyncio
from collections.abc import Callable

import pytest

from hookline_dispatcher.core.instants import DAY
from hookline_dispatcher.store import keeper as keeper_module
from hookline_dispatcher.store.keeper import STEP, Keeper, Told
from hookline_dispatcher.store.model import QueueFigures, StoreFailed
from hookline_runtime.clock import ManualClock

from .samples import NOW


class Store:
    def __init__(self, off: int = 0, old: int = 0) -> None:
        self.off = off
        self.old = old
        self.failures = 0
        self.healthy = True
        self.sweeping = True
        self.asked: list[tuple[int, int, int]] = []

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreFailed("away")

    async def sweep_off(self, limit: int) -> int:
        if not self.sweeping:
            return 0
        self._fail()
        number = min(limit, self.off)
        self.off -= number
        return number

    async def retain(self, delivered_before: int, failed_before: int, limit: int) -> int:
        self._fail()
        self.asked.append((delivered_before, failed_before, limit))
        number = min(limit, self.old)
        self.old -= number
        return number

    async def figures(self) -> QueueFigures:
        return QueueFigures(1, 0, {})


class Heard:
    def __init__(self) -> None:
        self.cancelled: list[int] = []
        self.figures: list[QueueFigures] = []
        self.healthy: list[bool] = []

    def told(self) -> Told:
        return Told(self.cancelled.append, self.figures.append, self.healthy.append)


def keeper(store: Store, heard: Heard) -> Keeper:
    return Keeper(store, heard.told(), ManualClock(NOW), 2 * DAY, 7 * DAY)


async def test_sweeps_in_steps_until_nothing_is_left() -> None:
    store, heard = Store(off=2 * STEP + 3), Heard()
    await keeper(store, heard).sweep()
    assert heard.cancelled == [STEP, STEP, 3]


async def test_deletes_in_steps_what_is_past_retention() -> None:
    store, heard = Store(old=STEP + 1), Heard()
    await keeper(store, heard).retain()
    assert store.old == 0
    assert set(store.asked) == {(NOW - 2 * DAY, NOW - 7 * DAY, STEP)}


@pytest.mark.parametrize("failures", [0, 1])
async def test_what_a_round_left_is_deleted_in_the_next(monkeypatch: pytest.MonkeyPatch, failures: int) -> None:
    monkeypatch.setattr(keeper_module, "MOST_STEPS", 2)
    monkeypatch.setattr(keeper_module, "PAUSE", 0)
    store, heard = Store(old=5 * STEP), Heard()
    kept = keeper(store, heard)
    await kept.retain()
    assert store.old == 3 * STEP, "the steps of a round are bounded"
    store.sweeping, store.failures = False, failures
    task = asyncio.create_task(kept.run())
    for number in range(1, 6):
        await _until(lambda: len(heard.healthy) == number)  # noqa: B023 - called before the loop goes on
        kept.wake()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert store.old == 0
    assert len(store.asked) == 6, "nothing is asked once nothing is left"


async def test_goes_on_after_the_store_failed_and_tells_of_its_health() -> None:
    store, heard = Store(off=1), Heard()
    store.failures, store.healthy = 1, False
    kept = keeper(store, heard)
    task = asyncio.create_task(kept.run())
    await _until(lambda: bool(heard.healthy))
    assert (heard.healthy, heard.cancelled) == ([False], [])
    store.healthy = True
    kept.wake()
    await _until(lambda: heard.healthy == [False, True])
    assert heard.cancelled == [1]
    assert len(heard.figures) == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)
