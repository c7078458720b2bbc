"""What a batch of routes and timers is decided from, and what each of them tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.happening import happening_of
from hookline_dispatcher.core.object_data import parse_written
from hookline_dispatcher.store.routing import ObjectKey, Post, Route, StoredMemory, StoredObject, What
from hookline_plugin.encoder import Payload
from hookline_plugin.stateful import Due, Occasion, Occurred, Revised, StatefulCompiled

from .foreign import Answers
from .spending import Spending


@dataclass(slots=True)
class Material:
    """What was read for a batch; ``memories`` and ``objects`` follow what is decided."""

    now: int
    configs: Mapping[int, AccountConfig | None]
    events: Mapping[int, Event]
    memories: dict[Post, StoredMemory] = field(default_factory=dict)
    objects: dict[ObjectKey, StoredObject] = field(default_factory=dict)
    befores: Mapping[tuple[Post, int], StatefulCompiled | None] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)
    named: dict[tuple[int, str], tuple[int, Event] | None] = field(default_factory=dict)
    """Events that firings named, by account and id, each with its seq; None where there is none."""
    answers: Answers = field(default_factory=Answers)
    """What plugins that run apart have answered."""
    parsed: dict[bytes, Payload] = field(default_factory=dict)
    """Data of objects that were read already."""
    rehearsed: bool = False
    """Whether somebody asks what would follow, and nothing of it is kept."""

    def fields(self, data: bytes) -> Payload:
        """The fields of an object, with numbers as they are written, as rules see them."""
        if data not in self.parsed:
            self.parsed[data] = parse_written(data)
        return self.parsed[data]

    def told(self, route: Route) -> Told | None:
        """What a route tells; None: its event is gone."""
        match route.what:
            case What.EVENT:
                event = self.events.get(route.event_seq)
                if event is None:
                    return None
                occurred = Occurred(event.id, happening_of(event, parse_written(event.data), self.now), route.hop)
                return Told(occurred, event, route.event_seq, route.hop)
            case What.TIMER:
                return Told(Due(route.timer_key, route.due_time), None, 0, route.hop)
            case What.REVISED:
                return Told(Revised(), None, 0, 0)


@dataclass(slots=True)
class Told:
    """What a definition is told."""

    occasion: Occasion
    event: Event | None
    event_seq: int
    hop: int
