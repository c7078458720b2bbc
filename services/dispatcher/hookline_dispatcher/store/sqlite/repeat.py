"""What people do to deliveries and targets: send again, cancel, pause, switch off."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from hookline_dispatcher.core.delivery import SETTLED, IllegalStep, State, Step, follow
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.store.model import Switched, TargetKey

from . import rows
from .intake import DELIVERY
from .lanes import COLUMNS, LaneRow, Lanes, lane_of
from .log import Log
from .numbers import Numbers
from .settle import advance_key

_ONE = """
SELECT id, root_id, lane_id, event_seq, config_revision, state, order_key, holds FROM delivery
WHERE account_id = ? AND id = ?
"""
_CANCEL = """
UPDATE delivery SET state = 5, holds = 0, settle_time = ?, reason = ? WHERE id IN (SELECT value FROM json_each(?))
"""


class Repeater:
    """Runs on the writer's thread, within its transaction."""

    def __init__(
        self, connection: sqlite3.Connection, lanes: Lanes, log: Log, ids: Numbers, now: Callable[[], int]
    ) -> None:
        self._connection = connection
        self._lanes = lanes
        self._log = log
        self._ids = ids
        self._now = now

    def redeliver(self, account_id: int, delivery_id: int, request_id: str) -> int | None:
        """The id of the new delivery, or of the one that this request made before; None when there is none to repeat.

        Raises:
            IllegalStep: it is still pending.
        """
        found = self._connection.execute(_ONE, (account_id, delivery_id)).fetchone()
        if found is None:
            return None
        if request_id:
            before = self._connection.execute(
                "SELECT id FROM delivery WHERE redelivery_of = ? AND redelivery_of > 0 AND request_id = ?",
                (delivery_id, request_id),
            ).fetchone()
            if before:
                return int(before[0])
        if State(found[5]) not in SETTLED:
            raise IllegalStep("a delivery that is pending cannot be redelivered")
        return self._again(account_id, [found], request_id)

    def redeliver_page(
        self,
        account_id: int,
        since_time: int,
        lane_id: int,
        states: Sequence[State],
        after: int,
        limit: int,
        dry_run: bool,
    ) -> tuple[int, int]:
        """Repeats one page of settled deliveries; how many, and the id to go on after (0: that was all)."""
        lane = "AND d.lane_id = ?" if lane_id else "AND ? = 0"
        found = self._connection.execute(
            f"""
            SELECT d.id, d.root_id, d.lane_id, d.event_seq, d.config_revision, d.state, d.order_key, d.holds
            FROM delivery d WHERE d.account_id = ? AND d.id > ? AND d.create_time >= ? {lane}
            AND d.state IN (SELECT value FROM json_each(?))
            AND NOT EXISTS (SELECT 1 FROM delivery r WHERE r.redelivery_of = d.id AND r.redelivery_of > 0)
            ORDER BY d.id LIMIT ?
            """,  # noqa: S608 - one of two constants
            (account_id, after, since_time, lane_id, rows.keys(states), limit),
        ).fetchall()
        if found and not dry_run:
            self._again(account_id, found, "")
        return len(found), found[-1][0] if len(found) == limit else 0

    def _again(self, account_id: int, found: Sequence[tuple[Any, ...]], request_id: str) -> int:
        now = self._now()
        new: list[rows.Row] = []
        freed: set[tuple[int, str]] = set()
        first = self._ids.take(len(found))
        for id_, (old, root, lane_id, seq, revision, _, order_key, holds) in enumerate(found, first):
            row = self._lanes.at(lane_id)
            due, key = now, order_key if row.lane.policy.ordered else None
            if key is not None:
                if holds:
                    self._connection.execute("UPDATE delivery SET holds = 0 WHERE id = ?", (old,))
                due = NEVER if (lane_id, key) in freed or self._busy(lane_id, key) else now
                freed.add((lane_id, key))
            head = (id_, root, account_id, lane_id, seq, revision, State.WAITING, due, 0, 0, 0, 0, 0, key)
            new.append((*head, key is not None, 0, 0, "", now, 0, old, request_id))
            self._lanes.enqueue(row, due)
        rows.insert(self._connection, "delivery", DELIVERY, new)
        return first

    def _busy(self, lane_id: int, order_key: str) -> bool:
        """Whether one of this key is in flight or about to be."""
        return (
            self._connection.execute(
                "SELECT 1 FROM delivery WHERE lane_id = ? AND order_key = ? AND holds = 1 "
                "AND due_time < 4611686018427387904 AND state < 3 LIMIT 1",
                (lane_id, order_key),
            ).fetchone()
            is not None
        )

    def cancel(self, account_id: int, delivery_id: int) -> bool:
        """Cancels what waits; marks what is in flight; frees the key that a dead one holds. False: not there.

        Raises:
            IllegalStep: it is settled and holds nothing.
        """
        found = self._connection.execute(_ONE, (account_id, delivery_id)).fetchone()
        if found is None:
            return False
        state, row, now = State(found[5]), self._lanes.at(found[2]), self._now()
        if state is State.DEAD and found[7]:
            self._connection.execute("UPDATE delivery SET holds = 0 WHERE id = ?", (delivery_id,))
        else:
            follow(state, Step.CANCEL)
        if state is State.IN_FLIGHT:
            self._connection.execute("UPDATE delivery SET cancelling = 1 WHERE id = ?", (delivery_id,))
            return True
        if state is State.WAITING:
            self._call_off(row, [delivery_id], "cancelled", now)
        if found[6] is not None:
            advance_key(self._connection, self._lanes, row, found[6], now)
        return True

    def _call_off(self, row: LaneRow, ids: Sequence[int], reason: str, now: int) -> None:
        self._connection.execute(_CANCEL, (now, reason, rows.keys(ids)))
        for delivery_id in ids:
            self._log.note(row, delivery_id, now, reason)
        self._lanes.dequeue(row, len(ids))
        row.earliest = self._lanes.earliest(row.id)

    def switch(self, target: TargetKey, policy: LanePolicy, switch: Switch, reason: str) -> None:
        """Pauses, resumes or switches a target off; nothing changes when it is so already."""
        row = self._lanes.of(target, policy)
        if row.lane.switch is switch:
            return
        self._lanes.touch(row)
        row.lane = row.lane.switched(switch, reason, self._now())
        row.announce = switch is not Switch.ACTIVE
        row.earliest = self._lanes.earliest(row.id)

    def sweep_off(self, limit: int) -> int:
        """Cancels up to ``limit`` deliveries that wait in lanes that are off."""
        found = self._connection.execute("SELECT id FROM lane WHERE switch = 4 AND waiting > 0 LIMIT 1").fetchone()
        if found is None:
            return 0
        row = self._lanes.at(found[0])
        ids = [
            id_
            for (id_,) in self._connection.execute(
                "SELECT id FROM delivery WHERE lane_id = ? AND state = 1 LIMIT ?", (row.id, limit)
            )
        ]
        self._call_off(row, ids, row.lane.reason, self._now())
        return len(ids)

    def unannounced(self) -> list[Switched]:
        """Lanes with news that nobody was told."""
        found = self._connection.execute(f"SELECT {COLUMNS} FROM lane WHERE announce = 1 LIMIT 100")  # noqa: S608 - constant
        return [Switched(row.id, row.target, row.lane) for row in map(lane_of, found)]

    def announced(self, lane_id: int, switch_time: int) -> None:
        """The news of that time was told."""
        row = self._lanes.at(lane_id)
        if row.lane.switch_time == switch_time:
            self._lanes.touch(row)
            row.announce = False
