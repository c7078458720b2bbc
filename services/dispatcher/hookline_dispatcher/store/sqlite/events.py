"""The events of what is claimed: those of late from memory, the others from the file.

An event never changes and its seq is never given twice, so what is kept here is right for as long as it is kept; it
need not follow a rollback or retention.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from hookline_dispatcher.core.event import Event

from . import rows

MOST_BYTES = 16 * 1024 * 1024
EVENT_BYTES = 2_048
"""What an event takes up beside its data, about."""

EVENT_COLUMNS = (
    "e.account_id, e.id, e.type, e.object_type_id, e.object_id, e.data, e.params, e.object_version, "
    "e.changed_fields, e.tags, e.occurred_time, e.ordering_key"
)
_BY_SEQ = rows.select(
    "e.seq, " + EVENT_COLUMNS.replace("e.data", "CAST(e.data AS TEXT)"),
    "FROM json_each(?) j JOIN event e ON e.seq = j.value",
)


def event_of(row: tuple[Any, ...]) -> Event:
    """An event from a row of EVENT_COLUMNS."""
    account, id_, type_, kind, object_id, data, params, version, changed, tags, occurred, key = row
    data = data.encode() if isinstance(data, str) else data
    named: Mapping[str, str] = orjson.loads(params)
    changed, tags = tuple(orjson.loads(changed)), tuple(orjson.loads(tags))
    return Event(account, id_, type_, kind, object_id, data, named, version, changed, tags, occurred, key)


class Events:
    """Keeps the events whose deliveries went to wait last, up to ``most_bytes``; used on the writer's thread alone."""

    def __init__(self, connection: sqlite3.Connection, most_bytes: int = MOST_BYTES) -> None:
        self._connection = connection
        self._room = most_bytes
        # A plain dict would look through the places of all that were forgotten to find the oldest one left.
        self._kept: OrderedDict[int, Event] = OrderedDict()

    def keep(self, seq: int, event: Event) -> None:
        """Keeps an event, and forgets those that were kept first where it has no room."""
        self._kept[seq] = event
        self._room -= EVENT_BYTES + len(event.data)
        while self._room < 0:
            _, oldest = self._kept.popitem(last=False)
            self._room += EVENT_BYTES + len(oldest.data)

    def of(self, seqs: Iterable[int]) -> Mapping[int, Event]:
        """The events with these seqs."""
        wanted = set(seqs)
        found = {seq: self._kept[seq] for seq in wanted if seq in self._kept}
        if missing := wanted - found.keys():
            read = rows.table(self._connection, _BY_SEQ, (rows.keys(missing),))
            found.update((seq, event_of(tuple(event))) for seq, *event in read)
        return found
