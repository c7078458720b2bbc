"""What a text names that people paste into a list's filter: deliveries, events, lanes; and objects, by their ids."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from hookline_dispatcher.store.model import DeliveryFilter, TargetKey

from . import rows

MOST_EVENTS = 5000
"""How many events of an object a text names, the newest ones."""
MOST_REASONS = 1000
"""Up to how many reasons of an account are looked through for a text."""

_TYPES = """
WITH RECURSIVE t (type) AS (
    SELECT min(object_type_id) FROM event INDEXED BY event_by_object WHERE account_id = ?1
    UNION ALL
    SELECT (SELECT min(object_type_id) FROM event INDEXED BY event_by_object
            WHERE account_id = ?1 AND object_type_id > t.type)
    FROM t WHERE t.type IS NOT NULL
)
SELECT type FROM t WHERE type IS NOT NULL LIMIT 200
"""
_OBJECT = """
SELECT seq FROM event INDEXED BY event_by_object WHERE account_id = ? AND object_type_id = ? AND object_id = ?
ORDER BY seq DESC LIMIT ?
"""
_REASONS = """
WITH RECURSIVE s (reason) AS (
    SELECT min(reason) FROM delivery INDEXED BY delivery_by_reason WHERE reason <> '' AND account_id = ?1
    UNION ALL
    SELECT (SELECT min(reason) FROM delivery INDEXED BY delivery_by_reason
            WHERE reason <> '' AND account_id = ?1 AND reason > s.reason)
    FROM s WHERE s.reason IS NOT NULL
)
SELECT reason, instr(lower(reason), ?2) > 0 FROM s WHERE reason IS NOT NULL LIMIT ?3
"""
_FAMILY = """
WITH RECURSIVE f (id) AS (
    VALUES (?)
    UNION SELECT d.id FROM f
    JOIN delivery d INDEXED BY delivery_repeats ON d.redelivery_of = f.id AND d.redelivery_of > 0
)
SELECT id FROM f LIMIT 1000
"""
_MESSAGE = re.compile(r"msg_([0-9a-f]{8})([0-9a-f]{1,15})")


@dataclass(frozen=True, slots=True)
class Text:
    """What a text names: deliveries, events, lanes, reasons that it is a part of (None: there are too many to tell).

    ``lower`` is what it is looked for as within reasons.
    """

    ids: Sequence[int]
    seqs: Sequence[int]
    lanes: Sequence[int]
    reasons: Sequence[str] | None
    lower: str


def read_text(connection: sqlite3.Connection, account_id: int, which: DeliveryFilter, installation: str) -> Text:
    """What the filter's text names; a name of another account's names nothing that a walk would show."""
    text = which.text
    ids = [int(text)] if text.isascii() and text.isdigit() and len(text) < 19 else []
    found = _MESSAGE.fullmatch(text)
    if found and found[1] == installation:
        ids += [row[0] for row in connection.execute(_FAMILY, (int(found[2], 16),))]
    seqs = events_of_id(connection, account_id, text)
    seqs += events_of_object(connection, account_id, None, text, MOST_EVENTS)[:MOST_EVENTS]
    lanes = column(
        connection,
        "SELECT l.id FROM json_each(?) j CROSS JOIN lane l ON l.account_id = ? AND l.kind = j.value ->> 0 "
        "AND l.target_id = j.value ->> 1",
        (rows.keys([each.kind, each.id] for each in which.text_targets), account_id),
    )
    lower = text.encode().lower().decode()
    return Text(ids, seqs, lanes, _reasons(connection, account_id, lower), lower)


def _reasons(connection: sqlite3.Connection, account_id: int, lower: str) -> list[str] | None:
    found = connection.execute(_REASONS, (account_id, lower, MOST_REASONS + 1)).fetchall()
    return None if len(found) > MOST_REASONS else [reason for reason, fits in found if fits]


def events_of_id(connection: sqlite3.Connection, account_id: int, event_id: str) -> list[int]:
    """The event with this id, if there is one."""
    return column(connection, "SELECT seq FROM event WHERE account_id = ? AND id = ?", (account_id, event_id))


def events_of_object(
    connection: sqlite3.Connection, account_id: int, kind: int | None, object_id: str, most: int
) -> list[int]:
    """The newest events of an object, or of all objects with this id; more than ``most`` of them are not all."""
    kinds = column(connection, _TYPES, (account_id,)) if kind is None else [kind]
    found: list[int] = []
    for each in kinds:
        if len(found) > most:
            break
        found += column(connection, _OBJECT, (account_id, each, object_id, most + 1))
    return found


def lane_of(connection: sqlite3.Connection, target: TargetKey) -> int:
    """The lane of a target; 0: nothing was ever fired at it."""
    which = "SELECT id FROM lane WHERE account_id = ? AND kind = ? AND target_id = ?"
    return next(iter(column(connection, which, target)), 0)


def column(connection: sqlite3.Connection, statement: str, parameters: Sequence[object]) -> list[int]:
    """The numbers that a statement finds."""
    return [row[0] for row in connection.execute(statement, parameters)]
