"""Holds what the embedded store remembers of its lanes against what its file says, row by row."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store.sqlite.lane_row import COLUMNS, Group, LaneRow, Share, lane_of
from hookline_dispatcher.store.sqlite.store import SqliteStore

_QUEUES = """
SELECT lane_id, sum(state = 1), sum(state = 2), min(CASE state WHEN 1 THEN due_time END)
FROM delivery GROUP BY lane_id
"""
_KEYS = """
SELECT lane_id, order_key, sum(state < 3 AND due_time < :never), sum(state = 1), sum(state = 2)
FROM delivery WHERE holds = 1 GROUP BY lane_id, order_key
"""
_COUNTED = "SELECT account_id, state, number FROM delivery_count"
_COUNT = """
SELECT account_id, state, count(*) FROM delivery GROUP BY account_id, state
UNION ALL SELECT account_id, 0, count(*) FROM delivery WHERE state = 1 AND attempts > 0 GROUP BY account_id
"""
_STORED = "SELECT account_id, sum(length(data) + 1024) FROM event GROUP BY account_id"

_UNHELD = """
SELECT d.id, s.value FROM delivery d JOIN event e ON e.seq = d.event_seq JOIN lane l ON l.id = d.lane_id
JOIN json_each(json_array(0, d.lane_id)) s
WHERE NOT EXISTS (
    SELECT 1 FROM block_class h JOIN delivery_class c ON c.id = h.class_id
    WHERE h.account_id = d.account_id AND h.lane_id = s.value AND c.account_id = d.account_id
        AND c.event_type = e.type AND c.object_type_id = e.object_type_id AND c.target_kind = l.kind
        AND h.first_id = (
            SELECT max(b.first_id) FROM delivery_block b
            WHERE b.account_id = d.account_id AND b.lane_id = s.value AND b.first_id <= d.id
        )
)
"""
"""Deliveries whose class their block, in the account (0) or in the lane, is not said to hold."""


def audit(store: SqliteStore, path: Path, now: int) -> None:
    """Fails where memory and file differ, a wake-up is lost, a key has two on their way, or a list would miss one."""
    with closing(sqlite3.connect(path)) as file:
        assert file.execute(_UNHELD).fetchall() == []
        rows = [lane_of(row) for row in file.execute(f"SELECT {COLUMNS} FROM lane")]
        queues = {row[0]: row[1:] for row in file.execute(_QUEUES)}
        for row in rows:
            row.waiting, row.in_flight, earliest = queues.get(row.id, (0, 0, None))
            row.earliest = NEVER if earliest is None else earliest
        _totals(store, rows)
        counted = {(account, state): number for account, state, number in file.execute(_COUNTED) if number}
        assert counted == {(account, state): number for account, state, number in file.execute(_COUNT)}
        stored = dict(file.execute("SELECT account_id, bytes FROM stored_bytes WHERE bytes > 0"))
        assert stored == dict(file.execute(_STORED))
        assert all(store.stored(account_id) == size for account_id, size in stored.items())
        for row in rows:
            _lane(store, row)
        _shares(store, now)
        _keys(file, {row.id: row for row in rows})


def _totals(store: SqliteStore, rows: list[LaneRow]) -> None:
    lanes = store._memory.lanes
    assert lanes.waiting == sum(row.waiting for row in rows)
    assert lanes.in_flight == sum(row.in_flight for row in rows)
    in_flight: Counter[Group] = Counter()
    for row in rows:
        for group in row.groups:
            in_flight[group] += row.in_flight
    assert +lanes._flying == +in_flight
    queued = {(account, id_) for account, found in lanes._queued.items() for id_ in found}
    assert queued == {(row.target.account_id, row.id) for row in rows if row.waiting}
    assert all(lanes._queued.values())
    assert lanes._busy == len({row.target.account_id for row in rows if row.waiting or row.in_flight})


def _lane(store: SqliteStore, row: LaneRow) -> None:
    lanes = store._memory.lanes
    cached = lanes._by_id.get(row.id)
    if cached is None:
        assert not row.in_flight, "a lane with attempts in flight stays in memory"
        assert not row.waiting, "a lane in which something waits stays in memory"
        return
    assert (cached.lane, cached.waiting, cached.in_flight) == (row.lane, row.waiting, row.in_flight), row.target
    assert (cached.earliest, cached.announce) == (row.earliest, row.announce)
    assert cached.queued_time == cached.ready_time
    if cached.ready_time < NEVER:
        assert (cached.ready_time, row.id) in lanes._ready._places, f"{row.target}: it has its place"
    assert (row.id in lanes._called_off) is (row.waiting > 0 and row.lane.switch is Switch.OFF)
    ready = row.lane.ready_time(row.earliest, row.in_flight, lanes.caps.lane)
    if row.id in lanes._parking:
        assert cached.ready_time == NEVER
    else:
        assert cached.ready_time == max(ready, cached.turn_time), f"{row.target}: no wake-up is lost"


def _shares(store: SqliteStore, now: int) -> None:
    """Where there is room for a parked lane, others are ready to use it."""
    lanes = store._memory.lanes
    for group in lanes._parking.groups():
        account = group.account_id if isinstance(group, Share) else group
        ready = sum(row.ready_time <= now for row in lanes._by_id.values() if account in row.groups)
        if any(lanes.room(lanes.at(lane_id)) > 0 for lane_id in lanes._parking.of(group)):
            assert ready >= lanes._free(group), f"{group} has room for parked lanes"


def _keys(file: sqlite3.Connection, rows: dict[int, LaneRow]) -> None:
    found: list[tuple[Any, ...]] = file.execute(_KEYS, {"never": NEVER}).fetchall()
    for lane_id, order_key, going, waiting, in_flight in found:
        row = rows[lane_id]
        assert row.lane.policy.ordered, "only ordered lanes keep keys"
        assert going <= 1, f"{row.target}, key {order_key}: one at a time"
        assert in_flight <= 1
        if waiting and not going:
            head = file.execute(
                "SELECT state FROM delivery WHERE lane_id = ? AND order_key = ? AND holds = 1 ORDER BY root_id, id",
                (lane_id, order_key),
            ).fetchone()[0]
            assert head == 4, f"{row.target}, key {order_key}: nothing moves, and no dead head blocks"
            assert row.lane.policy.block_dead
            assert row.lane.switch in Switch
