"""Numbers that are never given twice, also after their rows are gone: event seqs, delivery ids, the log's seqs."""

from __future__ import annotations

import sqlite3

BLOCK = 10_000


class Numbers:
    """Hands out numbers; a block is reserved in the file before the first of it is used.

    A restart goes on after the last reserved block, so numbers have gaps but no repeats. After a rollback the numbers
    of the failed transaction are lost as well.
    """

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._key = f"numbers.{name}"
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (self._key,)).fetchone()
        self._committed: int = row[0] if row else 0
        self._reserved = self._committed
        self._last = self._committed

    @property
    def last(self) -> int:
        """The highest number that may have been given."""
        return self._last

    def take(self, count: int = 1) -> int:
        """The first of ``count`` numbers in a row."""
        first = self._last + 1
        self._last += count
        if self._last > self._reserved:
            self._reserved = self._last + BLOCK
            self._connection.execute("REPLACE INTO meta (key, value) VALUES (?, ?)", (self._key, self._reserved))
        return first

    def committed(self) -> None:
        """The reservation is in the file."""
        self._committed = self._reserved

    def rolled_back(self) -> None:
        """The reservation is not in the file: the next number makes another."""
        self._reserved = self._committed
