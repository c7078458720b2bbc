"""The lanes as the writer knows them: rows of the table, cached, with what is in flight.

Only the writer's thread touches this. Every change is journalled until the commit, so that a rollback leaves memory
as it leaves the file; changed rows are written just before anything reads them or the transaction ends.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Any

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.lane import Lane, LanePolicy, Switch
from hookline_dispatcher.store.model import Caps, TargetKey

KEPT = 50_000
"""How many idle lanes stay in memory, about 500 bytes each."""

COLUMNS = (
    "id, account_id, kind, target_id, requests_per_minute, ordered, block_dead, switch, reason, switch_time, failures, "
    "first_failure_time, last_success_time, hold_time, next_slot_time, waiting, ready_time, announce"
)

_UPDATE = """
UPDATE lane SET requests_per_minute = ?, ordered = ?, block_dead = ?, switch = ?, reason = ?, switch_time = ?,
    failures = ?, first_failure_time = ?, last_success_time = ?, hold_time = ?, next_slot_time = ?, waiting = ?,
    ready_time = ?, announce = ?
WHERE id = ?
"""


@dataclass(slots=True)
class LaneRow:
    """One lane: its state, how much waits and is in flight, and the earliest due time of what waits."""

    id: int
    target: TargetKey
    lane: Lane
    waiting: int = 0
    in_flight: int = 0
    earliest: int = NEVER
    ready_time: int = NEVER
    announce: bool = False

    def snapshot(self) -> tuple[Lane, int, int, int, int, bool]:
        """All that may change."""
        return self.lane, self.waiting, self.in_flight, self.earliest, self.ready_time, self.announce

    def restore(self, was: tuple[Lane, int, int, int, int, bool]) -> None:
        """Back to a snapshot."""
        self.lane, self.waiting, self.in_flight, self.earliest, self.ready_time, self.announce = was

    def values(self) -> tuple[object, ...]:
        """The parameters of the update."""
        lane, policy = self.lane, self.lane.policy
        return (
            policy.requests_per_minute,
            policy.ordered,
            policy.block_dead,
            lane.switch,
            lane.reason,
            lane.switch_time,
            lane.failures,
            lane.first_failure_time,
            lane.last_success_time,
            lane.hold_time,
            lane.next_slot_time,
            self.waiting,
            self.ready_time,
            self.announce,
            self.id,
        )


def lane_of(row: tuple[Any, ...]) -> LaneRow:
    """A lane from a row of COLUMNS."""
    (id_, account, kind, target, rpm, ordered, block, switch, reason, switched, *rest) = row
    failures, first, success, hold, slot, waiting, ready, announce = rest
    policy = LanePolicy(rpm, bool(ordered), bool(block))
    lane = Lane(policy, Switch(switch), reason, switched, failures, first, success, hold, slot)
    key = TargetKey(account, kind, target)
    return LaneRow(id_, key, lane, waiting, 0, NEVER, ready, bool(announce))


class Lanes:
    """The cache and journal of lanes."""

    def __init__(self, connection: sqlite3.Connection, caps: Caps) -> None:
        self._connection = connection
        self.caps = caps
        self.in_flight = 0
        self.waiting = connection.execute("SELECT coalesce(sum(waiting), 0) FROM lane").fetchone()[0]
        self._by_id: dict[int, LaneRow] = {}
        self._by_target: dict[TargetKey, LaneRow] = {}
        self._accounts: Counter[int] = Counter()
        self._full_accounts: dict[int, set[int]] = {}
        self._journal: dict[int, tuple[LaneRow, tuple[Lane, int, int, int, int, bool]]] = {}
        self._made: list[LaneRow] = []
        self._full_before: dict[int, set[int]] = {}

    def begin(self) -> None:
        """A transaction begins."""
        self._full_before = {account: set(parked) for account, parked in self._full_accounts.items()}

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
        values = made.values()[:-1]
        cursor = self._connection.execute(
            f"INSERT INTO lane ({COLUMNS.removeprefix('id, ')}) VALUES ({','.join('?' * 17)})",  # noqa: S608 - constants
            (*target, *values),
        )
        made.id = cursor.lastrowid or 0
        self._made.append(made)
        return self._keep(made)

    def _load(self, where: str, parameters: tuple[int, ...]) -> LaneRow:
        row = self._connection.execute(f"SELECT {COLUMNS} FROM lane WHERE {where}", parameters).fetchone()  # noqa: S608 - constants
        if row is None:
            raise LookupError(where)
        found = lane_of(row)
        if found.waiting:
            found.earliest = self.earliest(found.id)
        return self._keep(found)

    def _keep(self, row: LaneRow) -> LaneRow:
        self._by_id[row.id] = row
        self._by_target[row.target] = row
        return row

    def earliest(self, lane_id: int) -> int:
        """The earliest due time of what waits, as the file has it."""
        found = self._connection.execute(
            "SELECT min(due_time) FROM delivery WHERE lane_id = ? AND state = 1", (lane_id,)
        ).fetchone()[0]
        return NEVER if found is None else int(found)

    def touch(self, row: LaneRow) -> None:
        """To be called before a change, at least once in a transaction."""
        if row.id not in self._journal:
            self._journal[row.id] = (row, row.snapshot())

    def enqueue(self, row: LaneRow, due_time: int) -> None:
        """One more waits."""
        self.touch(row)
        row.waiting += 1
        self.waiting += 1
        row.earliest = min(row.earliest, due_time)

    def dequeue(self, row: LaneRow, count: int) -> None:
        """``count`` fewer wait; the caller sees to ``earliest``."""
        self.touch(row)
        row.waiting -= count
        self.waiting -= count

    def take_off(self, row: LaneRow, count: int = 1) -> None:
        """``count`` more are in flight."""
        self.touch(row)
        row.in_flight += count
        self.in_flight += count
        self._accounts[row.target.account_id] += count

    def land(self, row: LaneRow) -> None:
        """One fewer is in flight."""
        self.touch(row)
        row.in_flight -= 1
        self.in_flight -= 1
        self._accounts[row.target.account_id] -= 1

    def room(self, row: LaneRow) -> int:
        """How many more of this lane may be in flight."""
        account = self._accounts[row.target.account_id]
        return min(
            row.lane.limit(self.caps.lane) - row.in_flight,
            self.caps.account - account,
            self.caps.total - self.in_flight,
        )

    def park(self, row: LaneRow) -> None:
        """The lane has no room: when that is for its account being full, it is not ready until the account has room."""
        if self._accounts[row.target.account_id] >= self.caps.account:
            self.touch(row)
            self._full_accounts.setdefault(row.target.account_id, set()).add(row.id)

    def _unpark(self, now: int) -> None:
        """Wakes as many parked lanes as their accounts have room for again."""
        for account in [account for account in self._full_accounts if self._accounts[account] < self.caps.account]:
            parked, free = self._full_accounts[account], self.caps.account - self._accounts[account]
            while parked and free > 0:
                row = self.at(parked.pop())
                self.touch(row)
                free -= self._ready_time(row) <= now
            if not parked:
                del self._full_accounts[account]

    def flush(self, now: int) -> int:
        """Computes ready times and writes every changed lane; the earliest ready time among them."""
        self._unpark(now)
        soonest = NEVER
        changed = []
        for row, was in self._journal.values():
            row.ready_time = self._ready_time(row)
            soonest = min(soonest, row.ready_time)
            if row.snapshot() != was:
                changed.append(row.values())
        if changed:
            self._connection.executemany(_UPDATE, changed)
        return soonest

    def _ready_time(self, row: LaneRow) -> int:
        if row.id in self._full_accounts.get(row.target.account_id, ()):
            return NEVER
        return row.lane.ready_time(row.earliest, row.in_flight, self.caps.lane)

    def committed(self) -> None:
        """What was journalled stands."""
        self._journal.clear()
        self._made.clear()
        if len(self._by_id) > KEPT:
            idle = [row for row in self._by_id.values() if not row.in_flight][: len(self._by_id) - KEPT * 9 // 10]
            for row in idle:
                del self._by_id[row.id], self._by_target[row.target]

    def rolled_back(self) -> None:
        """Memory goes back to what the file has."""
        for row, was in self._journal.values():
            self.waiting += was[1] - row.waiting
            self.in_flight += was[2] - row.in_flight
            self._accounts[row.target.account_id] += was[2] - row.in_flight
            row.restore(was)
        for row in self._made:
            self._by_id.pop(row.id, None)
            self._by_target.pop(row.target, None)
        self._journal.clear()
        self._made.clear()
        self._full_accounts = self._full_before
