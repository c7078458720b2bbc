"""Work that keeps others waiting no longer than a turn, and comes to an end."""

from __future__ import annotations

import asyncio

import pytest

from hookline_gateway.ontraport.turns import MOST, TURN, Turns
from hookline_gateway.refusals import Unprocessable


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def others_turns(turns: Turns, clock: Clock, pieces: int, seconds: float) -> int:
    """How often somebody else had a turn while so many pieces of work were done."""
    had = 0

    async def somebody() -> None:
        nonlocal had
        while True:
            had += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody())
    try:
        for _ in range(pieces):
            with turns.taken():
                clock.now += seconds
            await turns.given()
    finally:
        other.cancel()
    return had


async def test_others_wait_for_no_more_than_a_turn() -> None:
    clock = Clock()
    turns = Turns(clock)
    assert await others_turns(turns, clock, 10, TURN * 1.5) == 10
    assert await others_turns(turns, clock, 9, TURN / 10) == 0
    assert await others_turns(turns, clock, 1, TURN / 5) == 1


async def test_work_that_has_no_end_is_refused() -> None:
    clock = Clock()
    with pytest.raises(Unprocessable, match="too long"):
        await others_turns(Turns(clock), clock, 10, MOST / 5)


async def test_time_between_the_pieces_does_not_count() -> None:
    clock = Clock()
    turns = Turns(clock)
    for _ in range(10):
        clock.now += MOST
        with turns.taken():
            pass
        await turns.given()
