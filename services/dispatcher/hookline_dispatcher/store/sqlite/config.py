"""The replica of the configuration, and what a change of it means for lanes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.store.model import TARGET_KINDS, ConfigRow, TargetKey

from .lane_row import DELETED
from .lanes import Lanes
from .order import release, unblock
from .sweeps import DEFINITIONS, SELDOM, Sweeper

CHECKPOINT = "config_checkpoint"


class Configurer:
    """Takes changes in; runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection, lanes: Lanes, now: Callable[[], int]) -> None:
        self._connection = connection
        self._lanes = lanes
        self._now = now
        self._sweeper = Sweeper(connection, now)

    def apply(self, changes: Sequence[ConfigRow], checkpoint: int, drop_others: bool) -> None:
        """Takes in the rows and the checkpoint, 0 for none; ``drop_others`` deletes what they do not name."""
        for change in changes:
            self._one(change)
        if drop_others:
            for change in self._others(changes, checkpoint):
                self._one(change)
        if checkpoint:
            self._connection.execute("REPLACE INTO meta (key, value) VALUES (?, ?)", (CHECKPOINT, checkpoint))

    def _others(self, changes: Sequence[ConfigRow], checkpoint: int) -> list[ConfigRow]:
        named = {(change.account_id, change.kind, change.id) for change in changes}
        found = self._connection.execute(
            "SELECT account_id, kind, id FROM config_item WHERE newest = 1 AND deleted = 0"
        ).fetchall()
        return [
            ConfigRow(item[0], item[1], item[2], checkpoint, True, b"") for item in found if tuple(item) not in named
        ]

    def _one(self, change: ConfigRow) -> None:
        key = (change.account_id, change.kind, change.id)
        if change.kind in TARGET_KINDS or change.kind in DEFINITIONS:
            self._connection.execute(
                "UPDATE config_item SET newest = 0, superseded_time = ? "
                "WHERE account_id = ? AND kind = ? AND id = ? AND newest = 1 AND revision <> ?",
                (self._now(), *key, change.revision),
            )
        else:
            self._connection.execute("DELETE FROM config_item WHERE account_id = ? AND kind = ? AND id = ?", key)
        if change.kind in TARGET_KINDS:
            self._retune(TargetKey(change.account_id, TARGET_KINDS[change.kind], change.id), change)
        if change.kind in DEFINITIONS or change.kind in SELDOM:
            self._sweeper.changed(change)
        self._connection.execute(
            "REPLACE INTO config_item (account_id, kind, id, revision, newest, deleted, superseded_time, body) "
            "VALUES (?, ?, ?, ?, 1, ?, 0, ?)",
            (*key, change.revision, change.deleted, change.body),
        )

    def _retune(self, target: TargetKey, change: ConfigRow) -> None:
        """Brings the target's lane, if it has one, in line with its settings."""
        row = self._lanes.find(target)
        if row is None:
            return
        self._lanes.touch(row)
        now = self._now()
        if change.deleted:
            if not row.deleted:
                row.lane = row.lane.switched(Switch.OFF, DELETED, now)
            return
        if row.deleted:
            row.lane = row.lane.switched(Switch.ACTIVE, "", now)
        was, policy = row.lane.policy, change.policy or LanePolicy()
        self._lanes.retune(row, policy)
        if was.ordered and not policy.ordered:
            release(self._connection, self._lanes, row, now)
        elif was.block_dead and not policy.block_dead:
            unblock(self._connection, self._lanes, row, now)
