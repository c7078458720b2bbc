"""Elements of definitions: for each object a row that says whether it is there and what became of its data.

Counts are kept by triggers of the schema, so no transaction sees them wrong. The row with the empty element stands for
the whole map; rows of elements point at it.
"""

from __future__ import annotations

import sqlite3

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
