"""The lanes as the writer knows them: rows of the table, cached, with their queues and what is in flight.

Only the writer's thread changes this. How much waits in a lane, and when it is ready, is kept in memory alone: the
deliveries in the file say it, and a start reads it from them. So a lane with something waiting or in flight stays in
memory, and its row is written only when its own state changes. Every change is journalled until the commit, so that
a rollback leaves memory as it leaves the file.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.lane import Lane, LanePolicy, Switch
from hookline_dispatcher.store.model import Caps, TargetKey

from . import rows
from .lane_row import CHANGE, CHANGING, COLUMNS, Group, LaneRow, Share, Snapshot, lane_of
from .parking import Parking
from .ready import ReadyLanes

KEPT = 50_000
"""How many lanes stay in memory where some of them are idle, about 700 bytes each."""

_EARLIEST = rows.select(
    "j.value, (SELECT min(due_time) FROM delivery d INDEXED BY delivery_due WHERE d.lane_id = j.value AND d.state = 1)",
    "FROM json_each(?) j",
)
WAITING = """
SELECT lane_id, count(*), min(due_time) FROM delivery INDEXED BY delivery_due WHERE state = 1 GROUP BY lane_id
"""


class Lanes:
    """The cache and journal of lanes."""

    def __init__(self, connection: sqlite3.Connection, caps: Caps) -> None:
        self._connection = connection
        self.caps = caps
        self.in_flight = 0
        self.starved = False
        """Whether a claim found no room at all: ready lanes wait for something to land."""
        self.waiting = 0
        self._by_id: dict[int, LaneRow] = {}
        self._by_target: dict[TargetKey, LaneRow] = {}
        self._flying: Counter[Group] = Counter()
        self._present: Counter[int] = Counter()
        """By account, how much waits and is in flight."""
        self._busy = 0
        """How many accounts that is."""
        self._parking = Parking()
        self._ready = ReadyLanes(self._by_id)
        self._called_off: dict[int, LaneRow] = {}
        self._queued: dict[int, dict[int, LaneRow]] = {}
        """By account, the lanes in which something waits."""
        self._journal: dict[int, tuple[LaneRow, Snapshot]] = {}
        self._touched: dict[int, LaneRow] = {}
        self._made: list[LaneRow] = []
        self._next_sweep = 0
        self._find_waiting()

    def _find_waiting(self) -> None:
        """Loads the lanes in which something waits, after a start."""
        queues = {row[0]: row[1:] for row in self._connection.execute(WAITING)}
        statement = f"SELECT {COLUMNS} FROM lane WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants
        for values in self._connection.execute(statement, (rows.keys(queues),)):
            row = self._keep(lane_of(values))
            row.waiting, row.earliest = queues[row.id]
            row.ready_time = self._ready_time(row)
            self._wait(row, row.waiting)
            self._file(row)

    def at(self, lane_id: int) -> LaneRow:
        """The lane with this id, which exists."""
        found = self._by_id.get(lane_id)
        return found or self._load("id = ?", (lane_id,))

    def find(self, target: TargetKey) -> LaneRow | None:
        """The target's lane, if anything was ever fired at it."""
        found = self._by_target.get(target)
        if found is not None:
            return found
        try:
            return self._load("account_id = ? AND kind = ? AND target_id = ?", target)
        except LookupError:
            return None

    def of(self, target: TargetKey, policy: LanePolicy) -> LaneRow:
        """The target's lane, made now if there is none."""
        found = self.find(target)
        if found is not None:
            return found
        made = LaneRow(0, target, Lane(policy))
        values = made.values()[1:]
        cursor = self._connection.execute(
            f"INSERT INTO lane ({COLUMNS.removeprefix('id, ')}) VALUES ({','.join('?' * 16)})",  # noqa: S608 - constants
            (*target, *values),
        )
        made.id = cursor.lastrowid or 0
        made.unwritten()
        self._made.append(made)
        return self._keep(made)

    def _load(self, where: str, parameters: tuple[int, ...]) -> LaneRow:
        row = self._connection.execute(f"SELECT {COLUMNS} FROM lane WHERE {where}", parameters).fetchone()  # noqa: S608 - constants
        if row is None:
            raise LookupError(where)
        return self._keep(lane_of(row))

    def _keep(self, row: LaneRow) -> LaneRow:
        self._by_id[row.id] = row
        self._by_target[row.target] = row
        return row

    def earliest(self, lane_id: int) -> int:
        """The earliest due time of what waits, as the file has it."""
        found = self._connection.execute(
            "SELECT min(due_time) FROM delivery INDEXED BY delivery_due WHERE lane_id = ? AND state = 1", (lane_id,)
        ).fetchone()[0]
        return NEVER if found is None else int(found)

    def all_earliest(self, found: Sequence[LaneRow]) -> None:
        """Brings ``earliest`` of these lanes in line with the file."""
        waiting = [row for row in found if row.waiting]
        times = dict(
            rows.table(self._connection, _EARLIEST, (rows.keys(row.id for row in waiting),)) if waiting else ()
        )
        for row in found:
            time = times.get(row.id) if row.waiting else None
            row.earliest = NEVER if time is None else time

    def touch(self, row: LaneRow) -> None:
        """To be called before a change, at least once after each flush."""
        if row.id not in self._touched:
            self._touched[row.id] = row
            if row.id not in self._journal:
                self._journal[row.id] = (row, row.snapshot())

    def enqueue(self, row: LaneRow, due_time: int) -> None:
        """One more waits."""
        self.touch(row)
        row.waiting += 1
        self._wait(row, 1)
        row.earliest = min(row.earliest, due_time)

    def dequeue(self, row: LaneRow, count: int) -> None:
        """``count`` fewer wait; the caller sees to ``earliest``."""
        self.touch(row)
        row.waiting -= count
        self._wait(row, -count)

    def take_off(self, row: LaneRow, count: int = 1) -> None:
        """``count`` more are in flight."""
        self.touch(row)
        row.in_flight += count
        self._count(row, count)

    def _count(self, row: LaneRow, count: int) -> None:
        self.in_flight += count
        self._appear(row, count)
        for group in row.groups:
            self._flying[group] += count

    def _wait(self, row: LaneRow, count: int) -> None:
        self.waiting += count
        self._appear(row, count)

    def _appear(self, row: LaneRow, count: int) -> None:
        was = self._present[row.target.account_id]
        self._present[row.target.account_id] = was + count
        self._busy += (was + count > 0) - (was > 0)

    def retune(self, row: LaneRow, policy: LanePolicy) -> None:
        """The target's settings changed; what is in flight counts for the new origin."""
        self.touch(row)
        self._count(row, -row.in_flight)
        row.lane = row.lane.with_policy(policy)
        self._count(row, row.in_flight)

    def _free(self, group: Group) -> int:
        """How much room there is for lanes that wait for some of it."""
        if isinstance(group, str):
            return self.caps.origin - self._flying[group]
        return self._free_of(group.account_id if isinstance(group, Share) else group)

    def _free_of(self, account_id: int) -> int:
        """How many more of an account may be in flight: to its even part of the whole, or to as many as are left."""
        even = self.caps.total // (self._busy + (not self._present[account_id]))
        return min(self.caps.account, max(even, self.caps.total - self.in_flight)) - self._flying[account_id]

    def land(self, row: LaneRow) -> None:
        """One fewer is in flight."""
        self.take_off(row, -1)

    def room(self, row: LaneRow) -> int:
        """How many more of this lane may be in flight."""
        free = self._free_of(row.target.account_id)
        room = min(self._limit(row, free) - row.in_flight, free, self.caps.total - self.in_flight)
        origin = row.lane.policy.origin
        return min(room, self.caps.origin - self._flying[origin]) if origin and room > 0 else room

    def _limit(self, row: LaneRow, free: int) -> int:
        """How many of a lane may be in flight now: the fewer, the less room its account has left.

        A lane that is slow then keeps a part of the room, and not all of it; one with nothing in flight has its turn.
        """
        share = -(-free * self.caps.lane // self.caps.account)
        return min(row.lane.limit(self.caps.lane), max(1, share))

    def room_for_fresh(self, row: LaneRow) -> bool:
        """Whether one may leave past the queue: there is room, and no lane of account or origin waits for it."""
        return self.room(row) > 0 and not any(map(self._parking.first, row.groups))

    def park(self, row: LaneRow) -> None:
        """The lane has no room: it is not ready until its account or its origin has some, or its share is larger."""
        account_id = row.target.account_id
        full: Group | None = next((group for group in row.groups if self._free(group) <= 0), None)
        if full is None and row.in_flight >= self._limit(row, self._free_of(account_id)):
            full = Share(account_id)
        if full is not None:
            self.touch(row)
            self._parking.park(full, row.id)

    def _unpark(self, now: int) -> None:
        """Wakes as many parked lanes as there is room for again."""
        for group in self._parking.groups():
            free = self._free(group) - self._parking.awake(group)
            woken = []
            for lane_id in self._parking.of(group):
                if free <= 0:
                    break
                row = self.at(lane_id)
                if self.room(row) > 0:
                    woken.append(row)
                    free -= row.lane.ready_time(row.earliest, row.in_flight, self.caps.lane) <= now
            for row in woken:
                self.touch(row)
                self._parking.wake(group, row.id)

    def take_ready(self, now: int, most: int) -> list[LaneRow]:
        """Up to ``most`` lanes that are ready, those first that have been so longest; ``flush`` queues them anew."""
        found = []
        for row in self._ready.take(now, most):
            self.touch(row)
            self._parking.had_turn(row.id)
            found.append(row)
        return found

    def next_time(self) -> int:
        """When the next lane is ready; NEVER when none is by itself. Lanes must have been flushed before."""
        return self._ready.next_time()

    def called_off(self) -> LaneRow | None:
        """A lane that is off while something waits in it."""
        return next(iter(self._called_off.values()), None)

    def queued(self, account_id: int) -> list[LaneRow]:
        """The lanes of an account in which something waits, as they are now; may be called on any thread."""
        return list(self._queued.get(account_id, {}).values())

    def count(self, now: int) -> tuple[int, int]:
        """How many healthy lanes are ready, and how many wait for time to pass; may be called on any thread."""
        healthy = [
            row.ready_time
            for row in list(self._by_id.values())
            if row.waiting and row.lane.switch is Switch.ACTIVE and not row.lane.half_open
        ]
        ready = sum(time <= now for time in healthy)
        return ready, len(healthy) - ready

    def flush(self, now: int) -> int:
        """Computes ready times and writes the lanes that changed since the last time; the earliest among them."""
        self._unpark(now)
        soonest = NEVER
        changed = []
        for row in self._touched.values():
            row.ready_time = self._ready_time(row)
            soonest = min(soonest, row.ready_time)
            if row.ready_time > now:
                self._parking.had_turn(row.id)
            self._file(row)
            if row.unwritten():
                changed.append(row.values())
        self._touched.clear()
        rows.update(self._connection, "lane", CHANGING, CHANGE, changed)
        return soonest

    def _file(self, row: LaneRow) -> None:
        """Puts a lane where it is looked for, after any change."""
        self._ready.put(row)
        if row.waiting and row.lane.switch is Switch.OFF:
            self._called_off[row.id] = row
        else:
            self._called_off.pop(row.id, None)
        if row.waiting:
            self._queued.setdefault(row.target.account_id, {})[row.id] = row
        else:
            self._unqueue(row)

    def _unqueue(self, row: LaneRow) -> None:
        queued = self._queued.get(row.target.account_id)
        if queued is None:
            return
        queued.pop(row.id, None)
        if not queued:
            del self._queued[row.target.account_id]

    def _ready_time(self, row: LaneRow) -> int:
        if row.id in self._parking:
            return NEVER
        return max(row.lane.ready_time(row.earliest, row.in_flight, self.caps.lane), row.turn_time)

    def committed(self) -> None:
        """What was journalled stands."""
        self._journal.clear()
        self._made.clear()
        self._parking.committed()
        if len(self._flying) > 2 * KEPT:
            self._flying = +self._flying
            self._present = +self._present
        if len(self._by_id) > max(KEPT, self._next_sweep):
            self._forget_idle()

    def _forget_idle(self) -> None:
        idle = [row for row in self._by_id.values() if not row.in_flight and not row.waiting]
        for row in idle[: len(self._by_id) - KEPT * 9 // 10]:
            del self._by_id[row.id], self._by_target[row.target]
        # Where most are busy they stay, and looking through them at every commit would find as little.
        self._next_sweep = len(self._by_id) * 9 // 8

    def rolled_back(self) -> None:
        """Memory goes back to what the file has."""
        for row, was in self._journal.values():
            self._wait(row, -row.waiting)
            self._count(row, -row.in_flight)
            row.restore(was)
            self._wait(row, row.waiting)
            self._count(row, row.in_flight)
            self._file(row)
        for row in self._made:
            self._by_id.pop(row.id, None)
            self._by_target.pop(row.target, None)
            self._called_off.pop(row.id, None)
            self._unqueue(row)
        self._journal.clear()
        self._touched.clear()
        self._made.clear()
        self._parking.rolled_back()
