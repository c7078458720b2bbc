"""What the router asks of the embedded store: reads on the readers' threads, turns and sweeps through the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from typing import Any

import orjson

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.store.model import ConfigRow, IntakeResult
from hookline_dispatcher.store.routing import (
    Change,
    Counted,
    CountedPage,
    DefinitionKey,
    DueTimer,
    ElementCount,
    ObjectKey,
    Post,
    Route,
    RouteFigures,
    StoredMemory,
    StoredObject,
    Turn,
    What,
    Work,
)

from . import rows
from .counted import counted_page
from .events import EVENT_COLUMNS, event_of
from .firing_keys import key_digest
from .read import Reader

_ROUTE = """
SELECT id, account_id, object_type_id, object_id, source, what, kind, definition_id, event_seq, hop, timer_key,
    due_time, attempts, create_time
FROM pending_route INDEXED BY route_due WHERE aside_time = 0
"""
_NEW = _ROUTE + "AND retry_time = 0 ORDER BY id LIMIT ?"
_AGAIN = _ROUTE + "AND retry_time > 0 AND retry_time <= ? ORDER BY retry_time LIMIT ?"
_TIMERS = """
SELECT account_id, kind, definition_id, object_type_id, object_id, key, due_time, hop
FROM timer INDEXED BY timer_due WHERE held = 0 AND due_time <= ? ORDER BY due_time LIMIT ?
"""
_NEXT_TIMER = "SELECT min(due_time) FROM timer INDEXED BY timer_due WHERE held = 0"
_NEXT_RETRY = "SELECT min(retry_time) FROM pending_route INDEXED BY route_due WHERE aside_time = 0 AND retry_time > ?"
_EVENTS = f"SELECT e.seq, {EVENT_COLUMNS} FROM json_each(?) j JOIN event e ON e.seq = j.value"  # noqa: S608 - constants
# Without likely(), which says nothing new, the planner looks at every route of its own that the account has.
_MEMORIES = """
SELECT j.key, m.row_version, m.body, m.follows, EXISTS (
    SELECT 1 FROM pending_route r INDEXED BY route_own
    WHERE likely(r.kind > 0) AND r.aside_time = 0 AND r.account_id = j.value ->> 0 AND r.kind = j.value ->> 1
        AND r.definition_id = j.value ->> 2 AND r.object_type_id = j.value ->> 3 AND r.object_id = j.value ->> 4
)
FROM json_each(?) j LEFT JOIN memory m ON m.account_id = j.value ->> 0 AND m.kind = j.value ->> 1
    AND m.definition_id = j.value ->> 2 AND m.object_type_id = j.value ->> 3 AND m.object_id = j.value ->> 4
"""
_OBJECTS = """
SELECT j.key, o.data, o.tags, o.version
FROM json_each(?) j JOIN object_state o ON o.account_id = j.value ->> 0 AND o.object_type_id = j.value ->> 1
    AND o.object_id = j.value ->> 2
"""
# Ids of the system's events hold a blank: a target's number is no contact's, and a snapshot is of what was before.
_NEWEST = """
SELECT j.key, e.data, e.tags, e.object_version
FROM json_each(?) j LEFT JOIN object_state o ON o.account_id = j.value ->> 0 AND o.object_type_id = j.value ->> 1
    AND o.object_id = j.value ->> 2
JOIN event e ON e.seq = (
    SELECT seq FROM event INDEXED BY event_by_object
    WHERE account_id = j.value ->> 0 AND object_type_id = j.value ->> 1 AND object_id = j.value ->> 2
        AND (object_version = 0 OR object_version >= coalesce(o.version, 0)) AND instr(id, ' ') = 0
    ORDER BY seq DESC LIMIT 1
)
"""
_NAMED_EVENTS = f"""
SELECT j.key, e.seq, {EVENT_COLUMNS}
FROM json_each(?) j JOIN event e ON e.account_id = j.value ->> 0 AND e.id = j.value ->> 1
"""  # noqa: S608 - constants
_FIGURES = """
SELECT
    (SELECT count(*) FROM pending_route INDEXED BY route_due WHERE aside_time = 0),
    (SELECT create_time FROM pending_route INDEXED BY route_due WHERE aside_time = 0 ORDER BY retry_time LIMIT 1),
    (SELECT count(*) FROM pending_route INDEXED BY route_aside WHERE aside_time > 0),
    (SELECT count(*) FROM timer)
