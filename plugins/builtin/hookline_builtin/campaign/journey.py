"""A step of one contact on a map: what an event, a timer or a new version does to it.

What always holds: a contact rests at one place at most; that place has a timer where it ends by itself, and no timer
lives without its place; each visit to an element has a name that never comes twice, and firings, emitted events and
timers are named by it, so a step that is taken again says the same.

In one step a contact passes all elements up to the next rest. An event moves a contact on the map or lets one in that
is not on it, never both. The time of a wait counts from when the contact came to it in fact: after an outage the gaps
between what is sent stay as they were meant.
"""

from dataclasses import dataclass, replace
from datetime import tzinfo
from hashlib import blake2b

from hookline_builtin.campaign import place as places
from hookline_builtin.campaign.dates import shifted, until_date, until_field
from hookline_builtin.campaign.elements import (
    Element,
    End,
    Entry,
    Fork,
    Goal,
    Send,
    Span,
    Split,
    TagChange,
    UntilDate,
    UntilField,
    Wait,
    WhenMissing,
)
from hookline_builtin.campaign.graph import Graph
from hookline_builtin.campaign.place import Place, Record
from hookline_builtin.campaign.versions import ComesTo, Leaves, carried_over
from hookline_plugin.stateful import Due, Emit, Firing, Movement, Occurred, Outcome, Passage, Step
from hookline_plugin.trigger import Compiled, Happening

ENTERED = "Contact_added_to_campaign"
LEFT_MAP = "Contact_leaves_campaign"
TAG_ADDED = "sub_tag"
TAG_REMOVED = "unsub_tag"


@dataclass(frozen=True, slots=True)
class Map:
    """A campaign as contacts travel it."""

    id: int
    object_type_id: int
    version: int
    paused: bool
    reentry_allowed: bool
    zone: tzinfo
    graph: Graph


def take_step(map_: Map, step: Step, old: Graph | None) -> Outcome:
    """Decide what follows; `old` is the graph that the memory follows, where that is another and is known.

    Raises ValueError for a memory that is none of a campaign's.
    """
    if map_.paused:
        return Outcome(step.memory, held=isinstance(step.occasion, Due), why="the campaign is paused")
    walk = _Walk(map_, step)
    if step.memory is not None and step.memory.follows != map_.version:
        walk.carry_over(old)
    walk.look_at_the_clock()
    if isinstance(step.occasion, Occurred):
        walk.hear(step.occasion)
    return walk.outcome()


