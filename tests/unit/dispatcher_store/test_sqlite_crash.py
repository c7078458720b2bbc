"""kill -9 in the midst of work: what was acked is there, what was settled stays so, and the rest waits again."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from hookline_dispatcher.core.delivery import SETTLED, State
from hookline_dispatcher.store.model import EventFilter
from hookline_dispatcher.store.sqlite.store import Options, SqliteStore
from tests.unit.dispatcher_store.audit import audit
from tests.unit.dispatcher_store.rig import ACCOUNT

ROUNDS = 4
LINES = 300
ROOT = Path(__file__).parents[3]
ENOUGH = 1_000_000


async def killed(path: Path, name: str, lines: int) -> list[str]:
    """Lets a worker run until it has told enough, kills it, and gives back all that it told."""
    module = "tests.unit.dispatcher_store.crash_worker"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, str(path), name, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        told = [await process.stdout.readline() for _ in range(lines)]
        process.kill()
        rest = await process.stdout.read()
        await process.wait()
    whole = b"".join(told) + rest[: rest.rfind(b"\n") + 1]
    return whole.decode().splitlines()


async def test_after_a_kill_everything_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "dispatcher.db"
    acked: set[str] = set()
    settled: set[int] = set()
    for number in range(ROUNDS):
        lines = await killed(path, f"r{number}", LINES + 41 * number)
        told = [line.split(" ", 1) for line in lines]
        acked |= {value for what, value in told if what == "acked"}
        settled |= {int(value) for what, value in told if what == "settled"}
        with closing(sqlite3.connect(path)) as file:
            lost = {row[0] for row in file.execute("SELECT id FROM delivery WHERE state = 2")}
        store = await SqliteStore.open(path, Options())
        try:
            await check(store, path, acked, settled, lost)
        finally:
            await store.close()


async def check(store: SqliteStore, path: Path, acked: set[str], settled: set[int], lost: set[int]) -> None:
    stored = {each.event.id for each in await store.events(ACCOUNT, EventFilter(), 0, ENOUGH)}
    assert acked <= stored
    assert all(each.split(".")[0] in {"r0", "r1", "r2", "r3"} for each in stored)
    with closing(sqlite3.connect(path)) as file:
        states = {row[0]: State(row[1]) for row in file.execute("SELECT id, state FROM delivery")}
        events = file.execute("SELECT count(*) FROM event").fetchone()[0]
        unsettled = file.execute("SELECT count(*) FROM delivery WHERE state < 3 AND settle_time > 0").fetchone()[0]
    assert len(states) == events, "each event fired once"
    assert all(states[each] in SETTLED for each in settled), "what was settled stays so"
    assert set(states.values()) <= SETTLED | {State.WAITING}, "nothing is in flight"
    assert unsettled == 0
    assert lost, "it was killed in the midst of work"
    for each in lost:
        attempts = await store.attempts(each, 0, ENOUGH)
        assert attempts[-1].record.outcome.name == "UNKNOWN"
        assert states[each] is State.WAITING
    audit(store, path, store._options.now())
