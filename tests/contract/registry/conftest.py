"""A registry in this process, on a real port and a real file, and clients of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hookline_registry.settings import Settings
from pydantic import SecretStr

from tests.contract.registry.world import SERVICE_KEY, World, open_world


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        registry_address="127.0.0.1:0",
        registry_database=f"sqlite+aiosqlite:///{tmp_path / 'data' / 'registry.db'}",
        service_key=SecretStr(SERVICE_KEY),
        registry_poll_seconds=0.05,
        registry_probe_seconds=0.05,
        registry_busy_seconds=0.1,
        registry_key_use_seconds=0.05,
        drain_grace=1.0,
    )


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    async with open_world(settings) as world:
        yield world
