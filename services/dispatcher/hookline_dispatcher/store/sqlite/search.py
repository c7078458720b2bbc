"""Listing deliveries within a bounded time: a page has what was found until then, and says how far it has looked.

Step by step the next ids along the walks are taken, in those stretches alone that hold what is of the wanted classes,
and what the filter keeps of them is read. Where the time is over before the page is full the page ends there, and the
next one goes on behind the last id that was looked at.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hookline_dispatcher.store.model import DeliveryFilter

from . import rows
from .bounds import bounds
from .choice import walks_of
from .filters import NEWEST, delivery_terms
from .named import Text, lane_of, read_text
from .stretches import Stretch, classes_of, stretches
from .walks import Walks

FIRST_STEP = 200
FEW = 5000
"""Up to how many ids the walks are taken as a whole rather than from block to block."""
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
        connection.execute("BEGIN")  # blocks and deliveries are read as of one commit
        try:
            return self._page(connection, before, limit)
        finally:
            connection.rollback()

    def _page(self, connection: sqlite3.Connection, before: int, limit: int) -> Found:
        started = time.perf_counter()
        which = self.which
        text = read_text(connection, self.account_id, which, self.installation) if which.text else None
        within = bounds(connection, which, before or NEWEST)
        walks = walks_of(connection, self.account_id, which, text, within)
        statement, parameters = self._statement(text)
        found: list[tuple[Any, ...]] = []
        for ids, searched in _steps(connection, walks, self._stretches(connection, walks, within), 2 * limit):
            if ids:
                values = (rows.keys(ids), *parameters, limit + 1 - len(found))
                found += connection.execute(statement, values).fetchall()
            if len(found) > limit:
                return Found(found[:limit], found[limit - 1][0])
            if searched and time.perf_counter() - started > SECONDS:
                return Found(found, searched, _created(connection, searched))
        return Found(found)

    def _stretches(self, connection: sqlite3.Connection, walks: Walks, within: Stretch) -> Iterator[Stretch]:
        """Where to walk: anywhere, but where the filter asks for classes and there is much to walk along."""
        classes = classes_of(connection, self.account_id, self.which)
        if classes is None or walks.count(connection, *within, FEW + 1) <= FEW:
            return iter([within])
        lane_id = lane_of(connection, self.which.target) if self.which.target else 0
        return stretches(connection, self.account_id, lane_id, classes, within)

    def _statement(self, text: Text | None) -> tuple[str, list[object]]:
        where, parameters = delivery_terms(self.account_id, self.which, text)
        among = "d.id IN (SELECT value FROM json_each(?))"
        # NOT INDEXED leaves the id to find deliveries by; CROSS keeps them in the outer loop.
        select = f"{self.columns} FROM delivery d NOT INDEXED {self.joined.replace('JOIN', 'CROSS JOIN')}"
        return f"{select} WHERE {among} AND {where} ORDER BY d.id DESC LIMIT ?", parameters


def _steps(
    connection: sqlite3.Connection, walks: Walks, where: Iterator[Stretch], least: int
) -> Iterator[tuple[list[int], int]]:
    """The next ids along the walks, and from which id on all was looked at then; 0: there is nothing before."""
    size = max(FIRST_STEP, least)
    stretch = next(where, None)
    while stretch is not None:
        first, before = stretch
        ids = walks.next(connection, first, before, size)
        if len(ids) == size:
            stretch, size = (first, ids[-1]), max(STEP, size)
        else:
            stretch = next(where, None)
        yield ids, stretch[1] if stretch else 0


def _created(connection: sqlite3.Connection, delivery_id: int) -> int:
    """When a delivery was created, or the next one, where it has gone."""
    statement = "SELECT create_time FROM delivery WHERE id >= ? ORDER BY id LIMIT 1"
    row = connection.execute(statement, (delivery_id,)).fetchone()
    return int(row[0]) if row else 0
