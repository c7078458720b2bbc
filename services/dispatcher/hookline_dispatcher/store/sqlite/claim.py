"""Claiming: from the lanes that are ready, what each of them may send now."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.throttle import take_slot
from hookline_dispatcher.store.model import Claim, Claimed

from . import rows
from .events import Events
from .lane_row import LaneRow
from .lanes import Lanes
from .tally import Tally

LANES = 128
"""How many lanes are looked at before what was found is taken."""

PAGES = 16
"""How many times as many are looked at while there is room left."""

EACH = 16
"""How many deliveries one visit takes at most, so that no lane has the worker for itself."""

_DUE = rows.select(
    "d.lane_id, d.due_time, d.id, d.root_id, d.event_seq, d.config_revision, d.attempts, d.failures, d.unknowns, "
    "d.create_time",
    """
    FROM json_each(?) j
    JOIN delivery d ON d.id IN (
        SELECT id FROM delivery INDEXED BY delivery_due
        WHERE lane_id = j.value AND state = 1 AND due_time <= ? ORDER BY due_time LIMIT ?
    )
    """,
)
_TAKE = """
UPDATE delivery SET state = 2, attempts = attempts + 1, epoch = ?, claim_time = ?
WHERE id IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A lane that may be claimed from: how many, and until when they may leave (0: no matter)."""

    row: LaneRow
    room: int
    leave_by_time: int = 0


class Claimer:
    """Makes claims; runs on the writer's thread, within its transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        lanes: Lanes,
        events: Events,
        tally: Tally,
        epoch: int,
        now: Callable[[], int],
    ) -> None:
        self._connection = connection
        self._lanes = lanes
        self._events = events
        self._tally = tally
        self._epoch = epoch
        self._now = now

    def write(self, limit: int) -> Claimed:
        """Claims up to ``limit`` deliveries. Lanes must have been flushed before, and are left to be flushed."""
        now = self._now()
        room = self._lanes.caps.total - self._lanes.in_flight
        if room <= 0:
            self._lanes.starved = True
            return Claimed((), NEVER)
        limit = min(limit, room)
        claims: list[Claim] = []
        for _ in range(PAGES):
            found, looked_at = self._page(now, limit - len(claims))
            self._lanes.flush(now)
            claims += found
            if len(claims) >= limit or (not found and looked_at < LANES):
                break
        return Claimed(tuple(claims), self._lanes.next_time())

    def _page(self, now: int, limit: int) -> tuple[list[Claim], int]:
        """Claims from the lanes that have been ready longest; the claims, and how many lanes were ready."""
        ready = self._lanes.take_ready(now, LANES)
        share = max(1, min(EACH, limit // len(ready))) if ready else 0
        visits: dict[int, Visit] = {}
        for row in ready:
            if limit <= 0:
                break
            if visit := self._visit(row, now, min(limit, share)):
                visits[row.id] = visit
                limit -= visit.room
        claims = self._due(visits, now) if visits else []
        if claims:
            self._connection.execute(_TAKE, (self._epoch, now, rows.keys(claim.delivery_id for claim in claims)))
        self._lanes.all_earliest([visit.row for visit in visits.values()])
        return claims, len(ready)

    def _visit(self, row: LaneRow, now: int, limit: int) -> Visit | None:
        """What the lane may send now; None when it may not, and will say so by its ready time."""
        room = min(limit, self._lanes.room(row), row.waiting)
        if room <= 0:
            self._lanes.park(row)
            return None
        leave_by = 0
        if rate := row.lane.policy.requests_per_minute:
            slot = take_slot(row.lane.next_slot_time, now, rate)
            if slot is None:
                return None
            # A ready lane has something due, so the slot is used.
            row.lane = row.lane.with_slot(slot.next_time)
            room, leave_by = 1, slot.leave_by_time
        # Held for as long as the claim is put together: the lanes after this one share what room is left.
        self._lanes.take_off(row, room)
        return Visit(row, room, leave_by)

    def _due(self, visits: Mapping[int, Visit], now: int) -> list[Claim]:
        """Claims what is due in these lanes, each within its room."""
        most = max(visit.room for visit in visits.values())
        found = sorted(rows.table(self._connection, _DUE, (rows.keys(visits), now, most)), key=_by_due_time)
        taken: Counter[int] = Counter()
        chosen = []
        for due in found:
            if taken[due[0]] < visits[due[0]].room:
                taken[due[0]] += 1
                self._tally.claimed(visits[due[0]].row.target.account_id, due[6])
                chosen.append(due)
        for lane_id, visit in visits.items():
            self._lanes.take_off(visit.row, taken[lane_id] - visit.room)
            self._lanes.dequeue(visit.row, taken[lane_id])
            if taken[lane_id]:
                visit.row.turn_time = now
        events = self._events.of(due[4] for due in chosen)
        return [_claim(visits[due[0]], due, events[due[4]]) for due in chosen]


def _by_due_time(due: list[Any]) -> tuple[int, int]:
    return due[1], due[2]


def _claim(visit: Visit, due: list[Any], event: Event) -> Claim:
    _, _, id_, root, _, revision, attempts, failures, unknowns, created = due
    return Claim(
        delivery_id=id_,
        root_id=root,
        lane_id=visit.row.id,
        target=visit.row.target,
        event=event,
        config_revision=revision,
        number=attempts + 1,
        failures=failures,
        unknowns=unknowns,
        create_time=created,
        leave_by_time=visit.leave_by_time,
    )
