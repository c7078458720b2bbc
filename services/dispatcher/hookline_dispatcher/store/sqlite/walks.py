"""Which indexes a list of deliveries walks along: those that meet every delivery that is asked for, and few others.

A walk says where to look, never what to show: the conditions of the filter hold for all that it meets. Each walk is in
the order of ids, as its index is; what no index has in that order is collected instead, where it is little.
"""

from __future__ import annotations

import re
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import MINUTE
from hookline_dispatcher.store.model import DeliveryFilter, TargetKey

from . import rows

FEW = 5000
"""Up to how many deliveries or events are rather collected than met on a longer walk."""
MANY_LANES = 50
"""From how many lanes on all deliveries of the account are walked along."""
SLACK = 10 * MINUTE
"""How far ids and create times may be out of step: what waited for its commit, a clock that was set back."""

Walk = tuple[str, tuple[object, ...]]
"""The index with its condition on ``delivery``, and the condition's parameters."""

_STATES = {
    State.WAITING: "INDEXED BY delivery_pending WHERE state = 1 AND state < 3 AND account_id = ?",
    State.IN_FLIGHT: "INDEXED BY delivery_pending WHERE state = 2 AND state < 3 AND account_id = ?",
    State.DEAD: "INDEXED BY delivery_dead WHERE state = 4 AND account_id = ?",
    State.CANCELLED: "INDEXED BY delivery_cancelled WHERE state = 5 AND account_id = ?",
}
_BY_EVENT = """
SELECT id FROM delivery INDEXED BY delivery_by_event WHERE event_seq IN (SELECT value FROM json_each(?)) ORDER BY id
"""
_TYPES = """
WITH RECURSIVE t (type) AS (
    SELECT min(object_type_id) FROM event INDEXED BY event_by_object WHERE account_id = ?1
    UNION ALL
    SELECT (SELECT min(object_type_id) FROM event INDEXED BY event_by_object
            WHERE account_id = ?1 AND object_type_id > t.type)
    FROM t WHERE t.type IS NOT NULL
)
SELECT type FROM t WHERE type IS NOT NULL LIMIT 200
"""
_OBJECT = """
SELECT seq FROM event INDEXED BY event_by_object WHERE account_id = ? AND object_type_id = ? AND object_id = ?
ORDER BY seq DESC LIMIT ?
"""
_FAMILY = """
WITH RECURSIVE f (id) AS (
    VALUES (?)
    UNION SELECT d.id FROM f
    JOIN delivery d INDEXED BY delivery_repeats ON d.redelivery_of = f.id AND d.redelivery_of > 0
)
SELECT id FROM f LIMIT 1000
"""
_MESSAGE = re.compile(r"msg_([0-9a-f]{8})([0-9a-f]{1,15})")


@dataclass(frozen=True, slots=True)
class Walks:
    """What is walked along together: indexes, and ids that were collected, the oldest first; neither: nothing fits."""

    along: Sequence[Walk] = ()
    ids: Sequence[int] = ()

    def next(self, connection: sqlite3.Connection, first: int, before: int, size: int) -> list[int]:
        """The newest ``size`` ids from ``first`` on and before ``before``, each once, the newest first."""
        near = self.ids[bisect_left(self.ids, first) : bisect_left(self.ids, before)][-size:]
        if not self.along:
            return list(reversed(near))
        one = "SELECT id FROM (SELECT id FROM delivery {} AND id < ? AND id >= ? ORDER BY id DESC LIMIT ?)"
        statement = " UNION ".join(one.format(condition) for condition, _ in self.along)
        parameters = [value for _, values in self.along for value in (*values, before, first, size)]
        found = _column(connection, f"{statement} ORDER BY 1 DESC LIMIT ?", (*parameters, size))
        return sorted({*found, *near}, reverse=True)[:size] if near else found

    def few(self, connection: sqlite3.Connection, first: int, before: int) -> bool:
        """Whether no more than ``FEW`` are met from ``first`` on and before ``before``."""
        left = FEW - (bisect_left(self.ids, before) - bisect_left(self.ids, first))
        for condition, values in self.along:
            statement = f"SELECT count(*) FROM (SELECT 1 FROM delivery {condition} AND id < ? AND id >= ? LIMIT ?)"  # noqa: S608 - constants
            left -= connection.execute(statement, (*values, before, first, FEW + 1)).fetchone()[0]
            if left < 0:
                return False
        return left >= 0


@dataclass(frozen=True, slots=True)
class Text:
    """What a text names: deliveries, events, lanes; and what it is looked for as within reasons."""

    ids: Sequence[int]
    seqs: Sequence[int]
    lanes: Sequence[int]
    lower: str


