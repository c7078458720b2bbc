"""A real database in a folder of its own, on a clock that stands still."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hookline_registry.database import Database
from hookline_runtime.clock import ManualClock

START = 1_700_000_000_000_000


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'deep' / 'er' / 'registry.db'}"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def database(url: str, clock: ManualClock) -> AsyncIterator[Database]:
    database = await Database.open(url, clock)
    yield database
    await database.close()
