"""How long lists of deliveries take with a million of them stored, for every filter and every pair of filters.

Run: ``PYTHONPATH=. python bench/listing.py [FOLDER]``; a folder that was filled before is used again. Most deliveries
are delivered; what fails, is retried or is rare stands at the oldest end, where a walk from the newest meets it last,
behind 300,000 that wait for their first attempt. A quarter goes to one busy target, which never gets a type of events
that others often get, and one dead one of old.
Of each list the first page is measured, and all pages until the first delivery, or until the end.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.store.model import DeliveryFilter, TargetKey
from hookline_dispatcher.store.sqlite.migrations import version_11
from hookline_dispatcher.store.sqlite.store import SqliteStore

COUNT = 1_000_000
LANES = 1_000
BOUND = 200
SECOND = 1_000_000
FIRED_BY = "campaign/1/send"
OLDEST = 1_700_000_000 * SECOND
ACCOUNT = 1
FILL = """
WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count})
INSERT INTO {table} ({columns}) SELECT {values} FROM n
"""
OLD = 180_000
"""Up to which number nearly nothing was delivered but what went to the busy target."""
STATE = f"""
CASE WHEN n % 4 <> 0 AND n BETWEEN 500000 AND 900000 THEN 1 WHEN n > {OLD} OR n % 4 = 0 AND n <> 12 THEN 3
    WHEN n % 3 = 0 THEN 4 WHEN n % 3 = 1 THEN 5 ELSE 1 END
"""
ATTEMPTS = f"({STATE}) <> 1 OR n <= {OLD}"
REASON = (
    f"CASE WHEN n > {OLD} OR ({STATE}) = 3 THEN '' WHEN n = 17 THEN 'a needle' ELSE 'the receiver answered 500' END"
)
LANE = f"""
CASE WHEN n < 9 THEN {LANES + 1} WHEN n % 4 = 0 THEN 1 WHEN n < 2000 THEN {LANES + 2} + n % 100 ELSE n % {LANES} + 1 END
"""
TYPE = "CASE WHEN n % 500000 = 7 THEN 'form_submit' WHEN n % 4 = 1 THEN 'object_update' ELSE 'sub_tag' END"
OBJECT = (
    "CASE WHEN n % 10 = 0 THEN 'busy' WHEN n < 60000 AND n % 7 = 3 THEN 'once busy' ELSE 'object-' || n % 50000 END"
)
TABLES = {
    "event": (
        "seq, account_id, id, type, object_type_id, object_id, object_version, params, data, changed_fields, tags, "
        "occurred_time, ordering_key, digest, publish_time, deliveries, note",
        f"n, 1, 'event-' || n, {TYPE}, n % 2, {OBJECT}, 0, '{{}}', zeroblob(400), '[]', '[]', 0, '', "
        f"x'00', {OLDEST} + n * 100000, 1, ''",
    ),
    "delivery": (
        "id, root_id, account_id, lane_id, event_seq, config_revision, state, due_time, attempts, failures, unknowns, "
        "epoch, claim_time, order_key, holds, cancelling, status_code, reason, create_time, settle_time, "
        "redelivery_of, request_id, fired_by, element_id",
        f"n, n, 1, {LANE}, n, 1, {STATE}, 1 << 61, {ATTEMPTS}, 0, 0, 0, 0, NULL, 0, 0, 500, {REASON}, "
        f"{OLDEST} + n * 100000, "
        f"{OLDEST} + n * 100000, 0, '', CASE WHEN n < 50000 THEN '{FIRED_BY}' ELSE '' END, 0",
    ),
}
FILTERS: dict[str, dict[str, Any]] = {
    **{f"state {state.name.lower()}": {"states": (state,)} for state in State},
    "states dead, cancelled": {"states": (State.DEAD, State.CANCELLED)},
    "retrying": {"retrying": True},
    "retrying or dead": {"states": (State.DEAD,), "retrying": True},
    "states delivered, dead": {"states": (State.DELIVERED, State.DEAD)},
    "target": {"target": TargetKey(ACCOUNT, 1, 6)},
    "target, busy": {"target": TargetKey(ACCOUNT, 1, 1)},
    "target, rare": {"target": TargetKey(ACCOUNT, 1, LANES + 1)},
    "target, unknown": {"target": TargetKey(ACCOUNT, 1, 99_999)},
    "target kind": {"target_kind": 1},
    "target kind, none": {"target_kind": 2},
    "event": {"event_id": "event-5"},
    "type": {"event_type": "sub_tag"},
    "type, other": {"event_type": "object_update"},
    "type, rare": {"event_type": "form_submit"},
    "type, none": {"event_type": "no_such"},
    "object type": {"object_type_id": 1},
    "object type, none": {"object_type_id": 9},
    "object": {"object_id": "object-5"},
    "object, busy": {"object_id": "busy"},
    "object, once busy": {"object_id": "once busy"},
    "object, none": {"object_id": "nobody"},
    "since": {"since_time": OLDEST + 90_000 * SECOND},
    "until, old": {"until_time": OLDEST + 100 * SECOND},
    "until, none": {"until_time": OLDEST},
    "fired by": {"fired_by": FIRED_BY},
    "fired by, none": {"fired_by": "campaign/2/send"},
    "text: reason": {"text": "answered 500"},
    "text: needle": {"text": "needle"},
    "text: object": {"text": "object-5"},
    "text: event": {"text": "event-77"},
    "text: id": {"text": "12"},
    "text: URL": {"text": "hook.example", "text_targets": (TargetKey(ACCOUNT, 1, 6),)},
    "text: every URL": {"text": "http", "text_targets": tuple(TargetKey(ACCOUNT, 1, n + 1) for n in range(LANES))},
    "text: old URLs": {"text": "old", "text_targets": tuple(TargetKey(ACCOUNT, 1, LANES + 2 + n) for n in range(100))},
    "text: none": {"text": "no such thing"},
}


def fill(path: Path) -> None:
    """A million deliveries of one account, each with its event, in a thousand lanes, a busy one and some old ones."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA synchronous = OFF")
        for lane in range(1, LANES + 102):
            lanes = "account_id, kind, target_id, requests_per_minute, ordered, block_dead, switch, reason, "
            lanes += "switch_time, failures, first_failure_time, last_success_time, hold_time, next_slot_time, announce"
            file.execute(
                f"INSERT INTO lane (id, {lanes}) VALUES (?, 1, 1, ?, 0, 0, 0, 1, '', 0, 0, 0, 0, 0, 0, 0)",
                (lane, lane),
            )
        for table, (columns, values) in TABLES.items():
            file.execute(FILL.format(count=COUNT, table=table, columns=columns, values=values))
        file.execute("DELETE FROM delivery_count")
        file.execute("INSERT INTO delivery_count SELECT 1, state, count(*) FROM delivery GROUP BY state")
        file.execute("INSERT INTO delivery_count SELECT 1, 0, count(*) FROM delivery WHERE state = 1 AND attempts > 0")
        for table in ("delivery_class", "delivery_block", "block_class"):
            file.execute(f"DROP TABLE {table}")
        file.executescript(version_11.SCRIPT)
        file.commit()


