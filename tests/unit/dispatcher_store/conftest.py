"""The stores that are held to the promises of ``store.protocol``: every test that takes ``rig`` runs on each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hookline_dispatcher.store.model import Caps
from hookline_dispatcher.store.protocol import Store
from hookline_dispatcher.store.sqlite.settle import Rules
from hookline_dispatcher.store.sqlite.store import Options, SqliteStore
from hookline_runtime.clock import ManualClock
from tests.unit.dispatcher_store.rig import Opener, Rig


async def open_sqlite(path: Path, caps: Caps, rules: Rules, clock: ManualClock) -> Store:
    return await SqliteStore.open(path, Options(caps, rules, clock.now, lambda: 0.0))


STORES: dict[str, Opener] = {"sqlite": open_sqlite}


@pytest.fixture(params=sorted(STORES))
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(STORES[request.param], tmp_path / "dispatcher.db")
    await made.open()
    yield made
    await made.close()
