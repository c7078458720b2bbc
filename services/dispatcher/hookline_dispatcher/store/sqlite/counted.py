"""The objects behind a count: rows of elements by the very conditions by which triggers of the schema count them.

They are looked at in the order in which they were made, so many at a time, for few of very many may be counted.
"""

from __future__ import annotations

import sqlite3

from hookline_dispatcher.store.routing import Counted, CountedObject, CountedPage, DefinitionKey

PART = 5_000
"""Rows that are looked at together."""
MOST_PARTS = 20
"""How many times so many rows are looked at for one page."""

_END = 1 << 62
_OF = "account_id = ?1 AND kind = ?2 AND definition_id = ?3 AND element = ?4 AND id > ?5"
_BOUND = f"SELECT id FROM element INDEXED BY element_by_name WHERE {_OF} ORDER BY id LIMIT 1 OFFSET {PART - 1}"  # noqa: S608 - constants
_CONDITIONS = {
    Counted.REACHED: "seen = 1",
    Counted.WAITING: "present > 0",
    Counted.LEFT: "seen = 1 AND present = 0",
    Counted.ON_ITS_WAY: "pending > 0",
    Counted.SENT: "result = 2",
    Counted.FAILED: "pending = 0 AND result = 1",
}
_ITS = """
account_id = e.account_id AND kind = e.kind AND definition_id = e.definition_id
    AND object_type_id = e.object_type_id AND object_id = e.object_id
"""
# The row of a whole map is counted by triggers, which know no time.
_ROWS = f"""
SELECT e.id, e.object_type_id, e.object_id, iif(e.element <> '', e.move_time,
        (SELECT max(move_time) FROM element WHERE {_ITS})),
    e.present > 0, e.pending > 0, e.result = 2, e.pending = 0 AND e.result = 1,
    iif(e.present > 0, (SELECT due_time FROM timer WHERE {_ITS} ORDER BY due_time LIMIT 1), 0),
    iif(e.present > 0, (SELECT held FROM timer WHERE {_ITS} ORDER BY due_time LIMIT 1), 0)
FROM element e INDEXED BY element_by_name WHERE {_OF} AND id <= ?6 AND """  # noqa: S608 - constants


def counted_page(
    connection: sqlite3.Connection, definition: DefinitionKey, element: str, which: Counted, after: int, limit: int
) -> CountedPage:
    """The first objects behind a count whose rows were made after one."""
    statement = f"{_ROWS}{_CONDITIONS[which]} ORDER BY id LIMIT ?7"
    found: list[CountedObject] = []
    for _ in range(MOST_PARTS):
        bound = connection.execute(_BOUND, (*definition, element, after)).fetchone()
        last = bound[0] if bound else _END
        wanted = limit - len(found)
        rows = connection.execute(statement, (*definition, element, after, last, wanted)).fetchall()
        found += map(_object, rows)
        if len(rows) == wanted:
            return CountedPage(found, rows[-1][0])
        if bound is None:
            return CountedPage(found, 0)
        after = last
    return CountedPage(found, after)


def _object(row: tuple[int, int, str, int, int, int, int, int, int | None, int | None]) -> CountedObject:
    _, object_type_id, object_id, move_time, present, pending, sent, failed, due_time, held = row
    erased = object_id.startswith("\n")
    flags = bool(present), bool(pending), bool(sent), bool(failed)
    return CountedObject(object_type_id, "" if erased else object_id, move_time, *flags, due_time or 0, bool(held))
