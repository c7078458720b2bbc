from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from hookline_dispatcher.config.cache import ConfigCache
from hookline_dispatcher.store.model import ConfigRow, StoreFailed
from hookline_dispatcher.store.protocol import Configs
from hookline_dispatcher.store.sqlite.store import SqliteStore
from tests.unit.dispatcher.configs import (
    ACCOUNT,
    BASIC,
    PRO,
    account_row,
    key,
    target,
    target_row,
    trigger_row,
    webhook,
)


class Gate:
    """The store, with a door before what it answers: each read waits there until it is opened."""

    def __init__(self, store: Configs) -> None:
        self._store = store
        self.reads = 0
        self.found = asyncio.Event()
        """Set once a read has its answer, whether or not the door lets it out."""
        self.open = asyncio.Event()
        self.open.set()
        self.fails = False

    async def config_of(self, account_id: int) -> list[ConfigRow]:
        self.reads += 1
        found = await self._store.config_of(account_id)
        self.found.set()
        await self.open.wait()
        if self.fails:
            raise StoreFailed("disk")
        return found

    async def config_version(self, account_id: int, kind: int, item_id: int, revision: int) -> ConfigRow | None:
        self.reads += 1
        return await self._store.config_version(account_id, kind, item_id, revision)

    async def config_keys(self, kind: int) -> list[ConfigRow]:
        return await self._store.config_keys(kind)

    async def config_checkpoint(self) -> int:
        return await self._store.config_checkpoint()

    async def apply_config(self, rows: Sequence[ConfigRow], checkpoint: int, *, drop_others: bool = False) -> None:
        await self._store.apply_config(rows, checkpoint, drop_others=drop_others)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Gate]:
    opened = await SqliteStore.open(tmp_path / "dispatcher.db")
    await opened.apply_config([account_row(), target_row(target(1, "sub_tag"))], 1)
    yield Gate(opened)
    await opened.close()


async def test_an_account_is_read_once(store: Gate) -> None:
    cache = ConfigCache(store)
    first = await cache.account(ACCOUNT)
    assert first is not None
    assert first.plan == PRO
    assert await cache.account(ACCOUNT) is first
    assert await cache.target(key(1)) == target(1, "sub_tag")
    assert await cache.target(key(2)) is None
    assert store.reads == 1


async def test_that_there_is_no_such_account_is_remembered_and_forgotten(store: Gate) -> None:
    cache = ConfigCache(store)
    assert await cache.account(9) is None
    assert await cache.account(9) is None
    assert await cache.target(key(1, 9)) is None
    assert store.reads == 1
    await store.apply_config([account_row(account_id=9)], 2)
    cache.invalidate(9)
    assert await cache.account(9) is not None


async def test_those_who_ask_at_once_share_a_read(store: Gate) -> None:
    cache = ConfigCache(store)
    found = await asyncio.gather(*(cache.account(ACCOUNT) for _ in range(10)))
    assert len({id(each) for each in found}) == 1
    assert store.reads == 1


@pytest.mark.parametrize("everything", [False, True])
async def test_what_was_read_before_an_invalidation_is_not_kept(store: Gate, everything: bool) -> None:
    cache = ConfigCache(store)
    store.open.clear()
    before = asyncio.create_task(cache.account(ACCOUNT))
    async with asyncio.timeout(30):
        await store.found.wait()
    await store.apply_config([account_row(BASIC, revision=2)], 2)
    if everything:
        cache.clear()
    else:
        cache.invalidate(ACCOUNT)
    after = asyncio.create_task(cache.account(ACCOUNT))
    await asyncio.sleep(0)
    store.open.set()
    stale, fresh = await before, await after
    assert stale is not None
    assert stale.plan == PRO
    assert fresh is not None
    assert fresh.plan == BASIC
    assert await cache.account(ACCOUNT) is fresh


