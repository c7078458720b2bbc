"""Writing and reading many rows in few steps.

Every step of a statement hands the interpreter over to other threads and takes it back, so a step for each row would
let a busy event loop slow the writer down a hundredfold. Rows go in by the chunk, keys come in as one JSON array, and
what a statement finds comes back as one: ``table`` makes a row of the whole answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import orjson

CHUNK = 64
Row = Sequence[object]


@lru_cache(maxsize=512)
def _insert(table: str, columns: str, conflict: str, rows: int) -> str:
    holes = ",".join("?" * (columns.count(",") + 1))
    values = ",".join([f"({holes})"] * rows)
    return f"INSERT INTO {table} ({columns}) VALUES {values} {conflict}"  # noqa: S608 - names are constants of this package


def insert(connection: sqlite3.Connection, table: str, columns: str, rows: Sequence[Row], conflict: str = "") -> None:
    """Inserts all ``rows``; ``columns`` is a comma-separated list in the order of each row.

    ``conflict`` is what begins with ON CONFLICT, where rows may be there already.
    """
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        connection.execute(_insert(table, columns, conflict, len(chunk)), list(chain.from_iterable(chunk)))


@lru_cache(maxsize=512)
def _update(table: str, columns: str, change: str, rows: int) -> str:
    holes = ",".join("?" * (columns.count(",") + 1))
    values = ",".join([f"({holes})"] * rows)
    return f"WITH j ({columns}) AS (VALUES {values}) UPDATE {table} SET {change} FROM j WHERE {table}.id = j.id"  # noqa: S608 - as above


def update(connection: sqlite3.Connection, table: str, columns: str, change: str, rows: Sequence[Row]) -> None:
    """Applies ``change`` to each row of ``table`` that ``rows`` name by ``id``, the first of ``columns``.

    ``change`` is what follows SET; in it ``j.column`` is the value that came. Reading the values out of JSON instead
    costs three times as much, since every column of every row is written and parsed anew.
    """
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        connection.execute(_update(table, columns, change, len(chunk)), list(chain.from_iterable(chunk)))


def keys(values: Iterable[object]) -> str:
    """The values as a JSON array, for ``json_each(?)``."""
    return orjson.dumps(list(values)).decode()


def select(columns: str, rest: str) -> str:
    """A statement for ``table``: the same as SELECT columns rest, with the answer as one JSON array of arrays.

    A blob among the columns has to be cast to text.
    """
    return f"SELECT json_group_array(json_array({columns})) {rest}"


def table(connection: sqlite3.Connection, statement: str, parameters: Sequence[object]) -> list[list[Any]]:
    """What a statement made by ``select`` finds, in one step."""
    found: list[list[Any]] = orjson.loads(connection.execute(statement, parameters).fetchone()[0])
    return found
