"""How many bytes the events of an account take up while they are kept.

Whoever writes or deletes an event says so here, in the same transaction. The number in the file changes once for each
account of a transaction, so that nobody ever has to measure rows.
"""

from __future__ import annotations

import sqlite3

from . import rows

EVENT_BYTES = 1024
"""What an event takes up beside its data, about: its row, and its places in indexes."""

_ADD = "ON CONFLICT (account_id) DO UPDATE SET bytes = excluded.bytes"


class Stored:
    """Collects what a transaction changes; ``flush`` writes it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._totals: dict[int, int] = dict(connection.execute("SELECT account_id, bytes FROM stored_bytes").fetchall())
        self._before: dict[int, int] = {}
        """What those that changed had at the last commit."""
        self._unwritten: set[int] = set()

    def of(self, account_id: int) -> int:
        """The bytes of an account; any thread may ask, and may see what is not committed yet."""
        return self._totals.get(account_id, 0)

    def add(self, account_id: int, data: int) -> None:
        """An event with so many bytes of data is new."""
        self._change(account_id, data + EVENT_BYTES)

    def gone(self, account_id: int, data: int) -> None:
        """An event with so many bytes of data was deleted."""
        self._change(account_id, -data - EVENT_BYTES)

    def flush(self) -> None:
        """Writes what was collected."""
        if self._unwritten:
            changed = [(account_id, self._totals[account_id]) for account_id in self._unwritten]
            rows.insert(self._connection, "stored_bytes", "account_id, bytes", changed, _ADD)
            self._unwritten.clear()

    def committed(self) -> None:
        """It was committed."""
        self._before.clear()

    def rolled_back(self) -> None:
        """Forgets what was collected."""
        self._totals |= self._before
        self._before.clear()
        self._unwritten.clear()

    def _change(self, account_id: int, size: int) -> None:
        total = self._totals.get(account_id, 0)
        self._before.setdefault(account_id, total)
        self._totals[account_id] = total + size
        self._unwritten.add(account_id)
