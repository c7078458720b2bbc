from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest

from hookline_dispatcher.config.cache import ConfigCache
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.config.keys import ReplicaKeys
from hookline_dispatcher.config.replica import Replica
from hookline_dispatcher.core.instants import MINUTE
from hookline_dispatcher.store.sqlite.store import SqliteStore
from hookline_runtime.channels import open_channel
from hookline_runtime.clock import ManualClock
from hookline_runtime.errors import Unavailable
from tests.unit.dispatcher.configs import ACCOUNT, BASIC, PRO, api_key, key
from tests.unit.dispatcher.registry_stub import (
    BOUND,
    SERVICE_KEY,
    Registry,
    account_item,
    changes,
    checkpoint,
    gone,
    key_item,
    serving,
    snapshot,
    subscription_item,
    until,
)

NOW = 1_700_000_000_000_000


class Rig:
    """A replica with what it stands on."""

    def __init__(self, store: SqliteStore, channel: grpc.aio.Channel, service_key: str = SERVICE_KEY) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        self.cache = ConfigCache(store)
        self.keys = ReplicaKeys(channel, service_key, self.clock)
        self.replica = Replica(channel, service_key, store, self.cache, self.keys, self.clock, lambda: 0.9)

    async def knows(self, revision: int) -> None:
        await self.replica.wait_for(revision, BOUND)

    async def plan(self) -> int:
        config = await self.cache.account(ACCOUNT)
        return config.plan if config else 0

    async def targets(self) -> set[int]:
        config = await self.cache.account(ACCOUNT)
        return {each.id for each in config.targets} if config else set()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "dispatcher.db")
    yield opened
    await opened.close()


@asynccontextmanager
async def running(store: SqliteStore, registry: Registry, service_key: str = SERVICE_KEY) -> AsyncIterator[Rig]:
    async with serving(registry) as channel, started(store, channel, service_key) as rig:
        yield rig


@asynccontextmanager
async def started(store: SqliteStore, channel: grpc.aio.Channel, service_key: str = SERVICE_KEY) -> AsyncIterator[Rig]:
    rig = Rig(store, channel, service_key)
    await rig.replica.start()
    try:
        yield rig
    finally:
        await rig.replica.stop()


