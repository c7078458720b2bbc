"""A registry in this process, on a real port and a real file, and clients of it."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from hookline_registry.settings import Settings
from tests.contract.registry import first_database
from tests.contract.registry.postgresql import PostgreSQL, serving
from tests.contract.registry.world import SERVICE_KEY, World, open_world, subscribing

SQLITE, _ = STORES = ("sqlite", "postgresql")
USUAL = os.environ.get("HOOKLINE_TEST_STORE", SQLITE)
"""What tests run on that say nothing of stores; those with ``@BOTH`` run on each."""
BOTH = pytest.mark.parametrize("store", STORES)
OF_SQLITE = pytest.mark.skipif(USUAL != SQLITE, reason="it is about SQLite")


def settings_on(database: str) -> Settings:
    return Settings(
        registry_address="127.0.0.1:0",
        registry_database=database,
        service_key=SecretStr(SERVICE_KEY),
        wrong_keys_per_minute=0,
        registry_drain_seconds=1.0,
    )


def settings_in(folder: Path) -> Settings:
    return settings_on(f"sqlite+aiosqlite:///{folder / 'data' / 'registry.db'}")


@pytest.fixture
def store() -> str:
    """Where a registry keeps everything."""
    return USUAL


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    with serving(tmp_path_factory.mktemp("postgresql")) as server:
        yield server


@pytest.fixture
async def settings(store: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Settings]:
    """Those of a registry whose database is not there yet, or is empty."""
    if store == SQLITE:
        yield settings_in(tmp_path)
    else:
        async with request.getfixturevalue("postgresql").empty() as url:
            yield settings_on(url)


@pytest.fixture
def attentive(settings: Settings) -> Settings:
    """The same, and what a registry does now and again it does often: for tests that wait for it."""
    often = dict.fromkeys(("registry_poll_seconds", "registry_probe_seconds", "registry_key_use_seconds"), 0.05)
    return settings.model_copy(update=often)


@pytest.fixture
async def world(settings: Settings, store: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if store == SQLITE:
        first = await first_database.put(tmp_path / "data" / "registry.db")
    else:
        first = await request.getfixturevalue("postgresql").fill(settings.registry_database)
    async with open_world(settings, first=first) as world:
        yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world for tests that change nothing; it holds one subscription."""
    folder = tmp_path_factory.mktemp("registry")
    first = await first_database.put(folder / "data" / "registry.db")
    async with open_world(settings_in(folder), first=first) as world:
        await world.user.CreateSubscription(subscribing())
        yield world
