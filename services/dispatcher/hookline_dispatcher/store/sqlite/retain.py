"""Retention: deletes, in bounded steps, what was settled long enough ago. Pending work is never touched."""

from __future__ import annotations

import sqlite3

from . import rows

_SETTLED = "SELECT id FROM delivery WHERE state = {state} AND settle_time < ? AND holds = 0 LIMIT ?"
_EVENTS = """
SELECT seq, publish_time, EXISTS (SELECT 1 FROM delivery d WHERE d.event_seq = event.seq)
FROM event WHERE seq > ? ORDER BY seq LIMIT ?
"""
_OLD_CONFIG = """
DELETE FROM config_item WHERE newest = 0 AND superseded_time < ?1 AND NOT EXISTS (
    SELECT 1 FROM lane l WHERE l.account_id = config_item.account_id AND l.target_id = config_item.id
    AND (SELECT d.create_time FROM delivery d WHERE d.lane_id = l.id ORDER BY d.id LIMIT 1) < superseded_time
)
"""


class Retainer:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._event_cursor = 0

    def step(self, delivered_before: int, failed_before: int, limit: int) -> int:
        """Deletes up to ``limit`` deliveries and as many events; how many went."""
        gone: list[int] = []
        for state, before in ((3, delivered_before), (4, failed_before), (5, failed_before)):
            found = self._connection.execute(_SETTLED.format(state=state), (before, limit - len(gone)))
            gone += [row[0] for row in found]
        if gone:
            keys = rows.keys(gone)
            for statement in (
                "DELETE FROM attempt WHERE delivery_id IN (SELECT value FROM json_each(?))",
                "DELETE FROM delivery WHERE id IN (SELECT value FROM json_each(?))",
            ):
                self._connection.execute(statement, (keys,))
        events = self._events(failed_before, limit)
        if not gone and not events:
            self._connection.execute(_OLD_CONFIG, (failed_before,))
        return len(gone) + events

    def _events(self, before: int, limit: int) -> int:
        """An event goes when its last delivery has gone; the cursor steps over those that are still needed."""
        found = self._connection.execute(_EVENTS, (self._event_cursor, limit)).fetchall()
        old = [row for row in found if row[1] < before]
        gone = [seq for seq, _, needed in old if not needed]
        if gone:
            self._connection.execute(
                "DELETE FROM event WHERE seq IN (SELECT value FROM json_each(?))", (rows.keys(gone),)
            )
        # Seqs grow with time: the first young event ends the round, and the next round begins at the oldest again.
        self._event_cursor = found[-1][0] if found and len(old) == len(found) else 0
        return len(gone)
