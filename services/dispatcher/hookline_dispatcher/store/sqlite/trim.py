"""Deleting blocks of deliveries that hold none any more, see ``blocks``; the newest of an account or a lane stays."""

from __future__ import annotations

import sqlite3

from . import rows

_START = (0, -1, 0)
# Each block with its place, where the next one begins (0: it is the newest), and whether it still holds anything.
_LOOK = """
WITH looked AS (
    SELECT account_id, lane_id, first_id, coalesce((
        SELECT min(n.first_id) FROM delivery_block n
        WHERE n.account_id = b.account_id AND n.lane_id = b.lane_id AND n.first_id > b.first_id
    ), 0) AS next_id
    FROM delivery_block b WHERE (account_id, lane_id, first_id) > (?, ?, ?)
    ORDER BY account_id, lane_id, first_id LIMIT ?
)
SELECT account_id, lane_id, first_id, next_id > 0 AND NOT CASE lane_id
    WHEN 0 THEN EXISTS (
        SELECT 1 FROM delivery d INDEXED BY delivery_by_account
        WHERE d.account_id = looked.account_id AND d.id >= first_id AND d.id < next_id
    ) ELSE EXISTS (
        SELECT 1 FROM delivery d INDEXED BY delivery_by_lane
        WHERE d.lane_id = looked.lane_id AND d.id >= first_id AND d.id < next_id
    ) END
FROM looked
"""
_CLASSES = """
DELETE FROM block_class WHERE (account_id, lane_id, class_id, first_id) IN (
    SELECT c.account_id, j.value ->> 1, c.id, j.value ->> 2
    FROM json_each(?) j JOIN delivery_class c ON c.account_id = j.value ->> 0
)
"""
_BLOCKS = """
DELETE FROM delivery_block WHERE (account_id, lane_id, first_id) IN (
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)
)
"""


class Trimmer:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._cursor = _START

    def step(self, limit: int) -> None:
        """Looks at the next ``limit`` blocks; behind the last one it begins anew."""
        found = self._connection.execute(_LOOK, (*self._cursor, limit)).fetchall()
        empty = rows.keys(place for *place, gone in found if gone)
        self._connection.execute(_CLASSES, (empty,))
        self._connection.execute(_BLOCKS, (empty,))
        self._cursor = found[-1][:3] if len(found) == limit else _START
