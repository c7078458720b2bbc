"""Listing deliveries within a bounded time: a page has what was found until then, and says how far it has looked.

Step by step the next ids along the walks are taken, and what the filter keeps of them is read. Where the time is over
before the page is full the page ends there, and the next one goes on behind the last id that was looked at.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from hookline_dispatcher.store.model import DeliveryFilter

from . import rows
from .filters import NEWEST, delivery_terms
from .walks import SLACK, Text, Walk, id_at, read_text, walks_of

FIRST_STEP = 200
STEP = 2000
"""How many ids a step looks at."""
SECONDS = 0.08
"""After how long no further step is begun."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of deliveries, newest first; where it goes on, 0: there is no more; back to when all was searched."""

    rows: list[tuple[Any, ...]]
    next_before: int = 0
    searched_time: int = 0


@dataclass(frozen=True, slots=True)
class Search:
    """One page of a list: ``columns`` and ``joined`` are those of a delivery, as ``read`` has them."""

    account_id: int
    which: DeliveryFilter
    installation: str
    columns: str
    joined: str

    def page(self, connection: sqlite3.Connection, before: int, limit: int) -> Found:
        """Up to ``limit`` deliveries with ids below ``before``; 0 begins at the newest."""
        started = time.perf_counter()
        which = self.which
        text = read_text(connection, self.account_id, which, self.installation) if which.text else None
        walks = walks_of(connection, self.account_id, which, text)
        first, before = _bounds(connection, which, before or NEWEST)
        statement, parameters = self._statement(text)
        found: list[tuple[Any, ...]] = []
        size = max(FIRST_STEP, 2 * limit)
        while walks:
            ids = _next(connection, walks, first, before, size)
            found += connection.execute(statement, (rows.keys(ids), *parameters, limit + 1 - len(found))).fetchall()
            if len(found) > limit:
                return Found(found[:limit], found[limit - 1][0])
            if len(ids) < size:
                break
            before, size = ids[-1], max(STEP, size)
            if time.perf_counter() - started > SECONDS:
                return Found(found, before, _created(connection, before))
        return Found(found)

    def _statement(self, text: Text | None) -> tuple[str, list[object]]:
        where, parameters = delivery_terms(self.account_id, self.which, text)
        among = "d.id IN (SELECT value FROM json_each(?))"
        # NOT INDEXED leaves the id to find deliveries by; CROSS keeps them in the outer loop.
        select = f"{self.columns} FROM delivery d NOT INDEXED {self.joined.replace('JOIN', 'CROSS JOIN')}"
        return f"{select} WHERE {among} AND {where} ORDER BY d.id DESC LIMIT ?", parameters


def _bounds(connection: sqlite3.Connection, which: DeliveryFilter, before: int) -> tuple[int, int]:
    """From which id on, and before which, anything can fit."""
    first = id_at(connection, which.since_time - SLACK) if which.since_time else 0
    last = id_at(connection, which.until_time + SLACK) if which.until_time else NEWEST
    return first, min(before, last)


def _next(connection: sqlite3.Connection, walks: list[Walk], first: int, before: int, size: int) -> list[int]:
    """The next ids along the walks, each once."""
    one = "SELECT id FROM (SELECT id FROM delivery {} AND id < ? AND id >= ? ORDER BY id DESC LIMIT ?)"
    statement = " UNION ".join(one.format(condition) for condition, _ in walks)
    parameters = [value for _, values in walks for value in (*values, before, first, size)]
    found = connection.execute(f"{statement} ORDER BY 1 DESC LIMIT ?", (*parameters, size))
    return [row[0] for row in found]


def _created(connection: sqlite3.Connection, delivery_id: int) -> int:
    row = connection.execute("SELECT create_time FROM delivery WHERE id = ?", (delivery_id,)).fetchone()
    return int(row[0]) if row else 0
