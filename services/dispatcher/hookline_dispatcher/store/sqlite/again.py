"""Sending again: a redelivery is a new delivery of a settled one, with the same root and so the same webhook-id."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hookline_dispatcher.core.delivery import SETTLED, IllegalStep, State, TargetDeleted
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store.model import Covers

from . import rows
from .blocks import Blocks
from .elements import Counted, count_fired
from .intake import DELIVERY
from .lanes import Lanes
from .log import Log
from .numbers import Numbers
from .order import advance_key
from .tally import Tally

_COLUMNS = (
    "d.id, d.root_id, d.lane_id, d.event_seq, d.config_revision, d.order_key, d.fired_by, d.element_id, e.type, "
    "e.object_type_id, d.state"
)
_ONE = f"SELECT {_COLUMNS} FROM delivery d JOIN event e ON e.seq = d.event_seq WHERE d.account_id = ? AND d.id = ?"  # noqa: S608 - constants
_PAGE = """
SELECT {columns}, d.create_time >= :since AND NOT EXISTS (
    SELECT 1 FROM delivery r INDEXED BY delivery_repeats WHERE r.redelivery_of = d.id AND r.redelivery_of > 0
)
FROM delivery d INDEXED BY {index} CROSS JOIN event e ON e.seq = d.event_seq
WHERE {condition} AND d.account_id = :account AND d.id > :after AND d.id <= :last
ORDER BY d.id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Range:
    """Which deliveries to repeat: one account's, or one lane's, in some states, and none younger than ``last``."""

    account_id: int
    since_time: int
    lane_id: int
    states: tuple[State, ...]
    last: int
    dry_run: bool
    covers: Covers | None = None
    """None: every event is covered."""

    def wants(self, fired_by: str, type_: str, object_type_id: int, state: int) -> bool:
        """Whether a delivery in that state, of an event of that type about that type of object, is one of them.

        What a trigger fired is always covered: plans hold events back from subscriptions.
        """
        if state not in self.states:
            return False
        return bool(fired_by) or self.covers is None or self.covers(type_, object_type_id)

    def walks(self) -> list[tuple[str, str]]:
        """Indexes to walk along, each with the condition that it stands for; together they meet each one once."""
        if self.lane_id:
            return [("delivery_by_lane", "d.lane_id = :lane")]
        if State.DELIVERED in self.states:
            return [("delivery_by_account", "TRUE")]
        return [("delivery_dead", "d.state = 4"), ("delivery_cancelled", "d.state = 5")]


class Redeliverer:
    """Runs on the writer's thread, within its transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        lanes: Lanes,
        log: Log,
        tally: Tally,
        blocks: Blocks,
        ids: Numbers,
        now: Callable[[], int],
    ) -> None:
        self._connection = connection
        self._lanes = lanes
        self._log = log
        self._tally = tally
        self._blocks = blocks
        self._ids = ids
        self._now = now

    def one(self, account_id: int, delivery_id: int, request_id: str) -> int | None:
        """The id of the new delivery, or of the one that this request made before; None when there is none to repeat.

        Raises:
            IllegalStep: it is still pending.
            TargetDeleted: there is nothing to send it to any more.
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
        if State(found[-1]) not in SETTLED:
            raise IllegalStep("a delivery that is pending cannot be redelivered")
        if self._deleted(found):
            raise TargetDeleted("the target of the delivery was deleted")
        return self._again(account_id, [found], request_id)

    def page(self, which: Range, walk: int, after: int, limit: int) -> tuple[int, int]:
        """Looks at ``limit`` deliveries along a walk; how many it repeated, and the id to go on after (0: the end)."""
        index, condition = which.walks()[walk]
        statement = _PAGE.format(columns=_COLUMNS, index=index, condition=condition)
        parameters = {
            "account": which.account_id,
            "since": which.since_time,
            "lane": which.lane_id,
            "after": after,
            "last": which.last,
            "limit": limit,
        }
        found = self._connection.execute(statement, parameters).fetchall()
        wanted = [row[:-1] for row in found if row[-1] and which.wants(row[6], *row[8:11]) and not self._deleted(row)]
        if wanted and not which.dry_run:
            self._again(which.account_id, wanted, "")
        return len(wanted), found[-1][0] if len(found) == limit else 0

    def _deleted(self, found: tuple[Any, ...]) -> bool:
        return self._lanes.at(found[2]).deleted

    def _again(self, account_id: int, found: Sequence[tuple[Any, ...]], request_id: str) -> int:
        now = self._now()
        new: list[rows.Row] = []
        counted: list[Counted] = []
        keys: set[tuple[int, str]] = set()
        first = self._ids.take(len(found))
        for id_, (old, root, lane_id, seq, revision, order_key, fired_by, element_id, *what) in enumerate(found, first):
            row = self._lanes.at(lane_id)
            self._blocks.note(id_, row, *what[:2])
            state, settle_time, reason = State.WAITING, 0, ""
            if row.lane.switch is Switch.OFF:
                state, settle_time, reason = State.CANCELLED, now, row.lane.reason
                self._log.note(row, id_, now, reason)
            key = order_key if row.lane.policy.ordered else None
            holds = key is not None and state is State.WAITING
            due = NEVER if holds else now
            if key is not None:
                keys.add((lane_id, key))
            if state is State.WAITING:
                self._lanes.enqueue(row, due)
            head = (id_, root, account_id, lane_id, seq, revision, state, due, 0, 0, 0, 0, 0, key)
            self._tally.fired(account_id, state)
            counted.append((element_id, state))
            new.append((*head, holds, 0, 0, reason, now, settle_time, old, request_id, fired_by, element_id))
        # A dead head that is repeated hands its key to its redelivery, which has its place.
        olds = rows.keys(each[0] for each in found)
        self._connection.execute(
            "UPDATE delivery SET holds = 0 WHERE holds = 1 AND id IN (SELECT value FROM json_each(?))", (olds,)
        )
        rows.insert(self._connection, "delivery", DELIVERY, new)
        count_fired(self._connection, counted)
        for lane_id, order_key in keys:
            advance_key(self._connection, self._lanes, self._lanes.at(lane_id), order_key, now)
        return first
