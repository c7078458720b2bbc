"""A disk that is full: nothing is acked, the store says so, memory stays as the file is, and it recovers by itself."""

from __future__ import annotations

import asyncio

import pytest

from hookline_dispatcher.core.retry import Delivered
from hookline_dispatcher.store.model import EventFilter, Settlement, StoreFailed
from hookline_dispatcher.store.sqlite import writer
from hookline_dispatcher.store.sqlite.store import SqliteStore
from tests.unit.dispatcher_store.audit import audit
from tests.unit.dispatcher_store.rig import ACCOUNT, ORDERED, SUCCEEDED, Rig, event, intake

BOUND = 10.0
MOST = 2**30


def limit(store: SqliteStore, pages: int) -> None:
    """How many pages the file may have; the writer does nothing while a test runs no call."""
    store._connection.execute(f"PRAGMA max_page_count = {pages}")


async def fill(rig: Rig) -> list[str]:
    """Publishes until the store fails; the ids that were acked."""
    acked: list[str] = []
    for number in range(2000):
        batch = [intake(event(f"f{number}.{each}"), each % 5 + 10, policy=ORDERED) for each in range(20)]
        try:
            await rig.store.ingest(batch)
        except StoreFailed:
            return acked
        acked += [each.event.id for each in batch]
    pytest.fail("it was never full")


async def recovered(store: SqliteStore) -> None:
    async with asyncio.timeout(BOUND):
        while not store.healthy:
            await asyncio.sleep(0.01)


async def test_a_full_disk_fails_everything_and_loses_nothing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PROBE", 0.05)
    store = rig.store
    assert isinstance(store, SqliteStore)
    (claim,) = (await rig.publish(1)).claims
    await rig.queue(3, 2)
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    limit(store, pages + 30)
    acked = await fill(rig)
    assert acked, "there was room at first"
    assert not store.healthy
    audit(store, rig.path, rig.clock.now())
    with pytest.raises(StoreFailed):
        await store.ingest([intake(event("more"), *range(20, 500))])
    for _ in range(5):
        with pytest.raises(StoreFailed):
            await store.ingest([intake(event("more"), *range(20, 500))])
        audit(store, rig.path, rig.clock.now())
    assert await store.event(ACCOUNT, "more") is None
    limit(store, MOST)
    await recovered(store)
    stored = {each.event.id for each in await store.events(ACCOUNT, EventFilter(), 0, 100_000)}
    assert stored == {*acked, "e1", "e2", "e3", "e4"}
    assert await store.settle([Settlement(claim, Delivered(), SUCCEEDED)]) == [True]
    assert len((await store.ingest([intake(event("more"), 20)]))[0].claims) == 1
    assert len(await rig.claim(1000)) >= 3
    audit(store, rig.path, rig.clock.now())
    await rig.open()
    assert {each.event.id for each in await rig.store.events(ACCOUNT, EventFilter(), 0, 100_000)} == stored | {"more"}
