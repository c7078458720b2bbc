"""What a list asks for, as conditions, with the index that serves it best."""

from __future__ import annotations

from hookline_dispatcher.core import snapshot
from hookline_dispatcher.store.model import DeliveryFilter, EventFilter

from . import rows
from .named import Text

NEWEST = 1 << 62
_AMONG = "IN (SELECT value FROM json_each(?))"
# The plus signs keep SQLite from walking along an index for each of these instead of along the ids that it is given.
_TEXT = f"(+d.id {_AMONG} OR +d.event_seq {_AMONG} OR +d.lane_id {_AMONG} OR instr(lower(d.reason), ?) > 0)"


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


def delivery_terms(account_id: int, which: DeliveryFilter, text: Text | None) -> tuple[str, list[object]]:
    """The condition on ``delivery d``, its event ``e`` and its lane ``l``, and its parameters."""
    terms = [Term("d.account_id = ?", account_id)]
    terms += [term for term in (*_of_event(which), *_of_delivery(account_id, which)) if term.wanted]
    if text is not None:
        named = (rows.keys(text.ids), rows.keys(text.seqs), rows.keys(text.lanes), text.lower)
        terms.append(Term(_TEXT, *named))
    return " AND ".join(term.text for term in terms), [value for term in terms for value in term.values]


class Term:
    """A condition and its parameters, wanted or not."""

    def __init__(self, text: str, *values: object, wanted: bool = True) -> None:
        self.text, self.values, self.wanted = text, values, wanted


def _of_event(which: DeliveryFilter) -> list[Term]:
    kind, object_id = which.object_type_id, which.object_id
    return [
        Term("e.id = ?", which.event_id, wanted=bool(which.event_id)),
        Term("e.type = ?", which.event_type, wanted=bool(which.event_type)),
        Term("e.object_type_id = ?", kind, wanted=kind is not None),
        Term("e.object_id = ?", object_id, wanted=bool(object_id)),
    ]


def _of_delivery(account_id: int, which: DeliveryFilter) -> list[Term]:
    kind, target_id = (which.target.kind, which.target.id) if which.target else (0, 0)
    lane = "d.lane_id = (SELECT id FROM lane WHERE account_id = ? AND kind = ? AND target_id = ?)"
    states = "d.state IN (SELECT value FROM json_each(?))"
    if which.retrying:
        states = f"({states} OR d.state = 1 AND d.attempts > 0)"
    return [
        Term(states, rows.keys(which.states), wanted=bool(which.states) or which.retrying),
        Term(lane, account_id, kind, target_id, wanted=which.target is not None),
        Term("d.fired_by = ?", which.fired_by, wanted=bool(which.fired_by)),
        Term("l.kind = ?", which.target_kind, wanted=bool(which.target_kind)),
        Term("d.create_time >= ?", which.since_time, wanted=bool(which.since_time)),
        Term("d.create_time < ?", which.until_time, wanted=bool(which.until_time)),
    ]
