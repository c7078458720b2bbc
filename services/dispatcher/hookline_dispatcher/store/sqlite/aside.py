"""Routes that were set aside: a page of them, one or many told again, one dropped."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.store.aside import AsideOf, AsidePlace, AsideRoute
from hookline_dispatcher.store.routing import ObjectKey, Post, Route, What

from . import rows
from .turns import NEXT

_PLACE = "r.kind, r.definition_id, r.object_type_id, r.object_id, r.id"
_FROM = "FROM pending_route r INDEXED BY route_aside_own"
_ALL = f"WHERE r.account_id = ? AND r.aside_time > 0 AND ({_PLACE}) > (?, ?, ?, ?, ?)"
_OF = """
WHERE r.account_id = ? AND r.aside_time > 0 AND r.kind = ? AND r.definition_id = ? AND r.source IN (?, '')
    AND (r.object_type_id, r.object_id, r.id) > (?, ?, ?)
"""
_PAGE = f"""
SELECT r.id, r.account_id, r.object_type_id, r.object_id, r.source, r.what, r.kind, r.definition_id, r.event_seq, r.hop,
    r.timer_key, r.due_time, r.attempts, r.create_time, r.reason, r.aside_time, coalesce(e.id, ''), coalesce(e.type, '')
{_FROM} LEFT JOIN event e ON e.seq = r.event_seq
"""
_POST = "account_id, kind, definition_id, object_type_id, object_id"
_AGAIN = """
UPDATE pending_route SET aside_time = 0, attempts = 0, retry_time = 0 WHERE id IN (SELECT value FROM json_each(?))
"""
_BEHIND = f"""
UPDATE pending_route SET retry_time = {NEVER} WHERE id IN (
    SELECT id FROM pending_route INDEXED BY route_own WHERE likely(kind > 0) AND account_id = ? AND kind = ?
        AND definition_id = ? AND object_type_id = ? AND object_id = ? AND aside_time = 0
)
"""  # noqa: S608 - constants


def page(account_id: int, which: AsideOf | None, after: AsidePlace, limit: int) -> tuple[str, tuple[object, ...]]:
    """The statement that reads a page, with its parameters."""
    if which is None:
        return f"{_PAGE} {_ALL} ORDER BY {_PLACE} LIMIT ?", (account_id, *after, limit)
    statement = f"{_PAGE} {_OF} ORDER BY r.object_type_id, r.object_id, r.id LIMIT ?"
    return statement, (*_whose(account_id, which), *after[2:], limit)


def route_of(row: Sequence[Any]) -> AsideRoute:
    """A row of a page."""
    id_, account, object_type, object_id, source, what, *rest = row
    kind, definition_id, seq, hop, key, due, attempts, create_time, reason, aside_time, event_id, event_type = rest
    about = ObjectKey(account, object_type, object_id)
    route = Route(id_, about, source, What(what), kind, definition_id, seq, hop, key, due, attempts, create_time)
    return AsideRoute(route, reason, aside_time, event_id, event_type)


class Repeater:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def one(self, account_id: int, route_id: int) -> bool:
        """Has one told again."""
        found = self._connection.execute(
            f"SELECT {_POST} FROM pending_route WHERE id = ? AND account_id = ? AND aside_time > 0",  # noqa: S608 - constants
            (route_id, account_id),
        ).fetchone()
        if found is None:
            return False
        self._again([route_id], [Post(*found)])
        return True

    def many(self, account_id: int, which: AsideOf, after: AsidePlace, limit: int) -> tuple[int, AsidePlace | None]:
        """Has those behind a place told again: how many, and where to go on; None: nowhere."""
        columns = f"r.id, r.object_type_id, r.object_id {_FROM} {_OF}"
        found = self._connection.execute(
            f"SELECT {columns} ORDER BY r.object_type_id, r.object_id, r.id LIMIT ?",
            (*_whose(account_id, which), *after[2:], limit),
        ).fetchall()
        posts = {Post(account_id, which.kind, which.definition_id, *about) for _, *about in found}
        self._again([id_ for id_, *_ in found], posts)
        if len(found) < limit:
            return len(found), None
        id_, object_type_id, object_id = found[-1]
        return limit, AsidePlace(which.kind, which.definition_id, object_type_id, object_id, id_)

    def drop(self, account_id: int, route_id: int) -> bool:
        """Deletes one. Nothing waits behind what is set aside, so nothing has to be woken."""
        done = self._connection.execute(
            "DELETE FROM pending_route WHERE id = ? AND account_id = ? AND aside_time > 0", (route_id, account_id)
        )
        return done.rowcount == 1

    def _again(self, route_ids: Iterable[int], posts: Iterable[Post]) -> None:
        """What is for all definitions of a source is told like a new one; the rest in its order for its definition."""
        self._connection.execute(_AGAIN, (rows.keys(route_ids),))
        for post in posts:
            if post.kind:
                self._connection.execute(_BEHIND, post)
                self._connection.execute(NEXT, post)


def _whose(account_id: int, which: AsideOf) -> tuple[object, ...]:
    return (account_id, which.kind, which.definition_id, which.source)
