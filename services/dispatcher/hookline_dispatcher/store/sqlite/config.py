"""The replica of the configuration, and what a change of it means for lanes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.store.model import TARGET_KINDS, ConfigRow, TargetKey

from .lanes import Lanes

CHECKPOINT = "config_checkpoint"
GONE = "its definition was deleted"


class Configurer:
    """Takes changes in; runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection, lanes: Lanes, now: Callable[[], int]) -> None:
        self._connection = connection
        self._lanes = lanes
        self._now = now

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
        if change.kind in TARGET_KINDS:
            self._connection.execute(
                "UPDATE config_item SET newest = 0, superseded_time = ? "
                "WHERE account_id = ? AND kind = ? AND id = ? AND newest = 1 AND revision <> ?",
                (self._now(), *key, change.revision),
            )
            self._retune(TargetKey(change.account_id, TARGET_KINDS[change.kind], change.id), change)
        else:
            self._connection.execute("DELETE FROM config_item WHERE account_id = ? AND kind = ? AND id = ?", key)
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
        if change.deleted:
            if row.lane.switch is not Switch.OFF or row.lane.reason != GONE:
                row.lane = row.lane.switched(Switch.OFF, GONE, self._now())
            return
        was, policy = row.lane.policy, change.policy or LanePolicy()
        row.lane = row.lane.with_policy(policy)
        if was.ordered and not policy.ordered:
            self._release(row.id)
            row.earliest = self._lanes.earliest(row.id)
        elif was.block_dead and not policy.block_dead:
            self._unblock(row.id)
            row.earliest = self._lanes.earliest(row.id)

    def _release(self, lane_id: int) -> None:
        """The lane keeps no order any more: what waited for its turn may go."""
        self._connection.execute("UPDATE delivery SET holds = 0 WHERE lane_id = ? AND holds = 1", (lane_id,))
        self._connection.execute(
            "UPDATE delivery SET due_time = ? WHERE lane_id = ? AND state = 1 AND due_time = ?",
            (self._now(), lane_id, NEVER),
        )

    def _unblock(self, lane_id: int) -> None:
        """Dead deliveries hold their keys no more: the next of each key may go."""
        self._connection.execute(
            "UPDATE delivery SET holds = 0 WHERE lane_id = ? AND holds = 1 AND state = 4", (lane_id,)
        )
        self._connection.execute(
            "UPDATE delivery SET due_time = ? WHERE state = 1 AND due_time = 4611686018427387904 AND lane_id = ? "
            "AND root_id = (SELECT min(h.root_id) FROM delivery h WHERE h.lane_id = delivery.lane_id "
            "AND h.order_key = delivery.order_key AND h.holds = 1)",
            (self._now(), lane_id),
        )
