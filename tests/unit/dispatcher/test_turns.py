from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc.aio
import pytest
from hookline.dispatcher.v1.event_service_pb2 import PublishStreamRequest
from hookline.event.v1 import event_pb2

from hookline_dispatcher.api import turns as module
from hookline_dispatcher.api.streams import PARSED, UNCOMMITTED, Streams
from hookline_dispatcher.api.turns import EVENT_BYTES, Turns
from hookline_runtime.errors import ResourceExhausted
from hookline_runtime.unparsed import Unparsed

BOUND = 5.0


def batch(size: int, events: int = 1) -> Unparsed:
    """A batch of ``size`` bytes, and so many events, or so it says."""
    parsed = PublishStreamRequest(events=[event_pb2.Event()] * events)
    return Unparsed(bytes(size), lambda raw: parsed)


async def known(revision: int) -> None:
    """Every revision is."""


def turns(streams: Streams, *batches: Unparsed, wait_for: Callable[[int], Awaitable[None]] = known) -> Turns:
    left = iter([*batches, grpc.aio.EOF])

    async def read() -> object:
        return next(left)

    return Turns(read, streams, wait_for)


async def waits(turn: AsyncIterator[Any]) -> asyncio.Task[Any]:
    task = asyncio.ensure_future(anext(turn))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_gives_every_batch_and_ends() -> None:
    streams = Streams()
    mine = turns(streams, batch(10), batch(20, 2))
    seen = []
    async for each in mine:
        seen.append(len(each.events))
        mine.over(None)
    assert seen == [1, 2]
    assert (streams.parsed.left, streams.uncommitted.left) == (PARSED, UNCOMMITTED)


async def test_a_large_batch_waits_for_the_turn_of_another() -> None:
    streams = Streams()
    first, second = turns(streams, batch(PARSED)), turns(streams, batch(PARSED))
    await anext(first)
    waiting = await waits(second)
    first.over(None)
    async with asyncio.timeout(BOUND):
        await waiting
    second.over(None)


async def test_what_waits_for_its_commit_counts_until_then() -> None:
    streams = Streams()
    events = UNCOMMITTED // EVENT_BYTES
    first, second = turns(streams, batch(1, events)), turns(streams, batch(1, events))
    await anext(first)
    done = asyncio.Event()
    commit = asyncio.create_task(done.wait())
    first.over(commit)
    assert streams.parsed.left == PARSED
    waiting = await waits(second)
    done.set()
    async with asyncio.timeout(BOUND):
        await waiting
    second.over(None)
    assert streams.uncommitted.left == UNCOMMITTED


async def test_who_goes_away_while_it_waits_leaves_nothing_behind() -> None:
    streams = Streams()
    first, second = turns(streams, batch(PARSED)), turns(streams, batch(1, 10_000), batch(1))
    await anext(first)
    waiting = await waits(second)
    waiting.cancel()
    await asyncio.wait((waiting,))
    second.over(None)
    first.over(None)
    assert (streams.parsed.left, streams.uncommitted.left) == (PARSED, UNCOMMITTED)


async def test_the_stream_ends_when_its_turn_does_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0)
    streams = Streams()
    first, second = turns(streams, batch(PARSED)), turns(streams, batch(PARSED))
    first_batch = asyncio.ensure_future(anext(first))
    await asyncio.wait((first_batch,))
    with pytest.raises(ResourceExhausted):
        await anext(second)
    second.over(None)
    first.over(None)
    assert (streams.parsed.left, streams.uncommitted.left) == (PARSED, UNCOMMITTED)


async def test_a_batch_that_waits_for_a_revision_holds_nobody_up() -> None:
    streams, moved, asked = Streams(), asyncio.Event(), []

    async def wait_for(revision: int) -> None:
        asked.append(revision)
        await moved.wait()

    parsed = PublishStreamRequest(batch_id=7, min_config_revision=9)
    first = turns(streams, Unparsed(bytes(PARSED), lambda raw: parsed), wait_for=wait_for)
    waiting = await waits(first)
    assert (asked, streams.parsed.left) == ([9], PARSED)
    second = turns(streams, batch(PARSED))
    async with asyncio.timeout(BOUND):
        await anext(second)
        second.over(None)
        moved.set()
        assert (await waiting).batch_id == 7
    first.over(None)
    assert (streams.parsed.left, streams.uncommitted.left) == (PARSED, UNCOMMITTED)
