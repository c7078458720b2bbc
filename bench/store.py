"""What the embedded store costs: microseconds per delivery, with a small and with a large backlog.

Run: ``python bench/store.py [FOLDER]``. Each figure is wall time through the public calls: commits, the writer's thread
and its answers included. Claims and settlements are of 256 at a time, as the worker makes them.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.core.retry import Delivered, Outcome
from hookline_dispatcher.store.model import AttemptRecord, Caps, Claim, Firing, Intake, Settlement, TargetKey
from hookline_dispatcher.store.sqlite.store import Options, SqliteStore

DATA = b'{"firstname":"Mary","note":"' + b"y" * 440 + b'"}'
BATCH = 250
TOGETHER = 4
AT_ONCE = 256
MEASURED = 8192
SIZES = [(1_000, 100), (1_000, 1_000), (100_000, 10_000)]


def intakes(first: int, count: int, lanes: int, base: int) -> list[Intake]:
    now = time.time_ns() // 1000
    return [
        Intake(
            Event(1, f"e{base}.{n}", "sub_tag", 0, str(n), DATA, {"tag_id": "4"}),
            b"0" * 16,
            now,
            (Firing(TargetKey(1, 1, base + n % lanes), LanePolicy(), 1),),
        )
        for n in range(first, first + count)
    ]


async def ingest(store: SqliteStore, count: int, lanes: int, base: int) -> list[Claim]:
    claims: list[Claim] = []
    for first in range(0, count, BATCH * TOGETHER):
        starts = range(first, min(first + BATCH * TOGETHER, count), BATCH)
        answers = await asyncio.gather(*(store.ingest(intakes(s, BATCH, lanes, base)) for s in starts))
        claims += [claim for results in answers for result in results for claim in result.claims]
    return claims


async def settle(store: SqliteStore, claims: Sequence[Claim]) -> None:
    record = AttemptRecord(
        Outcome.DELIVERED, time.time_ns() // 1000, 1000, 200, method="POST", url="http://r.example/h"
    )
    for first in range(0, len(claims), AT_ONCE):
        chosen = claims[first : first + AT_ONCE]
        assert all(await store.settle([Settlement(claim, Delivered(), record) for claim in chosen]))


async def measure(store: SqliteStore, waiting: int, lanes: int, base: int) -> list[float]:
    """Microseconds per delivery: ingest fresh, enqueue, claim, settle."""
    figures = []
    count = 10_000
    began = time.perf_counter()
    claims = await ingest(store, count, 1_000, base)
    figures.append((time.perf_counter() - began) / count)
    assert len(claims) == count
    await settle(store, claims)
    base += 1_000
    await switch(store, range(base, base + lanes), Switch.PAUSED)
    began = time.perf_counter()
    await ingest(store, waiting, lanes, base)
    figures.append((time.perf_counter() - began) / waiting)
    await switch(store, range(base, base + lanes), Switch.ACTIVE)
    claim_seconds = settle_seconds = 0.0
    taken = 0
    while taken < min(waiting, MEASURED):
        began = time.perf_counter()
        claims = list((await store.claim(AT_ONCE)).claims)
        claim_seconds += time.perf_counter() - began
        assert claims
        began = time.perf_counter()
        await settle(store, claims)
        settle_seconds += time.perf_counter() - began
        taken += len(claims)
    figures += [claim_seconds / taken, settle_seconds / taken]
    return [figure * 1e6 for figure in figures]


async def switch(store: SqliteStore, targets: range, switch: Switch) -> None:
    await asyncio.gather(*(store.switch(TargetKey(1, 1, target), switch, "bench") for target in targets))


def resident() -> float:
    """Megabytes of memory in use."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def main(folder: Path) -> None:
    print(f"{'waiting':>8} {'lanes':>7} {'ingest':>8} {'enqueue':>8} {'claim':>8} {'settle':>8}   µs each {'RSS':>8}")
    for size, (waiting, lanes) in enumerate(SIZES):
        caps = Caps(100_000, 100_000, 100_000)
        store = await SqliteStore.open(folder / f"{size}.db", Options(caps))
        figures = await measure(store, waiting, lanes, 1_000_000)
        print(f"{waiting:>8} {lanes:>7} " + " ".join(f"{each:>8.1f}" for each in figures) + f" {resident():>16.0f} MB")
        await store.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        uvloop.run(main(Path(sys.argv[1])))
    else:
        with tempfile.TemporaryDirectory() as name:
            uvloop.run(main(Path(name)))
