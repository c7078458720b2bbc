"""A store that fails gives UNAVAILABLE and turns health off; once it works again, so does the registry."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from hookline.registry.v1 import subscription_pb2
from sqlalchemy import text

from hookline_registry.registry import start
from hookline_registry.settings import Settings
from hookline_runtime.errors import Unavailable
from tests.contract.registry.conftest import OF_SQLITE
from tests.contract.registry.world import World, open_world, refusal, subscribing

pytestmark = OF_SQLITE

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Hold the write lock of the database from outside."""
    file = settings.registry_database.removeprefix("sqlite+aiosqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def health_turns(world: World, status: int) -> None:
    stub = health_pb2_grpc.HealthStub(world.channel)
    async with asyncio.timeout(20):
        async for answer in stub.Watch(health_pb2.HealthCheckRequest()):
            if answer.status == status:
                return


@pytest.fixture
def impatient(attentive: Settings) -> Settings:
    return attentive.model_copy(update={"registry_busy_seconds": 0.05})


async def test_a_locked_database(impatient: Settings) -> None:
    async with open_world(impatient) as world:
        with locked(impatient):
            refused = await refusal(world.user.CreateSubscription(subscribing()))
            assert (refused.code, refused.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
            assert "sqlite" not in refused.text.lower()
            await health_turns(world, NOT_SERVING)
            listed = await world.user.ListSubscriptions(subscription_pb2.ListSubscriptionsRequest())
            assert not listed.subscriptions
        await health_turns(world, SERVING)
        assert (await world.user.CreateSubscription(subscribing())).subscription.id == 1


async def test_a_full_disk(attentive: Settings) -> None:
    async with open_world(attentive) as world:
        await set_page_limit(world, 1)
        headers = [subscription_pb2.Header(name=f"h{number}", value="x" * 4096) for number in range(50)]
        refused = await refusal(world.user.CreateSubscription(subscribing(headers=headers)))
        assert (refused.code, refused.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
        await health_turns(world, NOT_SERVING)
        before = world.registry.database.head.revision
        await set_page_limit(world, 1_000_000)
        await health_turns(world, SERVING)
        made = await world.user.CreateSubscription(subscribing())
        assert made.config_revision == before + 1


async def set_page_limit(world: World, pages: int) -> None:
    """Bound the size of the database; SQLite then reports a full disk. A size below the present one stands for it."""
    async with asyncio.timeout(20):
        for _ in range(5):  # the limit is a connection's own, and the pool has a few
            async with world.registry.database.read() as connection:
                await connection.execute(text(f"PRAGMA max_page_count = {pages}"))


async def test_a_damaged_file_is_told_at_start(settings: Settings) -> None:
    file = Path(settings.registry_database.removeprefix("sqlite+aiosqlite:///"))
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 1000)
    with pytest.raises(Unavailable):
        await start(settings)