async def test_takes_in_a_snapshot_and_every_change(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        registry.say(snapshot(account_item()), snapshot(subscription_item(1, "sub_tag(4)")), checkpoint(3))
        await rig.knows(3)
        assert await rig.targets() == {1}
        assert registry.resumed == [0]
        registry.say(
            changes(subscription_item(2, "sub_tag", revision=4), account_item(BASIC, revision=5)),
            changes(gone(ItemKind.SUBSCRIPTION, 1, 6), checkpoint=6),
        )
        await rig.knows(6)
        assert await rig.targets() == {2}
        assert await rig.plan() == BASIC
        assert await store.config_checkpoint() == rig.replica.known_revision == 6


async def test_a_snapshot_holds_from_its_checkpoint_on_and_drops_what_it_does_not_name(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        registry.say(snapshot(account_item(), subscription_item(1, "sub_tag")), checkpoint(3))
        await rig.knows(3)
        registry.say(snapshot(account_item(BASIC, revision=8)), changes(subscription_item(9, "sub_tag", revision=8)))
        await until(registry.feed.empty)
        assert (await rig.targets(), await rig.plan()) == ({1}, PRO)
        registry.say(checkpoint(8))
        await rig.knows(8)
        assert (await rig.targets(), await rig.plan()) == ({9}, BASIC)


async def test_a_snapshot_that_broke_off_is_forgotten(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        registry.say(snapshot(account_item(), subscription_item(1, "sub_tag")), None)
        registry.say(snapshot(account_item()), checkpoint(3))
        await rig.knows(3)
        assert await rig.targets() == set()


@pytest.mark.parametrize("end", [None, Unavailable("the server is draining", 1.0)])
async def test_goes_on_from_the_last_checkpoint(store: SqliteStore, end: Unavailable | None) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        registry.say(snapshot(account_item()), checkpoint(3), changes(subscription_item(1, "sub_tag", revision=4)), end)
        registry.say(changes(subscription_item(1, "sub_tag", revision=4), checkpoint=4))
        await rig.knows(4)
        assert registry.resumed == [0, 3]
        assert await rig.targets() == {1}


async def test_a_registry_that_was_set_back_is_followed(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        registry.say(snapshot(account_item(), subscription_item(1, "sub_tag")), checkpoint(30), None)
        registry.say(snapshot(account_item(revision=2)), checkpoint(2))
        await until(lambda: rig.replica.known_revision == 2)
        assert await rig.targets() == set()


async def test_starts_and_works_while_the_registry_is_away(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        registry.say(snapshot(account_item(), subscription_item(1, "sub_tag"), key_item(api_key("app"))), checkpoint(3))
        await rig.knows(3)
    async with open_channel("127.0.0.1:1") as nowhere, started(store, nowhere) as rig:
        assert rig.replica.known_revision == 3
        assert await rig.targets() == {1}
        assert await rig.keys.find("app") == api_key("app")


async def test_staleness_counts_over_restarts(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        registry.say(snapshot(account_item()), checkpoint(3))
        await rig.knows(3)
        rig.clock.time += 5
        assert rig.replica.staleness == 5
        rig.clock.time += 2 * MINUTE
        registry.say(checkpoint(3))
        await until(lambda: rig.replica.staleness == 0)
    async with open_channel("127.0.0.1:1") as nowhere:
        again = Rig(store, nowhere)
        again.clock.time += 3 * MINUTE
        await again.replica.start()
        assert again.replica.staleness == MINUTE - 5
        await again.replica.stop()


async def test_waits_for_a_revision_within_bounds(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        await rig.replica.wait_for(0)
        waiting = asyncio.create_task(rig.replica.wait_for(5, BOUND))
        registry.say(snapshot(account_item()), checkpoint(4))
        await rig.knows(4)
        assert not waiting.done()
        registry.say(checkpoint(5))
        await waiting
        with pytest.raises(Unavailable) as caught:
            await rig.replica.wait_for(6, 0.01)
        assert caught.value.metadata == {"known_revision": "5"}


async def test_a_wrong_service_key_is_tried_again_and_stops_nothing(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry, "another") as rig:
        registry.say(snapshot(account_item()), checkpoint(4))
        with pytest.raises(Unavailable):
            await rig.replica.wait_for(4, 0.3)
        assert registry.resumed == []


async def test_keys_are_kept_current(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        registry.say(snapshot(account_item(), key_item(api_key("a"), 1), key_item(api_key("b"), 2)), checkpoint(3))
        await rig.knows(3)
        assert await rig.keys.find("a") == api_key("a")
        registry.say(changes(key_item(api_key("a", revoked=True), 1, 4), gone(ItemKind.KEY, 2, 5), checkpoint=5))
        await rig.knows(5)
        assert await rig.keys.find("a") == api_key("a", revoked=True)
        assert await rig.keys.find("b") is None
        assert registry.asked == ["b"]


async def test_an_item_of_a_later_version_stops_nothing(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        later = account_item(account_id=9)
        later.kind = 99  # type: ignore[assignment]  # a number without a name
        later.ClearField("account")
        registry.say(snapshot(account_item(), later), checkpoint(3))
        await rig.knows(3)
        assert await rig.plan() == PRO


async def test_a_target_that_is_gone_keeps_its_old_settings_for_what_waits(store: SqliteStore) -> None:
    registry = Registry()
    async with running(store, registry) as rig:
        registry.say(snapshot(account_item(), subscription_item(1, "sub_tag")), checkpoint(3))
        await rig.knows(3)
        registry.say(changes(gone(ItemKind.SUBSCRIPTION, 1, 4), checkpoint=4))
        await rig.knows(4)
        assert await rig.cache.target(key(1)) is None
        assert await rig.cache.version(key(1), 1) is not None
