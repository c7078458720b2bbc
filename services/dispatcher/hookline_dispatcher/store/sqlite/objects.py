"""One object in the embedded store: under which definitions anything is kept of it, what that is, and its end.

No index leads from an object to its definitions, for every commit would pay for one. Instead the definitions of the
account are walked along the indexes that there are, from each to the next, and the object is looked up under each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import orjson

from hookline_dispatcher.store.objects import Erased, Standing
from hookline_dispatcher.store.routing import ObjectKey, Post

from . import rows

MOST_ELEMENTS = 10
"""At how many elements of one definition an object is shown to be; on a map it is at one."""

_ITS = "account_id = ? AND kind = ? AND definition_id = ? AND object_type_id = ? AND object_id = ?"
_WAITING = "pending_route INDEXED BY route_own", "likely(kind > 0) AND aside_time = 0"
_ASIDE = "pending_route INDEXED BY route_aside_own", "kind > 0 AND aside_time > 0"
_KEPT = (("memory", "TRUE"), ("timer", "TRUE"), ("element", "TRUE"), _WAITING, _ASIDE)
"""Where something of an object is kept under a definition."""
_AFTER = """
SELECT {column} FROM {table} WHERE {which} AND account_id = ?1 AND (kind, definition_id) > (d.kind, d.id)
ORDER BY kind, definition_id LIMIT 1
"""
_WALK = """
WITH RECURSIVE d (kind, id) AS (SELECT 0, 0 UNION ALL SELECT ({kind}), ({id}) FROM d WHERE d.kind IS NOT NULL)
SELECT kind, id FROM d WHERE EXISTS (
    SELECT 1 FROM {table} WHERE {which} AND account_id = ?1 AND kind = d.kind AND definition_id = d.id
        AND object_type_id = ?2 AND object_id = ?3
)
"""
_STANDING = f"""
SELECT
    (SELECT json_group_array(element) FROM (
        SELECT element FROM element WHERE {_ITS} AND element <> '' AND present > 0
        ORDER BY element LIMIT {MOST_ELEMENTS}
    )),
    (SELECT due_time FROM timer WHERE {_ITS} ORDER BY due_time LIMIT 1),
    (SELECT held FROM timer WHERE {_ITS} ORDER BY due_time LIMIT 1),
    (SELECT count(*) FROM {_WAITING[0]} WHERE {_WAITING[1]} AND {_ITS}),
    (SELECT count(*) FROM {_ASIDE[0]} WHERE {_ASIDE[1]} AND {_ITS})
"""  # noqa: S608 - constants
_UNTOLD = """
SELECT r.id FROM event e INDEXED BY event_by_object JOIN pending_route r INDEXED BY route_by_event
    ON r.event_seq = e.seq AND r.kind = 0
WHERE e.account_id = ? AND e.object_type_id = ? AND e.object_id = ? LIMIT ?
"""
# No event's object has an id with a line feed. What counts on a map goes by the ids of rows.
_NAMELESS = f"UPDATE element SET object_id = char(10) || id WHERE {_ITS}"  # noqa: S608 - constants


def posts_of(connection: sqlite3.Connection, key: ObjectKey) -> list[Post]:
    """Where anything is kept of an object, in the order of kind and id."""
    account_id, object_type_id, object_id = key
    return sorted(
        {
            Post(account_id, kind, definition_id, object_type_id, object_id)
            for table, which in _KEPT
            for kind, definition_id in connection.execute(_walk(table, which), key)
        }
    )


def _walk(table: str, which: str) -> str:
    kind, id_ = (_AFTER.format(column=column, table=table, which=which) for column in ("kind", "definition_id"))
    return _WALK.format(kind=kind, id=id_, table=table, which=which)


def standing_of(connection: sqlite3.Connection, post: Post) -> Standing:
    """What is kept of an object under one definition."""
    elements, due, held, waiting, aside = connection.execute(_STANDING, post * 5).fetchone()
    return Standing(post, tuple(orjson.loads(elements)), due or 0, bool(held), waiting, aside)


def untold_of(connection: sqlite3.Connection, key: ObjectKey, limit: int) -> list[int]:
    """Routes that are for every definition that an event of the object concerns."""
    return [row[0] for row in connection.execute(_UNTOLD, (*key, limit))]


class Eraser:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def step(self, key: ObjectKey, posts: Iterable[Post], route_ids: Iterable[int]) -> Erased:
        """Erases these routes, the object's state, and what these definitions keep, each as a whole."""
        untold = self._delete("pending_route WHERE id IN (SELECT value FROM json_each(?))", (rows.keys(route_ids),))
        states = self._delete("object_state WHERE account_id = ? AND object_type_id = ? AND object_id = ?", key)
        erased = Erased(states=states, routes=untold)
        for post in posts:
            erased = erased.plus(self._post(post))
        return erased

    def _post(self, post: Post) -> Erased:
        self._connection.execute(f"UPDATE element SET present = 0 WHERE {_ITS} AND element <> '' AND present > 0", post)  # noqa: S608 - constants
        return Erased(
            routes=sum(self._delete(f"{table} WHERE {which} AND {_ITS}", post) for table, which in (_WAITING, _ASIDE)),
            timers=self._delete(f"timer WHERE {_ITS}", post),
            memories=self._delete(f"memory WHERE {_ITS}", post),
            elements=self._connection.execute(_NAMELESS, post).rowcount,
        )

    def _delete(self, which: str, parameters: Iterable[object]) -> int:
        return self._connection.execute(f"DELETE FROM {which}", tuple(parameters)).rowcount  # noqa: S608 - constants
