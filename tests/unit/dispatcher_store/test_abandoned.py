"""A caller that goes away while its commit runs leaves nothing in flight that nobody holds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.store.model import Claim, StoreFailed
from hookline_dispatcher.store.sqlite.store import SqliteStore
from tests.unit.dispatcher_store.rig import ACCOUNT, Rig, event, intake

BOUND = 10.0


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(BOUND):
        while not await condition():
            await asyncio.sleep(0.005)


class Held:
    """Holds the writer's thread within a transaction, as a slow disk does."""

    def __init__(self, store: SqliteStore, kind: str) -> None:
        self.begun, self.released = threading.Event(), threading.Event()
        handler = store._writer._handlers[kind]

        def held(payloads: Sequence[Any]) -> Sequence[Any]:
            self.begun.set()
            self.released.wait(BOUND)
            store._writer._handlers[kind] = handler
            return handler(payloads)

        store._writer._handlers[kind] = held


@pytest.mark.parametrize("kind", ["ingest", "claim"])
@pytest.mark.parametrize("when", ["during", "after"])
async def test_what_nobody_waits_for_is_given_back(rig: Rig, kind: str, when: str) -> None:
    store = rig.store
    assert isinstance(store, SqliteStore)
    if kind == "claim":
        await rig.queue(2)
    held = Held(store, kind)
    work = store.claim(10) if kind == "claim" else store.ingest([intake(event("x1"), 1, 2)])
    caller: asyncio.Task[object] = asyncio.create_task(work)
    await asyncio.to_thread(held.begun.wait, BOUND)
    if when == "during":
        caller.cancel()
        held.released.set()
    else:
        held.released.set()
        caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    again: list[Claim] = []

    async def claimed_again() -> bool:
        again.extend(await rig.claim())
        return len(again) >= 2

    await until(claimed_again)
    assert [(claim.number, claim.failures, claim.unknowns) for claim in again] == [(1, 0, 0)] * 2
    assert len(await rig.all()) == 2


async def test_what_cannot_be_given_back_at_once_is_given_back_later(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hookline_dispatcher.store.sqlite.store.GIVE_BACK_PAUSE", 0.01)
    store = rig.store
    assert isinstance(store, SqliteStore)
    held = Held(store, "ingest")
    caller = asyncio.create_task(store.ingest([intake(event("x1"), 1)]))
    await asyncio.to_thread(held.begun.wait, BOUND)
    settle = store._writer._handlers["settle"]
    failures = 0

    def failing(payloads: Sequence[Any]) -> Sequence[Any]:
        nonlocal failures
        failures += 1
        if failures == 3:
            store._writer._handlers["settle"] = settle
        raise StoreFailed("the disk is full")

    store._writer._handlers["settle"] = failing
    caller.cancel()
    held.released.set()
    with pytest.raises(asyncio.CancelledError):
        await caller

    async def waits() -> bool:
        return [each.state for each in await rig.all(ACCOUNT)] == [State.WAITING]

    await until(waits)
    assert failures == 3
