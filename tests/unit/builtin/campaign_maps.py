"""Maps for the tests of campaigns, written as definitions, and a host in small that keeps what a step returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from hookline_builtin.campaign import CampaignSource, CompiledCampaign
from hookline_plugin import Value
from hookline_plugin.stateful import (
    Due,
    Emit,
    Firing,
    Memory,
    Movement,
    ObjectState,
    Occasion,
    Occurred,
    Outcome,
    Passage,
    Revised,
    Step,
)
from hookline_plugin.trigger import FieldInfo, Happening, World

SECOND = 1_000_000
DAY = 86_400 * SECOND
ENTERED = ("Contact_added_to_campaign", {"campaign_id": "5"})
LEFT = ("Contact_leaves_campaign", {"campaign_id": "5"})
NOW = 1_700_000_000 * SECOND

Definition: TypeAlias = dict[str, Value]

WORLD = World(
    object_types={
        0: [
            FieldInfo("email", "Email", "email"),
            FieldInfo("birthday", "Birthday", "date"),
            FieldInfo("n", "N", "number"),
        ],
        149: [],
    },
    webhooks={7: 0, 8: 0, 9: 149},
)


def tag_trigger(tag_id: int) -> Definition:
    return {"event": "sub_tag", "params": {"tag_id": str(tag_id)}}


def entry(next_id: str, tag_id: int = 1, element_id: str = "in", **more: Value) -> Definition:
    return {"id": element_id, "entry": {"triggers": [tag_trigger(tag_id)], **more}, "next": next_id}


def wait(element_id: str, next_id: str, amount: int = 1, unit: str = "DAYS") -> Definition:
    return {"id": element_id, "wait": {"span": {"amount": amount, "unit": f"SPAN_UNIT_{unit}"}}, "next": next_id}


def wait_for_field(element_id: str, next_id: str, **more: Value) -> Definition:
    return {"id": element_id, "wait": {"date_field": {"field": "birthday", **more}}, "next": next_id}


def wait_for_date(element_id: str, next_id: str, date: str, **more: Value) -> Definition:
    return {"id": element_id, "wait": {"date": {"date": date, **more}}, "next": next_id}


def fork(element_id: str, yes: str, no: str, tag_id: int = 4) -> Definition:
    groups: Value = [{"all_of": [{"tag": {"tag_id": str(tag_id)}}]}]
    return {"id": element_id, "condition": {"any_of": groups, "yes": yes, "no": no}}


def split(element_id: str, *ways: tuple[int, str]) -> Definition:
    branches: Value = [{"weight": weight, "next": next_id} for weight, next_id in ways]
    return {"id": element_id, "split": {"branches": branches}}


def goal(element_id: str, next_id: str, tag_id: int = 2, **more: Value) -> Definition:
    return {"id": element_id, "goal": {"triggers": [tag_trigger(tag_id)], **more}, "next": next_id}


def tag(element_id: str, next_id: str, tag_id: int = 4, change: str = "ADD") -> Definition:
    return {"id": element_id, "tag": {"tag_id": str(tag_id), "change": f"TAG_CHANGE_{change}"}, "next": next_id}


def send(element_id: str, next_id: str, webhook_id: int = 7) -> Definition:
    return {"id": element_id, "webhook": {"webhook_id": str(webhook_id)}, "next": next_id}


def end(element_id: str = "out") -> Definition:
    return {"id": element_id, "end": {}}


def campaign(*elements: Definition, **settings: Value) -> Definition:
    return {"id": "5", "version": "1", "state": "CAMPAIGN_STATE_LIVE", "elements": list(elements), **settings}


def compiled(*elements: Definition, **settings: Value) -> CompiledCampaign:
    return CampaignSource().compile(campaign(*elements, **settings))


def tagged(tag_id: int, object_id: str = "c1", object_type_id: int = 0) -> Happening:
    return Happening("sub_tag", {"tag_id": str(tag_id)}, object_type_id, object_id, {})


@dataclass
class Contact:
    """One contact and a host in small: what steps return is laid over what is kept, as the host is told to."""

    on: CompiledCampaign
    object_id: str = "c1"
    data: dict[str, Value] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    now: int = NOW
    memory: Memory | None = None
    versions: dict[int, CompiledCampaign] = field(default_factory=dict)
    timers: dict[str, int] = field(default_factory=dict)
    here: dict[str, bool] = field(default_factory=dict)
    fired: dict[str, Firing] = field(default_factory=dict)
    emitted: dict[str, Emit] = field(default_factory=dict)
    events: int = 0

    def __post_init__(self) -> None:
        self.versions[self.on.version] = self.on

    def publish(self, on: CompiledCampaign) -> None:
        self.on = self.versions[on.version] = on

    def tag(self, tag_id: int) -> Outcome:
        return self.event(tagged(tag_id, self.object_id))

    def event(self, happening: Happening) -> Outcome:
        self.events += 1
        return self.take(Occurred(f"event-{self.events}", happening))

    def revise(self) -> Outcome:
        return self.take(Revised())

    def wait(self, microseconds: int) -> list[Outcome]:
        """Let time pass and deliver the timers that come due on the way, each when it is due."""
        until, outcomes = self.now + microseconds, []
        while not self.on.paused and (due := min(self.timers.items(), key=lambda item: item[1], default=None)):
            if due[1] > until:
                break
            self.now = max(self.now, due[1])
            outcomes.append(self.take(Due(*due)))
        self.now = until
        return outcomes

    def step(self, occasion: Occasion) -> Step:
        before = None if self.memory is None else self.versions.get(self.memory.follows)
        state = ObjectState(0, self.object_id, self.data, tuple(self.tags))
        return Step(occasion, state, self.memory, self.now, before)

    def take(self, occasion: Occasion) -> Outcome:
        step = self.step(occasion)
        outcome = self.on.step(step)
        assert self.on.step(step) == outcome, "a step is a function of its input"
        self.keep(occasion, outcome)
        return outcome

    def keep(self, occasion: Occasion, outcome: Outcome) -> None:
        self.memory = outcome.memory
        if isinstance(occasion, Due) and not outcome.held:
            self.timers.pop(occasion.key, None)
        for key in outcome.cancel:
            self.timers.pop(key, None)
        self.timers.update({timer.key: timer.due_time for timer in outcome.start})
        for movement in outcome.movements:
            self.move(movement)
        for firing in outcome.fires:
            assert firing.key not in self.fired
            self.fired[firing.key] = firing
        for emit in outcome.emits:
            assert emit.key not in self.emitted
            self.emitted[emit.key] = emit
            kept = [tag for tag in self.tags if tag not in emit.remove_tags]
            self.tags = [*kept, *(tag for tag in emit.add_tags if tag not in kept)]

    def move(self, movement: Movement) -> None:
        reached = movement.passage is Passage.REACHED
        assert self.here.get(movement.element, False) is not reached
        self.here[movement.element] = reached

    @property
    def at(self) -> str | None:
        """Where the contact rests, by the rows that the host keeps."""
        places = [element for element, here in self.here.items() if here]
        assert len(places) <= 1
        return places[0] if places else None

    @property
    def sent(self) -> Sequence[str]:
        return [firing.element for firing in self.fired.values()]

    @property
    def told(self) -> Sequence[tuple[str, Mapping[str, str]]]:
        return [(emit.type, dict(emit.params)) for emit in self.emitted.values()]
