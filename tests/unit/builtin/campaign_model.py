"""A plain model of a contact on a map, straight from the words of the issue: what the engine is compared with.

It reads definitions as they are written, in whole hours, and knows no timers, keys or memories. Only the way that a
split takes is learnt from the engine; the model then holds it to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.unit.builtin.campaign_maps import SECOND

HOUR = 3600 * SECOND
SPANS = {"SPAN_UNIT_HOURS": HOUR, "SPAN_UNIT_DAYS": 24 * HOUR}
JsonObject = dict[str, Any]


def kind(element: JsonObject) -> str:
    (found,) = set(element) - {"id", "next"}
    return found


def exits(element: JsonObject) -> list[str]:
    match kind(element):
        case "condition":
            return [element["condition"]["yes"], element["condition"]["no"]]
        case "split":
            return [branch["next"] for branch in element["split"]["branches"]]
        case "end":
            return []
        case _:
            return [element["next"]]


def by_distance(definition: JsonObject, start: str) -> Iterator[str]:
    """Give what lies ahead of an element, in rounds: all that is one exit away, then two, and so on."""
    elements = {element["id"]: element for element in definition["elements"]}
    seen: list[str] = []
    front = exits(elements[start])
    while front:
        for name in front:
            if name not in seen:
                seen.append(name)
                yield name
        front = [name for old in front for name in exits(elements[old]) if name not in seen]


@dataclass
class Model:
    """One contact as the words have it."""

    object_id: str
    definition: JsonObject
    now: int = 0
    birthday: int | None = None
    tags: set[int] = field(default_factory=set)
    at: str | None = None
    since: int = 0
    due: int | None = None
    entered: int = 0
    arriving: bool = False
    """Whether it settles at its entry, and is not on the map yet."""
    sent: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    ways: dict[tuple[str, str], str] = field(default_factory=dict)
    """The way that a contact took at a split with certain branches."""
    taken: list[str] = field(default_factory=list)
    """What the engine reached in this step, in order: where splits look up an unknown way."""

    def element(self, name: str) -> JsonObject:
        found: JsonObject = next(each for each in self.definition["elements"] if each["id"] == name)
        return found

    @property
    def names(self) -> list[str]:
        return [each["id"] for each in self.definition["elements"]]

    def publish(self, definition: JsonObject) -> None:
        old, self.definition = self.definition, definition
        if self.at is None:
            return
        here = self.at
        if here in self.names:
            was, now = (
                next(kind(each) for each in each_of["elements"] if each["id"] == here) for each_of in (old, definition)
            )
            if was != now or self.element(here).get("goal", {}).get("pass_through"):
                self.go(here)
            return
        self.go(next((name for name in by_distance(old, here) if name in self.names), None))

    def look(self) -> None:
        """Let go whoever need not wait any more."""
        if self.at is None:
            return
        element = self.element(self.at)
        if kind(element) == "wait":
            self.due = self.ending(element, self.since)
            if self.due is None:
                self.go(None)
                return
        if kind(element) != "goal" and self.due is not None and self.due <= self.now:
            self.go(element["next"])

    def tag(self, tag_id: int) -> None:
        def waits_for(element: JsonObject, what: str) -> bool:
            triggers = element.get(what, {}).get("triggers", [])
            return any(trigger["params"]["tag_id"] == str(tag_id) for trigger in triggers)

        self.look()
        if self.at is None:
            entry = next((each for each in self.definition["elements"] if waits_for(each, "entry")), None)
            if entry is not None and (not self.entered or self.definition.get("reentry_allowed")):
                self.enter(entry)
            return
        goal = self.goal({each["id"] for each in self.definition["elements"] if waits_for(each, "goal")})
        if goal == self.at:
            self.go(self.element(goal)["next"])
        elif goal is not None:
            self.leave(self.at)
            self.reached.append(goal)
            self.at = goal
            self.go(self.element(goal)["next"])
        elif waits_for(self.element(self.at), "entry"):
            self.hold(self.element(self.at))

    def goal(self, met: set[str]) -> str | None:
        assert self.at is not None
        led_to = {name for each in self.definition["elements"] for name in exits(each)}
        candidates = [self.at, *by_distance(self.definition, self.at), *(n for n in self.names if n not in led_to)]
        return next((name for name in candidates if name in met), None)

    def enter(self, entry: JsonObject) -> None:
        self.entered += 1
        self.arriving = True
        self.reached.append(entry["id"])
        self.at, self.since = entry["id"], self.now
        self.hold(entry)

    def hold(self, entry: JsonObject) -> None:
        settles = "settle" in entry["entry"]
        self.due = min(self.now + HOUR // 2, self.since + HOUR) if settles else self.now
        if self.due <= self.now:
            self.go(entry["next"])

    def leave(self, name: str) -> None:
        if self.arriving:
            self.told.append("Contact_added_to_campaign")
        self.arriving = False
        self.left.append(name)

    def go(self, name: str | None) -> None:
        """Go from where the contact is to an element and on, or off the map."""
        while True:
            if self.at is not None:
                self.leave(self.at)
            self.at = self.due = None
            if name is None:
                self.told.append("Contact_leaves_campaign")
                return
            self.reached.append(name)
            self.at, self.since = name, self.now
            element = self.element(name)
            if self.rests(element):
                return
            name = self.follow(element)

    def rests(self, element: JsonObject) -> bool:
        match kind(element):
            case "wait":
                self.due = self.ending(element, self.now)
                return self.due is not None and self.due > self.now
            case "goal":
                return not element["goal"].get("pass_through")
            case _:
                return False

    def ending(self, element: JsonObject, since: int) -> int | None:
        until = element["wait"]
        if "span" in until:
            amount: int = until["span"]["amount"]
            return since + amount * SPANS[until["span"]["unit"]]
        if self.birthday is None:
            return self.now if until["date_field"]["when_missing"] == "WHEN_MISSING_SKIP" else None
        return self.birthday * SECOND

    def follow(self, element: JsonObject) -> str | None:
        match kind(element):
            case "wait" if self.due is None:
                return None
            case "condition":
                (group,) = element["condition"]["any_of"]
                holds = int(group["all_of"][0]["tag"]["tag_id"]) in self.tags
                return str(element["condition"]["yes" if holds else "no"])
            case "split":
                return self.way(element)
            case "tag":
                self.change_tag(int(element["tag"]["tag_id"]), element["tag"]["change"] == "TAG_CHANGE_ADD")
            case "webhook":
                self.sent.append(element["id"])
            case "end":
                return None
        return str(element["next"])

    def way(self, element: JsonObject) -> str:
        known = (element["id"], str(element["split"]))
        if known not in self.ways:
            self.ways[known] = self.taken[len(self.reached)]
        assert self.ways[known] in exits(element)
        return self.ways[known]

    def change_tag(self, tag_id: int, add: bool) -> None:
        if add is not (tag_id in self.tags):
            (self.tags.add if add else self.tags.remove)(tag_id)
            self.told.append("sub_tag" if add else "unsub_tag")
