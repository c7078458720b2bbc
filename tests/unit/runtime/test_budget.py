from __future__ import annotations

import asyncio
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_runtime.budget import Budget


async def settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_takes_and_gives_back() -> None:
    budget = Budget(10)
    assert await budget.take(4) == 4
    assert await budget.take(6) == 6
    assert budget.left == 0
    budget.give_back(4)
    assert budget.left == 4


async def test_more_than_there_is_means_everything() -> None:
    budget = Budget(10)
    assert await budget.take(11) == 10
    assert budget.left == 0


async def test_they_wait_in_order_of_arrival() -> None:
    budget = Budget(10)
    await budget.take(8)
    large = asyncio.create_task(budget.take(5))
    small = asyncio.create_task(budget.take(1))
    await settled()
    assert not large.done()
    assert not small.done()
    budget.give_back(3)
    await settled()
    assert large.done()
    assert not small.done()
    budget.give_back(5)
    await settled()
    assert small.done()


async def test_who_stops_waiting_lets_the_next_one_in() -> None:
    budget = Budget(10)
    await budget.take(8)
    large = asyncio.create_task(budget.take(5))
    small = asyncio.create_task(budget.take(1))
    await settled()
    large.cancel()
    with suppress(asyncio.CancelledError):
        await large
    assert await small == 1
    assert budget.left == 1


async def test_who_is_cancelled_after_its_turn_came_gives_it_back() -> None:
    budget = Budget(10)
    await budget.take(10)
    late = asyncio.create_task(budget.take(5))
    await settled()
    budget.give_back(10)
    late.cancel()
    with suppress(asyncio.CancelledError):
        await late
    assert budget.left == 10


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=30))
def test_never_more_is_out_than_there_is(takers: list[tuple[int, bool]]) -> None:
    async def run() -> None:
        budget = Budget(10)
        out = 0

        async def take(amount: int) -> None:
            nonlocal out
            taken = await budget.take(amount)
            out += taken
            try:
                assert 0 <= budget.left <= 10 - out
                await asyncio.sleep(0)
            finally:
                out -= taken
                budget.give_back(taken)

        tasks = [asyncio.create_task(take(amount)) for amount, _ in takers]
        await asyncio.sleep(0)
        for task, (_, cancelled) in zip(tasks, takers, strict=True):
            if cancelled:
                task.cancel()
        async with asyncio.timeout(5):
            done = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(each is None or isinstance(each, asyncio.CancelledError) for each in done)
        assert budget.left == 10

    asyncio.run(run())
