"""From a definition to the elements of a map, each read by itself; `graph.py` sees to what they are together."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hookline_builtin.campaign.elements import (
    Change,
    Element,
    End,
    Entry,
    Fork,
    Goal,
    Send,
    Span,
    Split,
    TagChange,
    TimeOfDay,
    Unit,
    Until,
    UntilDate,
    UntilField,
    Wait,
    WhenMissing,
)
from hookline_builtin.campaign.language import read_condition, read_triggers
from hookline_builtin.campaign.node import Node
from hookline_builtin.triggers.settle import MAX_LONGEST, MAX_QUIET, TIMES_QUIET
from hookline_plugin.encoder import Value
from hookline_plugin.trigger import Decision, Happening, Interest

MAX_ELEMENTS = 500
MAX_TESTS = 5000
"""How many triggers and conditions a map may have in all."""
MAX_BRANCHES = 20
MAX_WEIGHT = 10_000
MAX_TAG = 2**31 - 1
_TEN_YEARS = {
    Unit.SECONDS: 315_360_000,
    Unit.MINUTES: 5_256_000,
    Unit.HOURS: 87_600,
    Unit.DAYS: 3650,
    Unit.WEEKS: 521,
    Unit.MONTHS: 120,
}
_ID = re.compile(r"[a-z0-9_-]{1,64}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Placed:
    """An element and where it stands in the definition."""

    element: Element
    node: Node


class _Nothing:
    """Stands for triggers that could not be read."""

    interests: Sequence[Interest] = ()

    def decide(self, happening: Happening) -> Decision:
        return Decision()


_NOTHING = _Nothing()


def _entry(node: Node, body: Node, object_type_id: int) -> Element:
    settle = body.child("settle")
    quiet = settle.duration("quiet", MAX_QUIET)
    longest = settle.duration("longest", MAX_LONGEST) or TIMES_QUIET * quiet
    if longest < quiet:
        settle.flaw("longest", "must not be shorter than quiet")
    return Entry(node.text("id"), read_triggers(body, object_type_id) or _NOTHING, node.text("next"), quiet, longest)


def _goal(node: Node, body: Node, object_type_id: int) -> Element:
    triggers = read_triggers(body, object_type_id) or _NOTHING
    return Goal(node.text("id"), triggers, node.text("next"), body.flag("pass_through"))


def _fork(node: Node, body: Node, object_type_id: int) -> Element:
    return Fork(node.text("id"), read_condition(body), body.text("yes"), body.text("no"))


def _wait(node: Node, body: Node, object_type_id: int) -> Element:
    return Wait(node.text("id"), _until(body), node.text("next"))


def _until(body: Node) -> Until:
    match body.one_of(("span", "date_field", "date")):
        case "span":
            return _span(body.child("span"), 1)
        case "date_field":
            return _until_field(body.child("date_field"))
        case "date":
            return _until_date(body.child("date"))
        case _:
            return Span(1, Unit.DAYS)


def _span(body: Node, low: int | None = None) -> Span:
    unit = body.choice("unit", Unit, Unit.DAYS)
    high = _TEN_YEARS[unit]
    return Span(body.whole("amount", -high if low is None else low, high), unit)


def _until_field(body: Node) -> UntilField:
    if not body.text("field"):
        body.flaw("field", "must name a field")
    return UntilField(
        field=body.text("field"),
        offset=_span(body.child("offset")),
        time_of_day=_time_of_day(body),
        when_missing=body.choice("when_missing", WhenMissing, WhenMissing.SKIP),
    )


def _until_date(body: Node) -> UntilDate:
    clock = _time_of_day(body) or TimeOfDay()
    written = body.text("date")
    try:
        # The library reads weeks and days without hyphens as well.
        if not _DATE.fullmatch(written):
            raise ValueError
        day = date.fromisoformat(written)
    except ValueError:
        body.flaw("date", "must be a date such as 2026-12-31")
        day = date(2000, 1, 1)
    if not 1970 <= day.year <= 9998:
        body.flaw("date", "must be from 1970 to 9998")
    return UntilDate(day.year, day.month, day.day, clock)


def _time_of_day(body: Node) -> TimeOfDay | None:
    written = body.text("time_of_day")
    if not written:
        return None
    found = _CLOCK.fullmatch(written)
    if found is None:
        body.flaw("time_of_day", "must be a time on a clock of 24 hours such as 09:00")
        return None
    return TimeOfDay(int(found[1]), int(found[2]))


def _split(node: Node, body: Node, object_type_id: int) -> Element:
    branches = body.children("branches", MAX_BRANCHES)
    if len(branches) < 2:
        body.flaw("branches", "must be at least 2")
    return Split(
        node.text("id"), tuple((branch.whole("weight", 1, MAX_WEIGHT), branch.text("next")) for branch in branches)
    )


def _tag(node: Node, body: Node, object_type_id: int) -> Element:
    change = body.choice("change", Change, Change.ADD)
    return TagChange(node.text("id"), body.whole("tag_id", 1, MAX_TAG), change is Change.ADD, node.text("next"))


def _webhook(node: Node, body: Node, object_type_id: int) -> Element:
    return Send(node.text("id"), body.whole("webhook_id", 1, 2**63 - 1), node.text("next"))


def _end(node: Node, body: Node, object_type_id: int) -> Element:
    return End(node.text("id"))


_KINDS: Mapping[str, Callable[[Node, Node, int], Element]] = {
    "entry": _entry,
    "wait": _wait,
    "condition": _fork,
    "split": _split,
    "goal": _goal,
    "tag": _tag,
    "webhook": _webhook,
    "end": _end,
}
_ELSEWHERE = {
    "condition": "a condition goes on by yes and no",
    "split": "a split goes on by its branches",
    "end": "nothing follows an end",
}


def read_elements(root: Node) -> list[Placed]:
    """Read all elements; flaws go to the root's list, and what cannot be read at all is left out."""
    object_type_id = root.whole("object_type_id", 0, 2**31 - 1)
    nodes = root.children("elements", MAX_ELEMENTS)
    if sum(map(_tests, nodes)) > MAX_TESTS:
        root.flaw("elements", f"have more than {MAX_TESTS} triggers and conditions in all")
        return []
    read = (_element(node, object_type_id) for node in nodes)
    return [placed for placed in read if placed is not None]


def _tests(node: Node) -> int:
    """Count an element's triggers and conditions before any of them is read."""
    lists: list[Value] = []
    for body in map(node.value.get, ("entry", "goal", "condition")):
        if isinstance(body, Mapping):
            lists.append(body.get("triggers"))
            groups = body.get("any_of")
            if isinstance(groups, Sequence):
                lists.extend(group.get("all_of") for group in groups if isinstance(group, Mapping))
    return sum(len(each) for each in lists if isinstance(each, Sequence))


def _element(node: Node, object_type_id: int) -> Placed | None:
    if not _ID.fullmatch(node.text("id")):
        node.flaw("id", "must be 1 to 64 small letters, digits, underscores or hyphens")
    kind = node.one_of(tuple(_KINDS))
    if not kind:
        return None
    if kind in _ELSEWHERE and node.text("next"):
        node.flaw("next", f"must be empty: {_ELSEWHERE[kind]}")
    return Placed(_KINDS[kind](node, node.child(kind), object_type_id), node)
