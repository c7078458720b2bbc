"""What ingest leaves for stateful routing, in the transaction of the event: the object's newest state, and routes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain

import orjson

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.tags import changes_one, tags_after
from hookline_dispatcher.store.model import Intake, OwnRoute
from hookline_dispatcher.store.routing import ObjectKey, What

from . import rows

ROUTE = (
    "account_id, object_type_id, object_id, source, what, kind, definition_id, event_seq, hop, timer_key, due_time, "
    "attempts, create_time, retry_time, aside_time, reason"
)
# An event without a version counts by the order of commits, and says nothing of the version that is known.
_STATE = """
INSERT INTO object_state (account_id, object_type_id, object_id, version, data, tags) VALUES {values}
ON CONFLICT (account_id, object_type_id, object_id) DO UPDATE
SET version = max(version, excluded.version), data = excluded.data, tags = excluded.tags
WHERE excluded.version = 0 OR excluded.version >= version
"""
_TAGS = "SELECT tags FROM object_state WHERE account_id = ? AND object_type_id = ? AND object_id = ?"
_RETAG = "UPDATE object_state SET tags = ? WHERE account_id = ? AND object_type_id = ? AND object_id = ?"


class Arrivals:
    """Collects what a transaction is to write; runs on the writer's thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._states: list[rows.Row] = []
        self._routes: list[rows.Row] = []

    def add(self, seq: int, intake: Intake) -> None:
        """An event is stored."""
        event = intake.event
        if intake.tracked:
            known = self._known(event) if changes_one(event) else ()
            tags = _json(tags_after(event, known))
            self._states.append((*object_of(event), event.object_version, event.data, tags))
        told = [OwnRoute(source, 0, 0) for source in intake.routes]
        for source, kind, id_ in (*told, *intake.own_routes):
            whom = (source, What.EVENT, kind, id_)
            self._routes.append((*object_of(event), *whom, seq, intake.hop, "", 0, 0, intake.publish_time, 0, 0, ""))

    def _known(self, event: Event) -> Sequence[str]:
        """The tags that an object had before an event, behind what was collected."""
        self.flush()
        found = self._connection.execute(_TAGS, object_of(event)).fetchone()
        return orjson.loads(found[0]) if found else ()

    def retag(self, key: ObjectKey, add: Sequence[str], remove: Sequence[str]) -> None:
        """Changes the tags of an object whose state is kept, behind what was collected."""
        self.flush()
        found = self._connection.execute(_TAGS, key).fetchone()
        if found is None:
            return
        tags = [tag for tag in dict.fromkeys([*orjson.loads(found[0]), *add]) if tag not in remove]
        self._connection.execute(_RETAG, (_json(tags), *key))

    def flush(self) -> None:
        """Writes what was collected."""
        states, routes = self._states, self._routes
        self._states, self._routes = [], []
        for start in range(0, len(states), rows.CHUNK):
            chunk = states[start : start + rows.CHUNK]
            values = ",".join(["(?,?,?,?,?,?)"] * len(chunk))
            self._connection.execute(_STATE.format(values=values), list(chain.from_iterable(chunk)))
        if routes:
            rows.insert(self._connection, "pending_route", ROUTE, routes)

    def rolled_back(self) -> None:
        """Forgets what was collected."""
        self._states, self._routes = [], []


def object_of(event: Event) -> ObjectKey:
    """The object that an event is about."""
    return ObjectKey(event.account_id, event.object_type_id, event.object_id)


def _json(tags: Iterable[str]) -> str:
    return orjson.dumps(list(tags)).decode()