class Measured(NamedTuple):
    """A list: the first page's milliseconds and deliveries; how long and how many pages to the first delivery."""

    name: str
    page: float
    found: int
    first: float
    pages: int

    def __str__(self) -> str:
        return f"{self.name:<44} {self.page:>7.1f} ms {self.found:>6} {self.first:>10.1f} ms {self.pages:>6}"


async def measure(store: SqliteStore, name: str, which: DeliveryFilter) -> Measured:
    began = time.perf_counter()
    page = await store.deliveries(ACCOUNT, which, 0, 50)
    first, found, count = time.perf_counter() - began, len(page.deliveries), 1
    while not page.deliveries and page.next_before:
        page = await store.deliveries(ACCOUNT, which, page.next_before, 50)
        count += 1
    return Measured(name, first * 1000, found, (time.perf_counter() - began) * 1000, count)


def _named(fields: dict[str, Any]) -> set[str]:
    """What these name; what is retried is a choice among states."""
    return {"states" if each == "retrying" else each for each in fields}


def combinations() -> list[tuple[str, DeliveryFilter]]:
    """Each filter, and each pair of filters that do not name the same field."""
    found = [(name, DeliveryFilter(**fields)) for name, fields in FILTERS.items()]
    for (one, fields), (other, more) in itertools.combinations(FILTERS.items(), 2):
        if not _named(fields) & _named(more):
            found.append((f"{one} + {other}", DeliveryFilter(**fields, **more)))
    return found


async def main(folder: Path) -> None:
    path = folder / "dispatcher.db"
    new = not path.exists()
    store = await SqliteStore.open(path)
    if new:
        await store.close()
        began = time.perf_counter()
        fill(path)
        print(f"filled in {time.perf_counter() - began:.0f} s")
        store = await SqliteStore.open(path)
    measured = [await measure(store, name, which) for name, which in combinations()]
    print(f"{'filter':<44} {'first page':>10} {'found':>6} {'to the first':>13} {'pages':>6}")
    for each in measured[: len(FILTERS)]:
        print(each)
    print(f"\nthe slowest of {len(measured)}:")
    for each in sorted(measured, key=lambda each: -each.first)[:20]:
        print(each)
    slow = sum(each.first > BOUND for each in measured)
    print(f"\n{slow} of {len(measured)} take more than {BOUND} ms to the first delivery or the end")
    await store.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(main(Path(sys.argv[1])))
    else:
        with tempfile.TemporaryDirectory() as name:
            asyncio.run(main(Path(name)))