class _Walk:
    """One step as it is taken: where the contact is by now, and what has come of it so far."""

    def __init__(self, map_: Map, step: Step) -> None:
        self._map = map_
        self._step = step
        self._before = self._record = places.read(step.memory)
        self._tags = list(dict.fromkeys(step.object.tags))
        self._fires: list[Firing] = []
        self._emits: list[Emit] = []
        self._movements: list[Movement] = []
        self._why = ""
        self._told: list[str] = []
        """What the way was, for who asks what would follow."""

    def outcome(self) -> Outcome:
        """Give what has come of it."""
        old, new = self._before.timer, self._record.timer
        occasion = self._step.occasion
        gone = isinstance(occasion, Due) and old is not None and occasion.key == old.key
        return Outcome(
            memory=places.written(self._record, self._map.version),
            start=(new,) if new is not None and (gone or new != old) else (),
            cancel=(old.key,) if old is not None and not gone and (new is None or new.key != old.key) else (),
            fires=tuple(self._fires),
            emits=tuple(self._emits),
            movements=tuple(self._movements),
            why="; ".join(filter(None, (self._why, *self._told))),
        )

    def carry_over(self, old: Graph | None) -> None:
        """Find the contact's place on this version of the map."""
        at = self._record.place
        if at is None:
            return
        match carried_over(old, self._map.graph, at.element):
            case ComesTo(element):
                self._go_from(at, element)
            case Leaves():
                self._why = f"nothing is left of what lay ahead of {at.element!r}"
                self._go_from(at, None)

    def look_at_the_clock(self) -> None:
        """Move the contact on where its time is over, by the newest data and this version's terms."""
        at = self._record.place
        if at is None:
            return
        element = self._map.graph.elements[at.element]
        due = at.due if isinstance(element, Entry) else self._ending(element, at.since)
        self._rest_or_go(replace(at, due=due), element)

    def hear(self, occurred: Occurred) -> None:
        """Let an event do what it does: bring the contact ahead to a goal, prolong its settling, or let it in."""
        event = occurred.event
        if event.object_type_id != self._map.object_type_id:
            self._why = "the event is about another type of object"
        elif self._record.place is None:
            self._let_in(occurred)
        else:
            self._bring_ahead(self._record.place, event)

    def _let_in(self, occurred: Occurred) -> None:
        entry = next((each for each in self._map.graph.entries if _matches(each.triggers, occurred.event)), None)
        if entry is None:
            self._why = self._why or "no trigger of an entry matches"
        elif self._record.entries and not self._map.reentry_allowed:
            self._why = "it has been on the map, and re-entry is not allowed"
        else:
            self._record = Record(self._record.entries + 1, places.journey_name(occurred.key))
            self._come_to(entry.id)
            now = self._step.now
            self._rest_or_go(Place(entry.id, now, now + min(entry.settle, entry.longest)), entry)

    def _bring_ahead(self, at: Place, event: Happening) -> None:
        graph = self._map.graph
        achieved = {goal.id for goal in graph.goals if _matches(goal.triggers, event)}
        goal_id = graph.nearest_goal(at.element, achieved) if achieved else None
        element = graph.elements[at.element]
        if goal_id == at.element:
            self._go_from(at, element.exits[0])
        elif goal_id is not None:
            self._went_from(at.element)
            self._come_to(goal_id)
            self._went_from(goal_id)
            self._travel(graph.elements[goal_id].exits[0])
        elif isinstance(element, Entry) and _matches(element.triggers, event):
            due = min(self._step.now + element.settle, at.since + element.longest)
            self._rest_or_go(replace(at, due=due), element)
        else:
            self._why = self._why or "no goal ahead has a trigger that matches"

    def _rest_or_go(self, at: Place, element: Element) -> None:
        """Rest at a place where the contact is, or go on where its time is over."""
        if isinstance(element, Goal) or (at.due is not None and at.due > self._step.now):
            self._record = replace(self._record, place=at)
        elif at.due is None:
            self._why = f"there is no date to wait for at {element.id!r}"
            self._go_from(at, None)
        else:
            self._go_from(at, element.exits[0])

    def _go_from(self, at: Place, next_id: str | None) -> None:
        self._went_from(at.element)
        self._travel(next_id)

    def _travel(self, next_id: str | None) -> None:
        """Pass elements up to the next rest, or off the map; a map without endless loops passes none of them twice."""
        self._record = replace(self._record, place=None)
        for _ in self._map.graph.elements:
            if next_id is None:
                break
            element = self._map.graph.elements[next_id]
            self._come_to(element.id)
            rest = self._rest_at(element)
            if rest is not None:
                self._record = replace(self._record, place=rest)
                return
            next_id = self._pass(element)
            self._went_from(element.id)
        self._emit(LEFT_MAP, "campaign_id", self._map.id, "")

    def _rest_at(self, element: Element) -> Place | None:
        now = self._step.now
        match element:
            case Goal() if not element.pass_through:
                return Place(element.id, now, None)
            case Wait():
                due = self._ending(element, now)
                return Place(element.id, now, due) if due is not None and due > now else None
            case _:
                return None

    def _pass(self, element: Element) -> str | None:
        """Do what an element does; give what follows, None where the contact leaves."""
        match element:
            case End():
                return None
            case Fork():
                failing = element.condition.failing(self._as_it_is())
                if self._step.rehearsed:
                    self._told.append(f"no at {element.id!r}: {failing}" if failing else f"yes at {element.id!r}")
                return element.no if failing else element.yes
            case Split():
                return self._share(element)
            case Wait() if self._ending(element, self._step.now) is None:
                self._why = f"there is no date to wait for at {element.id!r}"
                return None
            case Wait() if self._step.rehearsed:
                self._told.append(self._passed_by(element))
            case Send():
                self._fires.append(Firing(self._record.visit, element.webhook_id, element.id))
            case TagChange():
                self._change_tag(element)
        return element.exits[0]

    def _passed_by(self, element: Wait) -> str:
        until, data = element.until, self._step.object.data
        if isinstance(until, UntilField) and until_field(until, data.get(until.field), self._map.zone) is None:
            return f"no wait at {element.id!r}: {until.field} is empty or holds no date"
        return f"no wait at {element.id!r}: its date is over"

    def _ending(self, element: Element, since: int) -> int | None:
        """Say when a rest that began at a time ends; None: never by itself, at a wait: for want of a date."""
        if not isinstance(element, Wait):
            return None
        zone = self._map.zone
        match element.until:
            case Span() as span:
                return shifted(since, span, zone)
            case UntilDate() as day:
                return until_date(day, zone)
            case UntilField() as until:
                due = until_field(until, self._step.object.data.get(until.field), zone)
                return self._step.now if due is None and until.when_missing is WhenMissing.SKIP else due

    def _share(self, element: Split) -> str:
        told = f"{self._map.id}/{element.id}/{self._map.object_type_id}/{self._step.object.object_id}"
        digest = int.from_bytes(blake2b(told.encode(errors="surrogatepass"), digest_size=8).digest())
        rest = digest % sum(weight for weight, _ in element.ways)
        for weight, next_id in element.ways:
            rest -= weight
            if rest < 0:
                return next_id
        raise AssertionError("the rest is less than the sum of the weights")

    def _change_tag(self, element: TagChange) -> None:
        tag = str(element.tag_id)
        if (tag in self._tags) is element.add:
            return
        if element.add:
            self._tags.append(tag)
            self._emit(TAG_ADDED, "tag_id", tag, element.id, add=(tag,))
        else:
            self._tags.remove(tag)
            self._emit(TAG_REMOVED, "tag_id", tag, element.id, remove=(tag,))

    def _as_it_is(self) -> Happening:
        """Give the object's newest data, tags and campaigns, this step included, as conditions read them."""
        newest, occasion = self._step.object, self._step.occasion
        event = occasion.event if isinstance(occasion, Occurred) else None
        return Happening(
            type=event.type if event else "",
            params=event.params if event else {},
            object_type_id=newest.object_type_id,
            object_id=newest.object_id,
            data=newest.data,
            changed_fields=event.changed_fields if event else (),
            tags=tuple(self._tags),
            occurred_time=event.occurred_time if event else self._step.now,
            now=self._step.now,
            campaigns=newest.campaigns | {self._map.id},
        )

    def _come_to(self, element: str) -> None:
        self._record = replace(self._record, moves=self._record.moves + 1)
        self._movements.append(Movement(element, Passage.REACHED))

    def _went_from(self, element: str) -> None:
        if self._record.arriving:
            # Who has not settled yet is not on the map.
            self._emit(ENTERED, "campaign_id", self._map.id, element)
        self._movements.append(Movement(element, Passage.LEFT))

    def _emit(
        self,
        type_: str,
        param: str,
        value: int | str,
        element: str,
        *,
        add: tuple[str, ...] = (),
        remove: tuple[str, ...] = (),
    ) -> None:
        key = f"{self._record.visit}:{type_}"
        self._emits.append(Emit(key, type_, ((param, str(value)),), add, remove, element))


def _matches(triggers: Compiled, event: Happening) -> bool:
    return bool(triggers.decide(event).fires)
