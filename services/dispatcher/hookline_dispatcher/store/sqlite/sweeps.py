"""What a change of a definition asks for, in bounded steps: timers released, memories revised, or all forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.routing import Change, DefinitionKey, What

from . import rows
from .arrivals import ROUTE

DEFINITIONS = frozenset({6, 7, 8, 9})
"""Kinds of config items that hold the definition of a trigger."""

SELDOM = frozenset({4, 6, 7})
"""Kinds that seldom have a memory: subscriptions, global rules and forms, of which there may be very many."""

_ITS = "account_id = ? AND kind = ? AND definition_id = ?"
_TIMER = "account_id, kind, definition_id, object_type_id, object_id, key"
_CHANGED = """
INSERT INTO definition_change (account_id, kind, definition_id, number, follows, memory_id) VALUES (?, ?, ?, ?, 0, 0)
ON CONFLICT DO UPDATE SET number = excluded.number, follows = 0, memory_id = 0
"""
_CHANGED_WHERE_HEARD = """
INSERT INTO definition_change (account_id, kind, definition_id, number, follows, memory_id)
SELECT :account, :kind, :id, :number, 0, 0 WHERE EXISTS (
    SELECT 1 FROM memory WHERE account_id = :account AND kind = :kind AND definition_id = :id
) OR EXISTS (
    SELECT 1 FROM pending_route INDEXED BY route_own WHERE likely(kind > 0)
    AND account_id = :account AND kind = :kind AND definition_id = :id AND aside_time = 0
)
ON CONFLICT DO UPDATE SET number = excluded.number, follows = 0, memory_id = 0
"""
"""Where it remembers something, or is about to: what it hears may be decided already, by the definition of before."""

_RECHECK = """
INSERT INTO definition_change (account_id, kind, definition_id, number, follows, memory_id)
SELECT DISTINCT account_id, kind, definition_id, 0, 0, 0 FROM timer INDEXED BY timer_held WHERE held = 1
ON CONFLICT DO NOTHING
"""
_RELEASE = f"""
UPDATE timer SET held = 0 WHERE ({_TIMER}) IN (
    SELECT {_TIMER} FROM timer INDEXED BY timer_held WHERE {_ITS} AND held = 1 LIMIT ?
)
"""  # noqa: S608 - constants
_HASTEN = f"""
UPDATE timer SET due_time = ? WHERE ({_TIMER}) IN (
    SELECT {_TIMER} FROM timer WHERE {_ITS} AND held = 0 AND due_time > ? LIMIT ?
)
"""  # noqa: S608 - constants
_FOLLOWERS = f"""
SELECT id, follows, object_type_id, object_id, EXISTS (
    SELECT 1 FROM pending_route r INDEXED BY route_own WHERE likely(r.kind > 0) AND r.aside_time = 0
        AND r.account_id = m.account_id AND r.kind = m.kind AND r.definition_id = m.definition_id
        AND r.object_type_id = m.object_type_id AND r.object_id = m.object_id
)
FROM memory m INDEXED BY memory_follows
WHERE {_ITS} AND follows > 0 AND (follows, id) > (?, ?) AND follows <> ? ORDER BY follows, id LIMIT ?
"""  # noqa: S608 - constants
_FORGET = tuple(
    f"DELETE FROM {table} WHERE {key} IN (SELECT {key.strip('()')} FROM {table} WHERE {which} LIMIT ?)"  # noqa: S608 - constants
    for table, key, which in (
        ("pending_route", "id", f"{_ITS} AND kind > 0 AND aside_time = 0"),
        ("pending_route", "id", f"{_ITS} AND aside_time > 0"),
        ("timer", f"({_TIMER})", _ITS),
        ("memory", "id", _ITS),
        ("element", "id", _ITS),
    )
)


class Sweeper:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection, now: Callable[[], int]) -> None:
        self._connection = connection
        self._now = now

    def changed(self, change: ConfigRow) -> None:
        """A definition was changed or deleted: the router is to look at it."""
        if change.kind in SELDOM and not change.deleted:
            whose = {"account": change.account_id, "kind": change.kind, "id": change.id, "number": change.revision}
            self._connection.execute(_CHANGED_WHERE_HEARD, whose)
            return
        self._connection.execute(_CHANGED, (change.account_id, change.kind, change.id, change.revision))

    def done(self, done: Sequence[Change]) -> None:
        """There is nothing more to do about these changes; a later one of the same definition stays."""
        self._connection.executemany(
            f"DELETE FROM definition_change WHERE {_ITS} AND number = ?",  # noqa: S608 - constants
            [(*change.definition, change.number) for change in done],
        )

    def recheck_held(self) -> None:
        """Has definitions whose timers are held looked at: a plugin may be back."""
        self._connection.execute(_RECHECK)

    def release(self, definition: DefinitionKey, limit: int) -> int:
        """Lets held timers come; how many."""
        return self._connection.execute(_RELEASE, (*definition, limit)).rowcount

    def hasten(self, definition: DefinitionKey, limit: int) -> int:
        """Has timers come due now; how many."""
        now = self._now()
        return self._connection.execute(_HASTEN, (now, *definition, now, limit)).rowcount

    def revise(self, change: Change, source: str, version: int, limit: int) -> int:
        """Adds routes for memories that follow another version, from where the change stands on; how many."""
        key = change.definition
        found = self._connection.execute(
            _FOLLOWERS, (*key, change.follows, change.memory_id, version, limit)
        ).fetchall()
        new: list[rows.Row] = []
        for _, _, object_type_id, object_id, blocked in found:
            about = (key.account_id, object_type_id, object_id, source, What.REVISED, key.kind, key.id)
            new.append((*about, 0, 0, "", 0, 0, self._now(), NEVER if blocked else 0, 0, ""))
        rows.insert(self._connection, "pending_route", ROUTE, new)
        if found:
            self._connection.execute(
                f"UPDATE definition_change SET follows = ?, memory_id = ? WHERE {_ITS} AND number = ?",  # noqa: S608 - constants
                (found[-1][1], found[-1][0], *key, change.number),
            )
        return len(found)

    def forget(self, definition: DefinitionKey, limit: int) -> int:
        """Deletes up to ``limit`` rows of each kind; how many, 0: nothing is left."""
        found = sum(self._connection.execute(each, (*definition, limit)).rowcount for each in _FORGET)
        if not found:
            for table in ("definition_version", "element_count"):
                self._connection.execute(f"DELETE FROM {table} WHERE {_ITS}", definition)  # noqa: S608 - constants
        return found
