from __future__ import annotations

import asyncio

import pytest

from hookline_dispatcher.ingest.room import Bounds, Room
from hookline_runtime.errors import ResourceExhausted

BOUND = 5.0


@pytest.mark.parametrize("inside, next_, fits", [
    ((9, 10), (1, 10), True),
    ((9, 10), (2, 10), False),
    ((1, 90), (1, 10), True),
    ((1, 90), (1, 11), False),
    ((0, 0), (11, 0), True),
    ((0, 0), (1, 101), True),
])  # fmt: skip
async def test_is_bounded_by_events_and_bytes(inside: tuple[int, int], next_: tuple[int, int], fits: bool) -> None:
    room = Room(Bounds(10, 100))
    await room.enter(*inside, 0)
    if fits:
        await room.enter(*next_, 0)
        assert room.events == inside[0] + next_[0]
    else:
        with pytest.raises(ResourceExhausted):
            await room.enter(*next_, 0)
        assert room.events == inside[0]


async def test_those_who_wait_get_in_in_order() -> None:
    room = Room(Bounds(10, 100))
    await room.enter(10, 0, 0)
    came: list[int] = []

    async def come(number: int, events: int) -> None:
        await room.enter(events, 0, BOUND)
        came.append(number)

    async with asyncio.timeout(BOUND), asyncio.TaskGroup() as group:
        for number, events in enumerate((8, 1, 1)):
            group.create_task(come(number, events))
            await asyncio.sleep(0)
        room.leave(5, 0)
        await asyncio.sleep(0)
        assert came == []
        room.leave(5, 0)
    assert came == [0, 1, 2]
    assert room.events == 10


async def test_nobody_passes_those_who_wait() -> None:
    room = Room(Bounds(10, 100))
    await room.enter(9, 0, 0)
    waiting = asyncio.create_task(room.enter(2, 0, BOUND))
    await asyncio.sleep(0)
    with pytest.raises(ResourceExhausted):
        await room.enter(1, 0, 0)
    room.leave(9, 0)
    await waiting


async def test_who_has_waited_enough_is_refused_and_holds_nobody_up() -> None:
    room = Room(Bounds(10, 100))
    await room.enter(9, 0, 0)
    impatient = asyncio.create_task(room.enter(5, 0, 0.01))
    await asyncio.sleep(0)
    behind = asyncio.create_task(room.enter(1, 0, BOUND))
    with pytest.raises(ResourceExhausted):
        await impatient
    await asyncio.wait_for(behind, BOUND)
    assert room.events == 10


@pytest.mark.parametrize("granted", [False, True])
async def test_who_goes_away_takes_no_room(granted: bool) -> None:
    room = Room(Bounds(10, 100))
    await room.enter(10, 0, 0)
    gone = asyncio.create_task(room.enter(5, 0, BOUND))
    await asyncio.sleep(0)
    if granted:
        room.leave(10, 0)
    gone.cancel()
    await asyncio.wait((gone,))
    if not granted:
        room.leave(10, 0)
    assert room.events == 0
    await room.enter(10, 0, 0)
