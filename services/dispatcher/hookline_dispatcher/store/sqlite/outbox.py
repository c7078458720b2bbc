"""The notes for the audit log in the embedded store: each written in the transaction of the change that it is about."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hookline_dispatcher.core.delivery import IllegalStep
from hookline_dispatcher.store.notes import MOST_NOTES, Note, OutboxFull

from . import rows
from .writer import Handler

FIRST = "SELECT report_id, entry FROM audit_outbox ORDER BY seq LIMIT ?"


class Changed(NamedTuple):
    """What a change came to, and whether its note was written with it."""

    found: Any
    noted: bool


class Outbox:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def noting(self, function: Callable[..., Any], changed: Callable[[Any], bool] = bool) -> Handler:
        """Handles (note, arguments): runs ``function``, and writes the note where it ``changed`` something.

        What is refused has written nothing: for want of room before it begins, as an IllegalStep by ``function``.
        """

        def run(payloads: Sequence[Any]) -> list[object]:
            note, arguments = payloads[0]
            try:
                new = note is not None and self._new(note)
                found = function(*arguments)
            except (IllegalStep, OutboxFull) as error:
                return [error]
            noted = note is not None and changed(found)
            if noted and new:
                self._connection.execute(
                    "INSERT INTO audit_outbox (report_id, entry) VALUES (?, ?)", (note.id, note.content)
                )
            return [Changed(found, noted)]

        return run

    def told(self, ids: Sequence[str]) -> None:
        """Deletes those that the registry has."""
        self._connection.execute(
            "DELETE FROM audit_outbox WHERE report_id IN (SELECT value FROM json_each(?))", (rows.keys(ids),)
        )

    def _new(self, note: Note) -> bool:
        """Whether it is still to be written: a call may make several changes at once."""
        if self._connection.execute("SELECT 1 FROM audit_outbox WHERE report_id = ?", (note.id,)).fetchone():
            return False
        (waiting,) = self._connection.execute("SELECT count(*) FROM audit_outbox").fetchone()
        if waiting >= MOST_NOTES:
            raise OutboxFull(f"{waiting} entries of the audit log wait for the registry")
        return True