"""
_COUNTS = """
SELECT element, reached, present, reached - present, on_its_way, sent, failed FROM element_count
WHERE account_id = ? AND kind = ? AND definition_id = ?
"""
_NAMED = f"{_COUNTS} AND element IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants
_OTHERS = f"""
{_COUNTS} AND element > ? AND element NOT IN (SELECT value FROM json_each(?)) ORDER BY element LIMIT ?
"""  # noqa: S608 - constants


def _route(row: Sequence[Any]) -> Route:
    id_, account, object_type, object_id, source, what, *rest = row
    return Route(id_, ObjectKey(account, object_type, object_id), source, What(what), *rest)


class StatefulStore(Reader):
    """The embedded store, as far as the router needs it."""

    _routed: Callable[[], None] = staticmethod(lambda: None)

    async def _do(self, kind: str, payload: Any, rows: int = 1, after: Callable[[Any], None] | None = None) -> Any:
        raise NotImplementedError

    def on_routed(self, callback: Callable[[], None]) -> None:
        """Calls back after a commit that left routes or changes of definitions."""
        self._routed = callback

    async def work(self, now: int, limit: int) -> Work:
        """What is to be done now."""

        def read(connection: sqlite3.Connection) -> Work:
            connection.execute("BEGIN")
            try:
                return _work(connection, now, limit)
            finally:
                connection.execute("COMMIT")

        return await self._run(read)

    async def memories(self, posts: Collection[Post]) -> dict[Post, StoredMemory]:
        """What is remembered."""
        asked = list(posts)
        found = await self._all(_MEMORIES, rows.keys(map(tuple, asked)))
        return {
            asked[index]: StoredMemory(version or 0, body, follows or 0, bool(blocked))
            for index, version, body, follows, blocked in found
            if version or blocked
        }

    async def objects(self, keys: Collection[ObjectKey]) -> dict[ObjectKey, StoredObject]:
        """The newest of these objects."""
        return await self._objects(_OBJECTS, keys)

    async def newest(self, keys: Collection[ObjectKey]) -> dict[ObjectKey, StoredObject]:
        """The newest of these objects by the events that are stored."""
        return await self._objects(_NEWEST, keys)

    async def _objects(self, statement: str, keys: Collection[ObjectKey]) -> dict[ObjectKey, StoredObject]:
        asked = list(keys)
        found = await self._all(statement, rows.keys(map(tuple, asked)))
        return {
            asked[index]: StoredObject(bytes(data), tuple(orjson.loads(tags)), version)
            for index, data, tags, version in found
        }

    async def fired_keys(self, source: str, post: Post, keys: Collection[str]) -> set[str]:
        """Those of the keys that have fired."""
        digests = {key_digest(source, post, key): key for key in keys}
        holes = ",".join("?" * len(digests))
        found = await self._all(f"SELECT digest FROM firing_key WHERE digest IN ({holes})", *digests)  # noqa: S608 - holes
        return {digests[digest] for (digest,) in found}

    async def named(self, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[int, Event]]:
        """Events by account and id, each with its seq; those that are not there are left out."""
        asked = list(keys)
        found = await self._all(_NAMED_EVENTS, rows.keys(asked))
        return {asked[index]: (seq, event_of(tuple(event))) for index, seq, *event in found}

    async def changes(self, limit: int) -> list[Change]:
        """Definitions that have changed."""
        found = await self._all(
            "SELECT account_id, kind, definition_id, number, follows, memory_id FROM definition_change LIMIT ?", limit
        )
        return [Change(DefinitionKey(*row[:3]), *row[3:]) for row in found]

    async def version_of(self, definition: DefinitionKey, version: int) -> ConfigRow | None:
        """A body of that version."""
        found = await self.config(
            "account_id = ? AND kind = ? AND id = ? AND deleted = 0 AND revision = (SELECT revision "
            "FROM definition_version WHERE account_id = ? AND kind = ? AND definition_id = ? AND version = ?)",
            *definition,
            *definition,
            version,
        )
        return found[0] if found else None

    async def route_figures(self) -> RouteFigures:
        """How much waits."""
        ((waiting, oldest, aside, timers),) = await self._all(_FIGURES)
        return RouteFigures(waiting, oldest or 0, aside, timers)

    async def element_counts(self, definition: DefinitionKey, named: Collection[str]) -> list[ElementCount]:
        """The counts of these elements."""
        return [ElementCount(*row) for row in await self._all(_NAMED, *definition, rows.keys(named))]

    async def other_counts(
        self, definition: DefinitionKey, named: Collection[str], after: str, limit: int
    ) -> list[ElementCount]:
        """The counts of other elements."""
        found = await self._all(_OTHERS, *definition, after, rows.keys(named), limit)
        return [ElementCount(*row) for row in found]

    async def counted(
        self, definition: DefinitionKey, element: str, which: Counted, after: int, limit: int
    ) -> CountedPage:
        """The objects behind a count."""
        return await self._run(lambda connection: counted_page(connection, definition, element, which, after, limit))

    async def take_turns(self, turns: Sequence[Turn]) -> list[IntakeResult]:
        """Commits turns."""
        found: list[IntakeResult] = await self._do("turns", (turns,), len(turns))
        return found

    async def changed_done(self, done: Sequence[Change]) -> None:
        """There is nothing more to do about these changes."""
        await self._do("changed_done", (done,), len(done))

    async def recheck_held(self) -> None:
        """Has definitions whose timers are held looked at as if they had changed."""
        await self._do("recheck_held", ())

    async def release(self, definition: DefinitionKey, limit: int) -> int:
        """Lets held timers come."""
        return int(await self._do("release", (definition, limit), limit))

    async def hasten(self, definition: DefinitionKey, limit: int) -> int:
        """Has timers come due now."""
        return int(await self._do("hasten", (definition, limit), limit))

    async def revise(self, change: Change, source: str, version: int, limit: int) -> int:
        """Adds routes for memories that follow another version."""
        return int(await self._do("revise", (change, source, version, limit), limit))

    async def forget(self, definition: DefinitionKey, limit: int) -> int:
        """Deletes what is kept of a definition that is gone."""
        return int(await self._do("forget", (definition, limit), limit))


def _work(connection: sqlite3.Connection, now: int, limit: int) -> Work:
    found = connection.execute(_AGAIN, (now, limit)).fetchall()
    found += connection.execute(_NEW, (limit,)).fetchall()
    routes = tuple([_route(row) for row in found])
    timers = tuple([DueTimer(Post(*row[:5]), *row[5:]) for row in connection.execute(_TIMERS, (now, limit))])
    seqs = rows.keys({route.event_seq for route in routes if route.event_seq})
    events: dict[int, Event] = {row[0]: event_of(row[1:]) for row in connection.execute(_EVENTS, (seqs,))}
    times = (connection.execute(_NEXT_TIMER).fetchone()[0], connection.execute(_NEXT_RETRY, (now,)).fetchone()[0])
    return Work(routes, timers, events, min(time if time is not None else NEVER for time in times))
