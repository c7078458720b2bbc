"""What a list asks for, as conditions, with the index that serves it best."""

from __future__ import annotations

from hookline_dispatcher.core import snapshot
from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.store.model import DeliveryFilter, EventFilter

from . import rows

NEWEST = 1 << 62


def event_where(account_id: int, which: EventFilter, before: int) -> tuple[str, list[object]]:
    """The condition on ``event e`` and its parameters; ``before`` 0 begins at the newest."""
    terms, parameters = ["e.account_id = ?", "e.seq < ?"], [account_id, before or NEWEST]
    index = "event_by_account"
    wanted: list[tuple[str, object]] = []
    if which.type:
        wanted.append(("e.type = ?", which.type))
    if which.object_type_id is not None:
        wanted.append(("e.object_type_id = ?", which.object_type_id))
    if which.object_id:
        # Of all objects of a type the index would have to be sorted; of one object it is in order.
        index = "event_by_object" if which.object_type_id is not None else index
        wanted.append(("e.object_id = ?", which.object_id))
    if not which.snapshots:
        wanted.append(("instr(e.id, ?) = 0", snapshot.MARK))
    terms += [term for term, _ in wanted]
    return f"INDEXED BY {index} WHERE {' AND '.join(terms)}", [*parameters, *(value for _, value in wanted)]


def delivery_where(account_id: int, which: DeliveryFilter, before: int) -> tuple[str, str, list[object]]:
    """The index, the condition on ``delivery d`` and its parameters; ``before`` 0 begins at the newest."""
    terms = [Term("d.account_id = ? AND d.id < ?", account_id, before or NEWEST)]
    terms += [term for term in (*_of_event(account_id, which), *_of_delivery(account_id, which)) if term.wanted]
    condition, index = " AND ".join(term.text for term in terms), _index(which)
    if index in PARTIAL:
        condition += f" AND {PARTIAL[index]}"
    return f"INDEXED BY {index}", f"WHERE {condition}", [value for term in terms for value in term.values]


class Term:
    """A condition and its parameters, wanted or not."""

    def __init__(self, text: str, *values: object, wanted: bool = True) -> None:
        self.text, self.values, self.wanted = text, values, wanted


def _of_event(account_id: int, which: DeliveryFilter) -> list[Term]:
    kind, object_id = which.object_type_id, which.object_id
    one_object = "d.event_seq IN (SELECT seq FROM event WHERE account_id = ? AND object_type_id = ? AND object_id = ?)"
    one_event = "d.event_seq = (SELECT seq FROM event WHERE account_id = ? AND id = ?)"
    return [
        Term(one_event, account_id, which.event_id, wanted=bool(which.event_id)),
        Term("e.type = ?", which.event_type, wanted=bool(which.event_type)),
        Term("e.object_type_id = ?", kind, wanted=kind is not None),
        Term("e.object_id = ?", object_id, wanted=bool(object_id)),
        Term(one_object, account_id, kind, object_id, wanted=kind is not None and bool(object_id)),
    ]


def _of_delivery(account_id: int, which: DeliveryFilter) -> list[Term]:
    kind, target_id = (which.target.kind, which.target.id) if which.target else (0, 0)
    lane = "d.lane_id = (SELECT id FROM lane WHERE account_id = ? AND kind = ? AND target_id = ?)"
    states = "d.state IN (SELECT value FROM json_each(?))"
    return [
        Term(states, rows.keys(which.states), wanted=bool(which.states)),
        Term(lane, account_id, kind, target_id, wanted=which.target is not None),
        Term("d.fired_by = ?", which.fired_by, wanted=bool(which.fired_by)),
        Term("l.kind = ?", which.target_kind, wanted=bool(which.target_kind)),
        Term("d.create_time >= ?", which.since_time, wanted=bool(which.since_time)),
        Term("d.create_time < ?", which.until_time, wanted=bool(which.until_time)),
    ]


PARTIAL = {
    "delivery_dead": "d.state = 4",
    "delivery_cancelled": "d.state = 5",
    "delivery_by_firer": "d.fired_by <> ''",
}
"""Indexes over part of the table, with the condition that allows their use."""


def _index(which: DeliveryFilter) -> str:
    if which.event_id or (which.object_type_id is not None and which.object_id):
        return "delivery_by_event"
    if which.fired_by:
        return "delivery_by_firer"
    if which.target is not None:
        return "delivery_by_lane"
    if which.states == (State.DEAD,):
        return "delivery_dead"
    if which.states == (State.CANCELLED,):
        return "delivery_cancelled"
    return "delivery_by_account"
