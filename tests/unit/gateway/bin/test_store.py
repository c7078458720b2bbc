"""Bins in their file: bounded in every way, gone when their day is over, whole after a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hookline_gateway.bin.limits import DAY, BinLimits
from hookline_gateway.bin.model import Arrival
from hookline_gateway.bin.schema import FILE, BinsUnusable, connect
from hookline_gateway.bin.store import BinStore
from hookline_gateway.refusals import NoSuchRecord
from hookline_runtime.clock import ManualClock
from hookline_runtime.errors import ResourceExhausted, Unavailable

LIMITS = BinLimits(all_bytes=1_000_000)
NEWEST = 2**63 - 1
START = 1_700_000_000_000_000


def arrival(body: bytes = b"{}", **more: Any) -> Arrival:
    fields: dict[str, Any] = {
        "receive_time": START,
        "method": "POST",
        "path": "/bin/x",
        "query": "",
        "headers": (("a", "1"), ("b", "\xff"), ("a", "2")),
        "body": body,
        "size": len(body),
        "complete": True,
        "cut": (),
        "verdict": "none",
        "timestamp": None,
        "webhook_id": "",
    }
    return Arrival(**{**fields, **more})


@asynccontextmanager
async def opened(folder: Path | None = None, limits: BinLimits = LIMITS) -> AsyncIterator[tuple[BinStore, ManualClock]]:
    clock = ManualClock(START)
    store = BinStore.open(folder, limits, clock)
    try:
        yield store, clock
    finally:
        await store.close()


async def numbers(store: BinStore, bin_id: str) -> list[int]:
    return [each.number for each in await store.before(bin_id, NEWEST, 1000)]


async def test_what_came_is_kept_as_it_came_and_outlives_the_process(tmp_path: Path) -> None:
    came = arrival(bytes(range(256)), cut=("headers",), timestamp=7, webhook_id="msg", verdict="wrong")
    async with opened(tmp_path / "new") as (store, _):
        made = await store.create(3, "whsec_QUJD")
        await store.set_status(made.id, 500)
        assert (await store.keep(made.id, came)).attempt == 1
    async with opened(tmp_path / "new") as (store, _):
        assert await store.find(made.id) == replace(made, status=500)
        (kept,) = await store.before(made.id, NEWEST, 9)
        assert (kept.number, kept.attempt, kept.arrival) == (1, 1, came)
    assert (tmp_path / "new" / FILE).stat().st_mode & 0o077 == 0


async def test_a_bin_keeps_so_many_and_numbers_go_on() -> None:
    async with opened(limits=replace(LIMITS, requests=3)) as (store, _):
        made, other = await store.create(1, ""), await store.create(1, "")
        for _ in range(5):
            await store.keep(made.id, arrival(webhook_id="same"))
        await store.keep(other.id, arrival(webhook_id="same"))
        kept = await store.before(made.id, NEWEST, 9)
        assert [(each.number, each.attempt) for each in kept] == [(5, 5), (4, 4), (3, 3)]
        assert await numbers(store, other.id) == [1]
        assert [each.number for each in await store.before(made.id, 5, 1)] == [4]
        await store.clear(made.id)
        await store.keep(made.id, arrival())
        assert await numbers(store, made.id) == [6]


async def test_a_page_is_bounded_in_bytes_but_never_empty() -> None:
    async with opened(limits=replace(LIMITS, page_bytes=100)) as (store, _):
        made = await store.create(1, "")
        for size in (30, 60, 300):
            await store.keep(made.id, arrival(b"x" * size))
        assert await numbers(store, made.id) == [3]
        assert [each.number for each in await store.before(made.id, 3, 9)] == [2, 1]


async def test_a_flood_into_one_account_leaves_the_others_alone() -> None:
    async with opened(limits=replace(LIMITS, all_bytes=20_000)) as (store, _):
        quiet, loud, louder = await store.create(1, ""), await store.create(2, ""), await store.create(2, "")
        await store.keep(quiet.id, arrival(b"x" * 5000))
        for _ in range(100):
            await store.keep(loud.id, arrival(b"x" * 900))
            await store.keep(louder.id, arrival(b"x" * 900))
        assert await numbers(store, quiet.id) == [1]
        left = [*await numbers(store, loud.id), *await numbers(store, louder.id)]
        assert 0 < len(left) <= 15
        assert min(left) > 85


async def test_what_is_taken_is_counted_right_whichever_way_it_goes(tmp_path: Path) -> None:
    async with opened(tmp_path, replace(LIMITS, requests=2)) as (store, clock):
        made, other = await store.create(1, ""), await store.create(1, "")
        for _ in range(4):
            await store.keep(made.id, arrival(b"x" * 100))
        await store.keep(other.id, arrival())
        with sqlite3.connect(tmp_path / FILE) as reader:
            sums = "SELECT bytes, (SELECT coalesce(sum(bytes), 0) FROM request WHERE bin_id = id) FROM bin"
            rows = reader.execute(sums).fetchall()
            assert len(rows) == 2
            assert all(counted == real > 0 for counted, real in rows)
            await store.delete(other.id)
            clock.time += DAY
            await store.sweep()
            assert reader.execute("SELECT count(*) FROM request").fetchone() == (0,)
            assert reader.execute("SELECT count(*) FROM bin").fetchone() == (0,)
        reader.close()


async def test_bins_are_bounded_and_expire() -> None:
    async with opened(limits=replace(LIMITS, account_bins=2, bins=3)) as (store, clock):
        first = await store.create(1, "")
        await store.create(1, "")
        with pytest.raises(ResourceExhausted) as refused:
            await store.create(1, "")
        assert refused.value.retry_delay == DAY / 1_000_000
        await store.create(2, "")
        with pytest.raises(ResourceExhausted):
            await store.create(3, "")
        clock.time += DAY - 1
        await store.find(first.id)
        clock.time += 1
        with pytest.raises(NoSuchRecord):
            await store.find(first.id)
        assert (await store.create(1, "")).expire_time == clock.time + DAY


async def test_ids_cannot_be_guessed() -> None:
    async with opened() as (store, _):
        ids = {(await store.create(each, "")).id for each in range(50)}
        assert len(ids) == 50
        assert all(len(each) == 32 for each in ids)


async def test_who_watches_sees_everything_once_and_the_end() -> None:
    async with opened() as (store, _):
        made = await store.create(1, "")
        for _ in range(30):
            await store.keep(made.id, arrival())
        watch = store.watch(made.id, 3)
        seen = [(await anext(watch)).number for _ in range(27)]
        following = asyncio.ensure_future(anext(watch))
        await store.keep(made.id, arrival())
        async with asyncio.timeout(10):
            seen.append((await following).number)
            assert seen == list(range(4, 32))
            following = asyncio.ensure_future(anext(watch))
            await asyncio.sleep(0)
            await store.delete(made.id)
            with pytest.raises(NoSuchRecord):
                await following
        assert not store._bells


async def test_a_bin_that_goes_while_a_request_comes_is_no_fault() -> None:
    async with opened() as (store, _):
        made = await store.create(1, "")
        await store.delete(made.id)
        with pytest.raises(NoSuchRecord):
            await store.keep(made.id, arrival())


async def test_a_file_that_fails_is_told_without_its_name(tmp_path: Path) -> None:
    async with opened(tmp_path) as (store, _):
        made = await store.create(1, "")
        with sqlite3.connect(tmp_path / FILE) as other:
            other.execute("DROP TABLE request")
        other.close()
        with pytest.raises(Unavailable, match=r"^the bins cannot be read or written$"):
            await store.keep(made.id, arrival())


def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database, but long enough to be looked at" * 50)
    with pytest.raises(BinsUnusable, match=r"cannot use .*bins\.db: file is not a database"):
        connect(tmp_path)
    with pytest.raises(BinsUnusable, match="File exists"):
        connect(tmp_path / FILE)
    newer = tmp_path / "newer"
    connect(newer).close()
    with sqlite3.connect(newer / FILE) as file:
        file.execute("PRAGMA user_version = 9")
    file.close()
    with pytest.raises(BinsUnusable, match="version 9"):
        connect(newer)


_WRITER = """
import asyncio, sys
from pathlib import Path
from hookline_gateway.bin.limits import BinLimits
from hookline_gateway.bin.store import BinStore
from tests.unit.gateway.bin.test_store import arrival

async def main():
    store = BinStore.open(Path(sys.argv[1]), BinLimits(all_bytes=10_000_000, requests=1_000_000))
    made = await store.create(1, "")
    print(made.id, flush=True)
    while True:
        print((await store.keep(made.id, arrival(b"x" * 2000))).number, flush=True)

asyncio.run(main())
"""


async def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITER, str(tmp_path), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[4]
    )
    assert writer.stdout is not None
    async with asyncio.timeout(30):
        bin_id = (await writer.stdout.readline()).decode().strip()
        for _ in range(20):
            await writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        answered = 20 + len((await writer.stdout.read()).splitlines())
        await writer.wait()
    store = BinStore.open(tmp_path, LIMITS)
    try:
        kept = await store.before(bin_id, NEWEST, 10_000)
        assert kept[0].number >= answered - 1
        assert [each.number for each in kept] == list(range(kept[0].number, 0, -1))
    finally:
        await store.close()
