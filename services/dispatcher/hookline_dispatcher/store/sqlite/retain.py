"""Retention: deletes, in bounded steps, what was settled long enough ago. Pending work is never touched.

An event goes when it is old and its deliveries have gone. An old version of a target's settings goes when nothing is
kept that may have been rendered by it: neither what was created before it was superseded, nor a redelivery of that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from hookline_dispatcher.core.instants import DAY, HOUR
from hookline_dispatcher.store.model import TARGET_KINDS

from . import rows
from .stored import Stored
from .tally import Tally
from .trim import Trimmer

_SETTLED = """
SELECT id, account_id, state FROM delivery INDEXED BY delivery_settled
WHERE state = ? AND state > 2 AND settle_time < ? AND holds = 0
LIMIT ?
"""
_EVENTS = """
SELECT seq, publish_time, EXISTS (SELECT 1 FROM delivery d WHERE d.event_seq = event.seq)
    OR EXISTS (SELECT 1 FROM pending_route r WHERE r.event_seq = event.seq), account_id, length(data)
FROM event WHERE seq > ? ORDER BY seq LIMIT ?
"""
_TARGET_KIND = " ".join(f"WHEN {item} THEN {target}" for item, target in TARGET_KINDS.items())
_OLD_CONFIG = f"""
DELETE FROM config_item WHERE (account_id, kind, id, revision) IN (
    SELECT account_id, kind, id, revision FROM config_item c INDEXED BY config_old
    WHERE c.newest = 0 AND c.superseded_time < :before AND NOT EXISTS (
        SELECT 1 FROM lane l WHERE l.account_id = c.account_id AND l.kind = CASE c.kind {_TARGET_KIND} END
        AND l.target_id = c.id AND (
            (SELECT d.create_time FROM delivery d INDEXED BY delivery_by_lane WHERE d.lane_id = l.id
             ORDER BY d.id LIMIT 1) < c.superseded_time + :slack
            OR EXISTS (
                SELECT 1 FROM delivery d INDEXED BY delivery_repeated_config
                WHERE d.lane_id = l.id AND d.config_revision = c.revision AND d.redelivery_of > 0
            )
        )
    ) AND NOT EXISTS (
        SELECT 1 FROM definition_version v
        WHERE v.account_id = c.account_id AND v.kind = c.kind AND v.definition_id = c.id AND v.revision = c.revision
        AND EXISTS (
            SELECT 1 FROM memory m INDEXED BY memory_follows
            WHERE m.account_id = v.account_id AND m.kind = v.kind AND m.definition_id = v.definition_id
            AND m.follows = v.version AND m.follows > 0
        )
    ) LIMIT :limit
)
"""  # noqa: S608 - constants

LOG_GONE = "log_gone"
"""Where meta has the newest seq of the log that was deleted."""

_LOG_GONE = """
INSERT INTO meta (key, value)
SELECT ?, coalesce(max(seq), 0) FROM attempt WHERE delivery_id IN (SELECT value FROM json_each(?))
ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)
"""

KEEP_KEYS = 30 * DAY
"""How long the key of a firing is known, after which a source may use it again."""
_ASIDE = """
DELETE FROM pending_route WHERE id IN (
    SELECT id FROM pending_route INDEXED BY route_aside WHERE aside_time > 0 AND aside_time < ? LIMIT ?
)
"""
_KEYS = """
DELETE FROM firing_key WHERE digest IN (
    SELECT digest FROM firing_key INDEXED BY firing_key_old WHERE create_time < ? LIMIT ?
)
"""

SLACK = HOUR
"""How long after it was superseded a version may still have been routed by."""


class Retainer:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection, tally: Tally, stored: Stored, now: Callable[[], int]) -> None:
        self._connection = connection
        self._tally = tally
        self._stored = stored
        self._now = now
        self._event_cursor = 0
        self._trimmer = Trimmer(connection)

    def step(self, delivered_before: int, failed_before: int, limit: int) -> int:
        """One step of a round: how many rows it deleted, or stepped over since they are needed; 0: the round is done.

        It touches up to ``limit`` deliveries, events and old settings each. The last step of a round looks at as many
        blocks of deliveries, behind those that the round before it looked at.
        """
        gone: list[int] = []
        for state, before in ((3, delivered_before), (4, failed_before), (5, failed_before)):
            found = self._connection.execute(_SETTLED, (state, before, limit - len(gone)))
            for delivery_id, account_id, was in found.fetchall():
                self._tally.gone(account_id, was)
                gone.append(delivery_id)
        if gone:
            keys = rows.keys(gone)
            self._connection.execute(_LOG_GONE, (LOG_GONE, keys))
            for statement in (
                "DELETE FROM attempt WHERE delivery_id IN (SELECT value FROM json_each(?))",
                "DELETE FROM delivery WHERE id IN (SELECT value FROM json_each(?))",
            ):
                self._connection.execute(statement, (keys,))
        done = len(gone) + self._events(failed_before, limit)
        if not done:
            old = {"before": failed_before, "slack": SLACK, "limit": limit}
            done = self._connection.execute(_OLD_CONFIG, old).rowcount
            done += self._connection.execute(_ASIDE, (failed_before, limit)).rowcount
            done += self._connection.execute(_KEYS, (self._now() - KEEP_KEYS, limit)).rowcount
        if not done:
            self._trimmer.step(limit)
        return done

    def _events(self, before: int, limit: int) -> int:
        """An event goes when its last delivery has gone; the cursor steps over those that are still needed."""
        found = self._connection.execute(_EVENTS, (self._event_cursor, limit)).fetchall()
        old = [row for row in found if row[1] < before]
        unneeded = [row for row in old if not row[2]]
        gone = [row[0] for row in unneeded]
        for *_, account_id, size in unneeded:
            self._stored.gone(account_id, size)
        if gone:
            self._connection.execute(
                "DELETE FROM event WHERE seq IN (SELECT value FROM json_each(?))", (rows.keys(gone),)
            )
        # Seqs grow with time: the first young event ends the round, and the next round begins at the oldest again.
        whole = bool(found) and len(old) == len(found) == limit
        self._event_cursor = found[-1][0] if whole else 0
        return len(old) if whole else len(gone)
