"""Claiming: from the lanes that are ready, what each of them may send now."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.throttle import take_slot
from hookline_dispatcher.store.model import Claim, Claimed

from . import rows
from .lane_row import LaneRow
from .lanes import Lanes

LANES = 64
"""How many lanes are looked at before what was found is taken."""

PAGES = 16
"""How many times as many are looked at while nothing is found, since their accounts are full."""

EACH = 16
"""How many deliveries one visit takes at most, so that no lane has the worker for itself."""

EVENT_COLUMNS = (
    "e.account_id, e.id, e.type, e.object_type_id, e.object_id, e.data, e.params, e.object_version, "
    "e.changed_fields, e.tags, e.occurred_time, e.ordering_key"
)

_READY = """
SELECT id FROM lane WHERE ready_time < 4611686018427387904 AND ready_time <= ? ORDER BY ready_time LIMIT ?
"""
_DUE = f"""
SELECT d.due_time, d.id, d.root_id, d.config_revision, d.attempts, d.failures, d.unknowns, d.create_time,
    {EVENT_COLUMNS}
FROM delivery d INDEXED BY delivery_due JOIN event e ON e.seq = d.event_seq
WHERE d.lane_id = ? AND d.state = 1 AND d.due_time <= ? ORDER BY d.due_time LIMIT ?
"""  # noqa: S608 - constants
_TAKE = """
UPDATE delivery SET state = 2, attempts = attempts + 1, epoch = ?, claim_time = ?
WHERE id IN (SELECT value FROM json_each(?))
"""


def event_of(row: tuple[Any, ...]) -> Event:
    """An event from a row of EVENT_COLUMNS."""
    account, id_, type_, kind, object_id, data, params, version, changed, tags, occurred, key = row
    named: Mapping[str, str] = orjson.loads(params)
    changed, tags = tuple(orjson.loads(changed)), tuple(orjson.loads(tags))
    return Event(account, id_, type_, kind, object_id, data, named, version, changed, tags, occurred, key)


class Claimer:
    """Makes claims; runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection, lanes: Lanes, epoch: int, now: Callable[[], int]) -> None:
        self._connection = connection
        self._lanes = lanes
        self._epoch = epoch
        self._now = now

    def write(self, limit: int) -> Claimed:
        """Claims up to ``limit`` deliveries. Lanes must have been flushed before, and are left to be flushed."""
        now = self._now()
        room = self._lanes.caps.total - self._lanes.in_flight
        if room <= 0:
            self._lanes.starved = True
            return Claimed((), NEVER)
        claims: list[Claim] = []
        for _ in range(PAGES):
            claims, looked_at = self._page(now, min(limit, room))
            self._lanes.flush(now)
            if claims or looked_at < LANES:
                break
        self._lanes.claimed()
        return Claimed(tuple(claims), self._next())

    def _page(self, now: int, limit: int) -> tuple[list[Claim], int]:
        """Claims from the lanes that have been ready longest; the claims, and how many lanes were ready."""
        claims: list[Claim] = []
        ready = self._connection.execute(_READY, (now, LANES)).fetchall()
        for (lane_id,) in ready:
            if len(claims) >= limit:
                break
            claims += self._visit(self._lanes.at(lane_id), now, limit - len(claims))
        if claims:
            self._connection.execute(_TAKE, (self._epoch, now, rows.keys(claim.delivery_id for claim in claims)))
        return claims, len(ready)

    def _visit(self, row: LaneRow, now: int, limit: int) -> list[Claim]:
        self._lanes.touch(row)
        room = min(limit, EACH, self._lanes.room(row))
        if room <= 0:
            self._lanes.park(row)
            return []
        leave_by = 0
        if rate := row.lane.policy.requests_per_minute:
            slot = take_slot(row.lane.next_slot_time, now, rate)
            if slot is None:
                return []
            room, leave_by = 1, slot.leave_by_time
        found = self._connection.execute(_DUE, (row.id, now, room + 1)).fetchall()
        claims = [_claim(row, due, leave_by) for due in found[:room]]
        if claims:
            row.turn_time = now
            if rate and slot:
                row.lane = row.lane.with_slot(slot.next_time)
        self._lanes.dequeue(row, len(claims))
        self._lanes.take_off(row, len(claims))
        row.earliest = found[room][0] if len(found) > room else self._later(row, now)
        return claims

    def _later(self, row: LaneRow, now: int) -> int:
        """The earliest due time after now; those up to now have just been claimed."""
        if not row.waiting:
            return NEVER
        found = self._connection.execute(
            "SELECT min(due_time) FROM delivery INDEXED BY delivery_due "
            "WHERE lane_id = ? AND state = 1 AND due_time > ?",
            (row.id, now),
        ).fetchone()[0]
        return NEVER if found is None else int(found)

    def _next(self) -> int:
        """When the next lane is ready; NEVER when none is by itself."""
        found = self._connection.execute(
            "SELECT min(ready_time) FROM lane WHERE ready_time < 4611686018427387904"
        ).fetchone()[0]
        return NEVER if found is None else int(found)


def _claim(row: LaneRow, due: tuple[Any, ...], leave_by: int) -> Claim:
    (_, id_, root, revision, attempts, failures, unknowns, created, *event) = due
    return Claim(
        delivery_id=id_,
        root_id=root,
        lane_id=row.id,
        target=row.target,
        event=event_of(tuple(event)),
        config_revision=revision,
        number=attempts + 1,
        failures=failures,
        unknowns=unknowns,
        create_time=created,
        leave_by_time=leave_by,
    )
