"""Elements of definitions: for each object a row that says whether it is there and what became of its data.

Counts follow from these rows by triggers of the schema. The rows follow the deliveries here, in the transaction that
fires or settles these: whoever writes the state of a delivery says so. The row with the empty element stands for the
whole map; rows of elements point at it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from hookline_dispatcher.core.delivery import SETTLED, State
from hookline_dispatcher.store.routing import Post

MAP = ""

_FIND = """
SELECT id FROM element WHERE account_id = ? AND kind = ? AND definition_id = ? AND object_type_id = ? AND object_id = ?
    AND element = ?
"""
_MAKE = """
INSERT INTO element (account_id, kind, definition_id, object_type_id, object_id, element, map_id, seen, present,
    pending, result)
VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)
"""
_COUNT = "UPDATE element SET pending = pending + ?, result = max(result, ?) WHERE id = ?"

Counted = tuple[int, State]
"""The row of the element that fired a delivery, 0 where none did, and the state that the delivery has now."""


def count_fired(connection: sqlite3.Connection, fired: Iterable[Counted]) -> None:
    """Counts new deliveries."""
    found = [(int(state not in SETTLED), _result(state), row_id) for row_id, state in fired if row_id]
    if found:
        connection.executemany(_COUNT, found)


def count_settled(connection: sqlite3.Connection, changed: Iterable[Counted]) -> None:
    """Counts deliveries that were pending, as far as they are settled now."""
    found = [(-1, _result(state), row_id) for row_id, state in changed if row_id and state in SETTLED]
    if found:
        connection.executemany(_COUNT, found)


def _result(state: State) -> int:
    """The better of two is the higher: nothing yet, not delivered, delivered."""
    return 0 if state not in SETTLED else 2 if state is State.DELIVERED else 1


class Elements:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def move(self, post: Post, element: str, present: bool) -> None:
        """The object came to an element, or went from it."""
        self._connection.execute(
            "UPDATE element SET seen = 1, present = ? WHERE id = ?", (int(present), self.row(post, element))
        )

    def row(self, post: Post, element: str) -> int:
        """The row of an element, made now if there is none."""
        found = self._connection.execute(_FIND, (*post, element)).fetchone()
        if found is not None:
            return int(found[0])
        map_id = 0 if element == MAP else self.row(post, MAP)
        made = self._connection.execute(_MAKE, (*post, element, map_id)).lastrowid
        assert made is not None, "a row was inserted"
        return made
