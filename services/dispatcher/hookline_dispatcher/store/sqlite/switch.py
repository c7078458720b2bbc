"""What people do to targets and to what waits for them: pause, resume, switch off, cancel; and who is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from hookline_dispatcher.core.delivery import State, Step, follow
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.store.model import Switched, TargetKey

from . import rows
from .elements import count_settled
from .lane_row import COLUMNS, LaneRow, lane_of
from .lanes import Lanes
from .log import Log
from .order import CANCELLED, advance_key
from .tally import Tally

_CANCEL = """
UPDATE delivery SET state = 5, holds = 0, settle_time = ?, reason = ? WHERE id IN (SELECT value FROM json_each(?))
"""

_Waiting = tuple[int, str | None, int, int]
"""A delivery that waits: its id, its order key, the row of its element, its attempts."""


class Switcher:
    """Runs on the writer's thread, within its transaction."""

    def __init__(
        self, connection: sqlite3.Connection, lanes: Lanes, log: Log, tally: Tally, now: Callable[[], int]
    ) -> None:
        self._connection = connection
        self._lanes = lanes
        self._log = log
        self._tally = tally
        self._now = now

    def cancel(self, account_id: int, delivery_id: int) -> bool:
        """Cancels what waits; marks what is in flight; frees the key that a dead one holds. False: not there.

        Raises:
            IllegalStep: it is settled and holds nothing.
        """
        found = self._connection.execute(
            "SELECT lane_id, state, order_key, holds, element_id, attempts FROM delivery "
            "WHERE account_id = ? AND id = ?",
            (account_id, delivery_id),
        ).fetchone()
        if found is None:
            return False
        lane_id, state, order_key, holds, element_id, attempts = found
        row, now = self._lanes.at(lane_id), self._now()
        if state == State.DEAD and holds:
            self._connection.execute("UPDATE delivery SET holds = 0 WHERE id = ?", (delivery_id,))
            advance_key(self._connection, self._lanes, row, order_key, now)
            return True
        follow(State(state), Step.CANCEL)
        if state == State.IN_FLIGHT:
            self._connection.execute("UPDATE delivery SET cancelling = 1 WHERE id = ?", (delivery_id,))
        else:
            self._call_off(row, [(delivery_id, order_key, element_id, attempts)], CANCELLED, now)
        return True

    def _call_off(self, row: LaneRow, waiting: Sequence[_Waiting], reason: str, now: int) -> None:
        self._connection.execute(_CANCEL, (now, reason, rows.keys(id_ for id_, *_ in waiting)))
        count_settled(self._connection, [(element_id, State.CANCELLED) for *_, element_id, _ in waiting])
        for delivery_id, *_, attempts in waiting:
            self._tally.called_off(row.target.account_id, attempts)
            self._log.note(row, delivery_id, now, reason)
        self._lanes.dequeue(row, len(waiting))
        for order_key in {key for _, key, *_ in waiting if key is not None}:
            advance_key(self._connection, self._lanes, row, order_key, now)
        row.earliest = self._lanes.earliest(row.id)

    def switch(self, target: TargetKey, policy: LanePolicy, switch: Switch, reason: str) -> bool:
        """Pauses, resumes or switches a target off; False: it is so already, and nothing changes."""
        row = self._lanes.of(target, policy)
        if row.lane.switch is switch:
            return False
        self._lanes.touch(row)
        row.lane = row.lane.switched(switch, reason, self._now())
        row.announce = switch is not Switch.ACTIVE
        return True

    def sweep_off(self, limit: int) -> int:
        """Cancels up to ``limit`` deliveries that wait in a lane that is off."""
        row = self._lanes.called_off()
        if row is None:
            return 0
        waiting = self._connection.execute(
            "SELECT id, order_key, element_id, attempts FROM delivery INDEXED BY delivery_due "
            "WHERE lane_id = ? AND state = 1 LIMIT ?",
            (row.id, limit),
        ).fetchall()
        self._call_off(row, waiting, row.lane.reason, self._now())
        return len(waiting)

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
