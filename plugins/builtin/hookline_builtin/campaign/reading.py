"""From a definition to the elements of a map, each read by itself; `graph.py` sees to what they are together."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

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
from hookline_builtin.campaign.language import Language, Trigger
from hookline_builtin.campaign.node import Node

MAX_ELEMENTS = 500
MAX_TRIGGERS = 50
MAX_GROUPS = 20
MAX_BRANCHES = 20
MAX_WEIGHT = 10_000
MAX_TAG = 2**31 - 1
MAX_QUIET = 3600
MAX_LONGEST = 86400
_TEN_YEARS = {
    Unit.SECONDS: 315_360_000,
    Unit.MINUTES: 5_256_000,
    Unit.HOURS: 87_600,
    Unit.DAYS: 3650,
    Unit.WEEKS: 521,
    Unit.MONTHS: 120,
}
_ID = re.compile(r"[a-z0-9_-]{1,64}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Placed:
    """An element and where it stands in the definition."""

    element: Element
    node: Node


@dataclass(frozen=True, slots=True)
class _Reader:
    """How elements of a map for one type of object are read."""

    language: Language
    object_type_id: int

    def entry(self, node: Node, body: Node, element_id: str) -> Element:
        """Read where contacts enter."""
        settle = body.child("settle")
        quiet = settle.duration("quiet", MAX_QUIET)
        longest = settle.duration("longest", MAX_LONGEST) or 10 * quiet
        if longest < quiet:
            settle.flaw("longest", "must not be shorter than quiet")
        return Entry(element_id, self.triggers(body), node.text("next"), quiet, longest)

    def goal(self, node: Node, body: Node, element_id: str) -> Element:
        """Read what contacts are to do."""
        return Goal(element_id, self.triggers(body), node.text("next"), body.flag("pass_through"))

    def fork(self, node: Node, body: Node, element_id: str) -> Element:
        """Read where ways part."""
        groups = body.items("any_of", MAX_GROUPS)
        if not groups:
            body.flaw("any_of", "must have at least one group of conditions")
        try:
            condition = self.language.condition(groups, self.object_type_id)
        except ValueError as error:
            body.flaw("any_of", str(error))
            condition = _NEVER
        return Fork(element_id, condition, body.text("yes"), body.text("no"))

    def triggers(self, body: Node) -> tuple[Trigger, ...]:
        """Read the triggers of an entry or a goal."""
        read: list[Trigger] = []
        items = body.items("triggers", MAX_TRIGGERS)
        if not items:
            body.flaw("triggers", "must have at least one trigger")
        for index, item in enumerate(items):
            try:
                read.append(self.language.trigger(item, self.object_type_id))
            except ValueError as error:
                body.flaw(f"triggers[{index}]", str(error))
        return tuple(read)


class _Never:
    """Stands for a condition that could not be read."""

    def holds(self, happening: object) -> bool:
        return False


_NEVER = _Never()


def _wait(node: Node, body: Node, element_id: str) -> Element:
    return Wait(element_id, _until(body), node.text("next"))


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
        if len(written) != 10:
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


def _split(node: Node, body: Node, element_id: str) -> Element:
    branches = body.children("branches", MAX_BRANCHES)
    if len(branches) < 2:
        body.flaw("branches", "must be at least 2")
    return Split(element_id, tuple((branch.whole("weight", 1, MAX_WEIGHT), branch.text("next")) for branch in branches))


def _tag(node: Node, body: Node, element_id: str) -> Element:
    change = body.choice("change", Change, Change.ADD)
    return TagChange(element_id, body.whole("tag_id", 1, MAX_TAG), change is Change.ADD, node.text("next"))


def _webhook(node: Node, body: Node, element_id: str) -> Element:
    return Send(element_id, body.whole("webhook_id", 1, 2**63 - 1), node.text("next"))


def _end(node: Node, body: Node, element_id: str) -> Element:
    return End(element_id)


_ONE_EXIT = (Entry, Wait, Goal, TagChange, Send)


def read_elements(root: Node, language: Language) -> list[Placed]:
    """Read all elements; flaws go to the root's list, and what cannot be read at all is left out."""
    reader = _Reader(language, root.whole("object_type_id", 0, 2**31 - 1))
    kinds: Mapping[str, Callable[[Node, Node, str], Element]] = {
        "entry": reader.entry,
        "wait": _wait,
        "condition": reader.fork,
        "split": _split,
        "goal": reader.goal,
        "tag": _tag,
        "webhook": _webhook,
        "end": _end,
    }
    read = partial(_element, kinds=kinds)
    return [placed for placed in map(read, root.children("elements", MAX_ELEMENTS)) if placed is not None]


def _element(node: Node, kinds: Mapping[str, Callable[[Node, Node, str], Element]]) -> Placed | None:
    element_id = node.text("id")
    if not _ID.fullmatch(element_id):
        node.flaw("id", "must be 1 to 64 small letters, digits, underscores or hyphens")
    kind = node.one_of(tuple(kinds))
    if not kind:
        return None
    element = kinds[kind](node, node.child(kind), element_id)
    if not isinstance(element, _ONE_EXIT) and node.text("next"):
        node.flaw("next", f"must be empty: {_ELSEWHERE.get(kind, 'nothing follows an end')}")
    return Placed(element, node)


_ELSEWHERE = {"condition": "a condition goes on by yes and no", "split": "a split goes on by its branches"}