def read_text(connection: sqlite3.Connection, account_id: int, which: DeliveryFilter, installation: str) -> Text:
    """What the filter's text names; a name of another account's names nothing that a walk would show."""
    text = which.text
    ids = [int(text)] if text.isascii() and text.isdigit() and len(text) < 19 else []
    found = _MESSAGE.fullmatch(text)
    if found and found[1] == installation:
        ids += [row[0] for row in connection.execute(_FAMILY, (int(found[2], 16),))]
    seqs = _column(connection, "SELECT seq FROM event WHERE account_id = ? AND id = ?", (account_id, text))
    seqs += objects_events(connection, account_id, None, text)[:FEW]
    lanes = _column(
        connection,
        "SELECT l.id FROM json_each(?) j CROSS JOIN lane l ON l.account_id = ? AND l.kind = j.value ->> 0 "
        "AND l.target_id = j.value ->> 1",
        (rows.keys([each.kind, each.id] for each in which.text_targets), account_id),
    )
    return Text(ids, seqs, lanes, text.encode().lower().decode())


def objects_events(connection: sqlite3.Connection, account_id: int, kind: int | None, object_id: str) -> list[int]:
    """The newest events of an object, or of all objects with this id; more than ``FEW`` of them are not all."""
    kinds = _column(connection, _TYPES, (account_id,)) if kind is None else [kind]
    found: list[int] = []
    for each in kinds:
        found += _column(connection, _OBJECT, (account_id, each, object_id, FEW + 1))
    return found


def walks_of(connection: sqlite3.Connection, account_id: int, which: DeliveryFilter, text: Text | None) -> Walks:
    """The walks that together meet each delivery that the filter keeps."""
    if which.event_id:
        seqs = _column(
            connection, "SELECT seq FROM event WHERE account_id = ? AND id = ?", (account_id, which.event_id)
        )
        return Walks(ids=_fired(connection, seqs))
    if which.object_id:
        seqs = objects_events(connection, account_id, which.object_type_id, which.object_id)
        if len(seqs) <= FEW:
            return Walks(ids=_fired(connection, seqs))
    if which.fired_by:
        firer = "INDEXED BY delivery_by_firer WHERE fired_by <> '' AND account_id = ? AND fired_by = ?"
        return Walks([(firer, (account_id, which.fired_by))])
    return _of_states(connection, account_id, which, text)


def _of_states(connection: sqlite3.Connection, account_id: int, which: DeliveryFilter, text: Text | None) -> Walks:
    counts = dict(connection.execute("SELECT state, number FROM delivery_count WHERE account_id = ?", (account_id,)))
    states = [state for state in which.states or tuple(State) if counts.get(int(state), 0)]
    along = _along(account_id, states)
    if which.target is not None:
        if along is not None and sum(counts[int(state)] for state in states) <= FEW:
            return Walks(along)
        lane_id = lane_of(connection, which.target)
        return Walks([_lane(lane_id)] if lane_id else ())
    if along is not None:
        return Walks(along)
    if text is not None and len(text.lanes) < MANY_LANES:
        # What was delivered has no reason to look into: it is met through what the text names.
        ids = sorted({*text.ids, *_fired(connection, text.seqs)})
        failed = _along(account_id, [state for state in states if state is not State.DELIVERED]) or []
        return Walks([*map(_lane, text.lanes), *failed], ids)
    return Walks([("INDEXED BY delivery_by_account WHERE account_id = ?", (account_id,))])


def _fired(connection: sqlite3.Connection, seqs: Sequence[int]) -> list[int]:
    """The deliveries of events."""
    return _column(connection, _BY_EVENT, (rows.keys(seqs),))


def _along(account_id: int, states: Iterable[State]) -> list[Walk] | None:
    """The walks along these states; None where one of them has no index."""
    wanted = list(states)
    if State.DELIVERED in wanted:
        return None
    return [(_STATES[state], (account_id,)) for state in wanted]


def _lane(lane_id: int) -> Walk:
    return "INDEXED BY delivery_by_lane WHERE lane_id = ?", (lane_id,)


def lane_of(connection: sqlite3.Connection, target: TargetKey) -> int:
    """The lane of a target; 0: nothing was ever fired at it."""
    which = "SELECT id FROM lane WHERE account_id = ? AND kind = ? AND target_id = ?"
    return next(iter(_column(connection, which, target)), 0)


def id_at(connection: sqlite3.Connection, time: int) -> int:
    """The first id whose delivery was created at ``time`` or later, as far as ids and times are in step."""
    low, high = 0, (connection.execute("SELECT max(id) FROM delivery").fetchone()[0] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(
            "SELECT id, create_time FROM delivery WHERE id >= ? ORDER BY id LIMIT 1", (middle,)
        ).fetchone()
        if row is None or row[1] >= time:
            high = middle
        else:
            low = row[0] + 1
    return low


def _column(connection: sqlite3.Connection, statement: str, parameters: Sequence[object]) -> list[int]:
    return [row[0] for row in connection.execute(statement, parameters)]
