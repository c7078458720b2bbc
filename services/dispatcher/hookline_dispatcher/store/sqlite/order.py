"""Ordered lanes: of each ordering key one delivery goes at a time, in the order of commits.

What a key is kept by has ``holds`` set: everything pending and, where the lane blocks, what is dead. Of these the head
is the one with the lowest root, so that a redelivery has the place of the delivery that it repeats. The head is due;
those behind it are due NEVER, until ``advance_key`` lets the next one go. What always holds after a transaction: of a
key at most one delivery is in flight or due, and when none is, nothing waits or a dead head blocks.
"""

from __future__ import annotations

import sqlite3

from hookline_dispatcher.core.instants import NEVER

from .lane_row import LaneRow
from .lanes import Lanes

CANCELLED = "cancelled"

_NEXT = """
UPDATE delivery SET due_time = :now WHERE state = 1 AND due_time = 4611686018427387904 AND id = (
    SELECT id FROM delivery INDEXED BY delivery_holding
    WHERE lane_id = :lane AND order_key = :key AND holds = 1 ORDER BY root_id, id LIMIT 1
) AND NOT EXISTS (
    SELECT 1 FROM delivery INDEXED BY delivery_holding
    WHERE lane_id = :lane AND order_key = :key AND holds = 1 AND state < 3 AND due_time < 4611686018427387904
)
"""


def held(connection: sqlite3.Connection, lane_id: int, order_key: str) -> bool:
    """Whether anything keeps the key."""
    found = connection.execute(
        "SELECT 1 FROM delivery INDEXED BY delivery_holding WHERE lane_id = ? AND order_key = ? AND holds = 1 LIMIT 1",
        (lane_id, order_key),
    ).fetchone()
    return found is not None


def next_of_key(connection: sqlite3.Connection, lane_id: int, order_key: str, now: int) -> bool:
    """Makes the head of an ordering key due, if none of the key is on its way; whether it did."""
    return connection.execute(_NEXT, {"now": now, "lane": lane_id, "key": order_key}).rowcount > 0


def advance_key(connection: sqlite3.Connection, lanes: Lanes, row: LaneRow, order_key: str, now: int) -> None:
    """Lets the head of an ordering key go, if none of the key is on its way."""
    if next_of_key(connection, row.id, order_key, now):
        lanes.touch(row)
        row.earliest = min(row.earliest, now)


def unblock(connection: sqlite3.Connection, lanes: Lanes, row: LaneRow, now: int) -> None:
    """What is dead keeps no key any more; the next of each key may go."""
    freed = connection.execute(
        "UPDATE delivery SET holds = 0 WHERE id IN ("
        "SELECT id FROM delivery INDEXED BY delivery_holding WHERE lane_id = ? AND holds = 1 AND state = 4) "
        "RETURNING order_key",
        (row.id,),
    ).fetchall()
    for order_key in {key for (key,) in freed}:
        advance_key(connection, lanes, row, order_key, now)


def release(connection: sqlite3.Connection, lanes: Lanes, row: LaneRow, now: int) -> None:
    """The lane keeps no order any more: what waited for its turn may go."""
    connection.execute(
        "UPDATE delivery SET due_time = ? WHERE id IN ("
        "SELECT id FROM delivery INDEXED BY delivery_due WHERE lane_id = ? AND state = 1 AND due_time = ?)",
        (now, row.id, NEVER),
    )
    connection.execute(
        "UPDATE delivery SET holds = 0 WHERE id IN ("
        "SELECT id FROM delivery INDEXED BY delivery_holding WHERE lane_id = ? AND holds = 1)",
        (row.id,),
    )
    lanes.touch(row)
    row.earliest = lanes.earliest(row.id)
