"""A registry in this process, on a real port and a real file, and clients of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from hookline_registry.settings import Settings
from tests.contract.registry import first_database
from tests.contract.registry.world import SERVICE_KEY, World, open_world, subscribing


def settings_in(folder: Path) -> Settings:
    return Settings(
        registry_address="127.0.0.1:0",
        registry_database=f"sqlite+aiosqlite:///{folder / 'data' / 'registry.db'}",
        service_key=SecretStr(SERVICE_KEY),
        wrong_keys_per_minute=0,
        registry_drain_seconds=1.0,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def attentive(settings: Settings) -> Settings:
    """The same, and what a registry does now and again it does often: for tests that wait for it."""
    often = dict.fromkeys(("registry_poll_seconds", "registry_probe_seconds", "registry_key_use_seconds"), 0.05)
    return settings.model_copy(update=often)


@pytest.fixture
async def world(settings: Settings, tmp_path: Path) -> AsyncIterator[World]:
    first = await first_database.put(tmp_path / "data" / "registry.db")
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
