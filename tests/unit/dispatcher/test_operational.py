from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from hookline_dispatcher.config.cache import ConfigCache
from hookline_dispatcher.core.lane import Lane, Switch
from hookline_dispatcher.ingest.ingest import Ingest, Publication
from hookline_dispatcher.ingest.operational import Announcer, event_of
from hookline_dispatcher.store.model import EventFilter, StoreFailed, Switched
from hookline_dispatcher.store.sqlite.store import SqliteStore
from hookline_runtime.clock import ManualClock
from tests.unit.dispatcher.configs import ACCOUNT, BASIC, account_row, event, key, target, target_row

NOW = 1_700_000_000_000_000


class Rig:
    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.cache = ConfigCache(store)
        self.ingest = Ingest(store, self.cache, lambda claims: None, lambda status, number: None, ManualClock(NOW))
        self.announcer = Announcer(store, self.cache, self.ingest)

    async def told(self) -> list[str]:
        return [each.event.type for each in await self.store.events(ACCOUNT, EventFilter(object_id="1"), 0, 10)][::-1]

    async def fire(self, id_: str = "e1") -> None:
        """Makes sure that the target has a lane."""
        await self.ingest.publish([Publication(event(id_=id_), b"")])


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    store = await SqliteStore.open(tmp_path / "dispatcher.db")
    targets = [target(1, "sub_tag"), target(2, "target_disabled"), target(3, "target_paused")]
    await store.apply_config([account_row(BASIC), *map(target_row, targets)], 1)
    yield Rig(store)
    await store.close()


async def test_a_target_that_was_switched_off_is_told_of_once(rig: Rig) -> None:
    await rig.fire()
    await rig.store.switch(key(1), Switch.OFF, "it said 410")
    assert await rig.announcer.announce() == 1
    assert await rig.announcer.announce() == 0
    assert await rig.told() == ["target_disabled"]
    (stored,) = await rig.store.events(ACCOUNT, EventFilter(type="target_disabled"), 0, 10)
    assert [each.target.id for each in await rig.store.fired(ACCOUNT, [stored.seq])] == [2]


async def test_pause_and_resume(rig: Rig) -> None:
    await rig.fire()
    await rig.store.switch(key(1), Switch.PAUSED, "by hand")
    await rig.announcer.announce()
    await rig.store.switch(key(1), Switch.ACTIVE, "")
    await rig.announcer.announce()
    assert await rig.announcer.announce() == 0
    assert await rig.told() == ["target_paused"]


async def test_nobody_is_told_of_a_target_that_is_gone(rig: Rig) -> None:
    await rig.fire()
    await rig.store.apply_config([target_row(target(1, "sub_tag", revision=2), deleted=True)], 2)
    rig.cache.invalidate(ACCOUNT)
    await rig.announcer.announce()
    assert await rig.announcer.announce() == 0
    assert await rig.told() == []


async def test_a_crash_before_the_note_tells_nobody_twice(rig: Rig) -> None:
    class Crashing:
        """The store, which goes away between the event and the note."""

        async def unannounced(self) -> list[Switched]:
            return await rig.store.unannounced()

        async def announced(self, lane_id: int, switch_time: int) -> None:
            raise StoreFailed("crash")

    await rig.fire()
    await rig.store.switch(key(1), Switch.OFF, "it said 410")
    with pytest.raises(StoreFailed):
        await Announcer(Crashing(), rig.cache, rig.ingest).announce()
    assert await rig.announcer.announce() == 1
    assert await rig.told() == ["target_disabled"]


async def test_a_producer_s_event_under_its_id_does_not_stop_it(rig: Rig) -> None:
    await rig.fire()
    await rig.store.switch(key(1), Switch.OFF, "it said 410")
    (switched,) = await rig.store.unannounced()
    await rig.fire(event_of(switched, "").id)
    assert await rig.announcer.announce() == 1
    assert await rig.announcer.announce() == 0


async def test_tells_by_itself_and_at_once_when_woken(rig: Rig) -> None:
    running = asyncio.create_task(rig.announcer.run())
    await rig.fire()
    await rig.store.switch(key(1), Switch.OFF, "it said 410")
    rig.announcer.wake()
    async with asyncio.timeout(5):
        while not await rig.told():
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.wait((running,))


@pytest.mark.parametrize("switch, type_, state", [
    (Switch.OFF, "target_disabled", "off"),
    (Switch.PAUSED, "target_paused", "paused"),
])  # fmt: skip
def test_the_event_says_which_target_and_why_without_the_query_of_its_url(
    switch: Switch, type_: str, state: str
) -> None:
    switched = Switched(4, key(3), Lane().switched(switch, "it said 410", NOW))
    made = event_of(switched, "https://r.example/hook?token=t#f")
    assert made.id == f"{type_} 1/3 {NOW}"
    assert (made.account_id, made.type, made.object_type_id, made.object_id) == (ACCOUNT, type_, 0, "3")
    assert made.params == {"target_kind": "1", "target_id": "3", "reason": "it said 410"}
    assert made.occurred_time == NOW
    assert orjson.loads(made.data) == {
        "id": "3",
        "url": "https://r.example/hook",
        "reason": "it said 410",
        "state": state,
    }
