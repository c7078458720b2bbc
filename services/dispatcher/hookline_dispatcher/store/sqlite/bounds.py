"""Between which ids a filter lets anything be, by its times: ids grow with them, nearly."""

from __future__ import annotations

import sqlite3

from hookline_dispatcher.core.instants import MINUTE
from hookline_dispatcher.store.model import DeliveryFilter

from .stretches import Stretch

SLACK = 10 * MINUTE
"""How far ids and create times may be out of step: what waited for its commit, a clock that was set back."""


def bounds(connection: sqlite3.Connection, which: DeliveryFilter, before: int) -> Stretch:
    """From which id on, and before which, anything can fit that is before an id."""
    first = _id_at(connection, which.since_time - SLACK) if which.since_time else 0
    last = _id_at(connection, which.until_time + SLACK) if which.until_time else before
    return first, min(before, last)


def _id_at(connection: sqlite3.Connection, time: int) -> int:
    """The first id whose delivery was created at ``time`` or later, as far as ids and times are in step."""
    low, high = 0, (connection.execute("SELECT max(id) FROM delivery").fetchone()[0] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(
            "SELECT id, create_time FROM delivery WHERE id >= ? ORDER BY id LIMIT 1", (middle,)
        ).fetchone()
        if row is None or row[1] >= time:
            high = middle
        else:
            low = row[0] + 1
    return low