async def test_after_a_change_only_what_changed_is_compiled_anew(store: Gate) -> None:
    cache = ConfigCache(store)
    await store.apply_config([target_row(target(2, "sub_tag"))], 2)
    before = {id_: await cache.target(key(id_)) for id_ in (1, 2)}
    changed = target(2, "unsub_tag", revision=3)
    await store.apply_config([target_row(changed)], 3)
    cache.invalidate(ACCOUNT)
    assert await cache.target(key(1)) is before[1]
    assert await cache.target(key(2)) == changed


async def test_after_a_snapshot_a_revision_may_stand_for_something_else(store: Gate) -> None:
    cache = ConfigCache(store)
    assert await cache.target(key(1)) == target(1, "sub_tag")
    other = target(1, "unsub_tag")
    await store.apply_config([account_row(), target_row(other)], 1, drop_others=True)
    cache.invalidate(ACCOUNT)
    cache.clear()
    assert await cache.target(key(1)) == other


async def test_one_who_goes_away_takes_the_answer_from_nobody(store: Gate) -> None:
    cache = ConfigCache(store)
    store.open.clear()
    gone, stays = asyncio.create_task(cache.account(ACCOUNT)), asyncio.create_task(cache.account(ACCOUNT))
    await asyncio.sleep(0)
    gone.cancel()
    with suppress(asyncio.CancelledError):
        await gone
    store.open.set()
    assert await stays is not None


async def test_a_read_that_failed_is_tried_again(store: Gate) -> None:
    cache = ConfigCache(store)
    store.fails = True
    with pytest.raises(StoreFailed):
        await cache.account(ACCOUNT)
    store.fails = False
    assert await cache.account(ACCOUNT) is not None


async def test_is_bounded_by_targets(store: Gate) -> None:
    await store.apply_config([account_row(account_id=9), account_row(account_id=10)], 2)
    cache = ConfigCache(store, most_targets=3)
    for account_id in (ACCOUNT, 9, ACCOUNT, 10):
        await cache.account(account_id)
    assert store.reads == 3
    await cache.account(ACCOUNT)
    assert store.reads == 3
    await cache.account(9)
    assert store.reads == 4


async def test_what_is_long_counts_as_several(store: Gate) -> None:
    long = webhook(1, data="x" * 65_536, account_id=9)
    await store.apply_config([account_row(account_id=9), target_row(long), account_row(account_id=10)], 2)
    cache = ConfigCache(store, most_targets=15)
    for account_id in (9, 10, 9):
        await cache.account(account_id)
    assert store.reads == 3


async def test_triggers_that_cannot_be_asked_are_told_of_once_per_revision(store: Gate) -> None:
    await store.apply_config([trigger_row(1, "nobody"), trigger_row(2, "nobody")], 2)
    told: list[tuple[int, str]] = []
    cache = ConfigCache(store, report=lambda account_id, trigger: told.append((account_id, trigger.label)))
    await cache.account(ACCOUNT)
    await store.apply_config([trigger_row(2, "nobody", revision=3)], 3)
    cache.invalidate(ACCOUNT)
    config = await cache.account(ACCOUNT)
    assert config is not None
    assert len(config.triggers) == 2, "they are kept"
    assert told == [(ACCOUNT, "nobody/1"), (ACCOUNT, "nobody/2"), (ACCOUNT, "nobody/2")]


async def test_old_settings_are_kept_while_deliveries_need_them(store: Gate) -> None:
    cache = ConfigCache(store)
    new = target(1, "sub_tag", revision=2, url="https://new.example/")
    await store.apply_config([target_row(new)], 2)
    assert await cache.version(key(1), 2) == new
    assert await cache.version(key(1), 1) == target(1, "sub_tag")
    reads = store.reads
    assert await cache.version(key(1), 1) == target(1, "sub_tag")
    assert store.reads == reads
    assert await cache.version(key(1), 3) is None
    assert await cache.version(key(5), 1) is None


async def test_old_settings_in_memory_are_bounded(store: Gate) -> None:
    cache = ConfigCache(store, most_versions=1)
    await store.apply_config([target_row(target(1, "sub_tag", revision=revision)) for revision in (2, 3)], 3)
    for revision in (1, 2, 1):
        assert await cache.version(key(1), revision) is not None
    assert store.reads == 4
