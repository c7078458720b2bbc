"""What routes and timers come to: a function of what was read for them, many at once, each after those before it.

Several turns for one object may be decided together: what one leaves (memory, tags) is what the next one finds. A
definition whose step fails keeps what it was told in a route of its own, which is told again later; whatever else
comes for it and that object waits behind. So nothing that fails holds up another definition or another object.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

import structlog

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import Trigger, TriggerKey
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import MINUTE, NEVER, SECOND
from hookline_dispatcher.core.object_data import parse_data
from hookline_dispatcher.core.tags import tags_after
from hookline_dispatcher.store.routing import (
    NO_MEMORY,
    NO_OBJECT,
    DueTimer,
    ObjectKey,
    Post,
    Retry,
    Route,
    Stepped,
    StoredMemory,
    StoredObject,
    Turn,
    What,
)
from hookline_plugin.encoder import Payload
from hookline_plugin.stateful import (
    Due,
    Memory,
    ObjectState,
    Occasion,
    Occurred,
    Outcome,
    Revised,
    StatefulCompiled,
    Step,
)
from hookline_plugin.trigger import Happening

from .carrying import Carrier
from .foreign import ASKED, Answers, PutOff, Wanted
from .membership import Seen, seen
from .spending import Spending
from .stepping import take_step

MOST_TRIES = 6
"""How often something is told to a definition that fails on it before it is set aside."""
FIRST_PAUSE = SECOND
"""The pause before it is told again, doubled each time."""

AWAY = 5 * SECOND
"""The pause before something is told to a definition whose plugin could not be asked about it yet."""

BEHIND = "it waits behind what failed before it"
_log = structlog.get_logger(__name__)


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


@dataclass(slots=True)
class Told:
    """What a definition is told."""

    occasion: Occasion
    event: Event | None
    event_seq: int
    hop: int


class Decider:
    """Decides a batch; ``failed`` and ``missing`` say afterwards what there is to report, or to read besides."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._carrier = Carrier(material)
        self._touched: set[Post] = set()
        self._data: dict[bytes, Payload] = {}
        self.failed: list[tuple[int, Trigger]] = []
        self.wanted: dict[Hashable, Wanted] = {}
        """Steps that plugins which run apart are to be asked for: with the answers it is to be decided again."""
        self.used: list[Hashable] = []
        """Answers of such plugins that were used."""

    @property
    def missing(self) -> set[tuple[int, str]]:
        """Events that firings name and that have not been read: with them it is to be decided again."""
        return self._carrier.missing

    def route(self, route: Route) -> Turn:
        """What a route comes to."""
        config = self._material.configs[route.object.account_id]
        if route.kind:
            return self._own(route, config)
        event = self._material.events.get(route.event_seq)
        if config is None or event is None:
            return Turn(route)
        told = self.told(route)
        assert told is not None, "its event is there"
        steps: list[Stepped] = []
        retries: list[Retry] = []
        notes: list[str] = []
        for post, trigger, maps in self.listening(route, event, config):
            memory = self._material.memories.get(post, NO_MEMORY)
            own = route._replace(id=0, kind=post.kind, definition_id=post.id)
            if memory.blocked:
                retries.append(Retry(own, NEVER, BEHIND))
                continue
            found = self.step(trigger, post, told, config, maps)
            if isinstance(found, PutOff):
                retries.append(self._later(own, found))
                continue
            if isinstance(found, str):
                retries.append(self._again(own, trigger, found))
                notes.append(f"{trigger.label}: {found}")
                continue
            outcome, stepped, note = found
            steps.append(stepped)
            if note or (outcome.why and not stepped.causes):
                notes.append(f"{trigger.label}: {note or outcome.why}")
        for each in config.unasked:
            if each.source == route.source:
                own = route._replace(id=0, kind=each.key.kind, definition_id=each.key.id)
                retries.append(Retry(own, self._material.now + AWAY, each.fault))
        return Turn(route, steps=tuple(steps), retries=tuple(retries), note="\n".join(notes)[:1000])

    def listening(self, route: Route, event: Event, config: AccountConfig) -> list[tuple[Post, Trigger, Seen]]:
        """The definitions that an event is told to, and who is on which map before any of them has heard it.

        So it plays no part which campaign was made first where campaigns ask about each other. Those of other sources
        hear an event when campaigns have: they see the maps as these have left them.
        """
        memories = self._material.memories
        return [
            (post, trigger, seen(trigger, post, config, memories))
            for post, trigger in concerned(route, event, config, memories)
        ]

    def timer(self, timer: DueTimer) -> Turn | None:
        """What a timer comes to; None: it is to be read again, something moved its object meanwhile."""
        config = self._material.configs[timer.post.account_id]
        if timer.post in self._touched:
            return None
        if config is None:
            return Turn(timer=timer, hold=True)
        trigger = config.stepping(TriggerKey(timer.post.kind, timer.post.id))
        if trigger is None:
            return Turn(timer=timer)
        post = timer.post
        own = Route(
            0, post.object, trigger.source, What.TIMER, post.kind, post.id, 0, timer.hop, timer.key, timer.due_time
        )._replace(create_time=self._material.now)
        if trigger.away:
            return Turn(timer=timer, retries=(Retry(own, self._material.now + AWAY, trigger.fault),))
        if trigger.stateful is None or trigger.stateful.paused:
            return Turn(timer=timer, hold=True)
        memory = self._material.memories.get(post, NO_MEMORY)
        if memory.blocked:
            return Turn(timer=timer, retries=(Retry(own, NEVER, BEHIND),))
        found = self.step(trigger, post, Told(Due(timer.key, timer.due_time), None, 0, timer.hop), config)
        if isinstance(found, (str, PutOff)):
            return Turn(timer=timer, retries=(self._not_now(own, trigger, found),))
        outcome, stepped, note = found
        if outcome.held:
            return Turn(timer=timer, hold=True)
        said = note or ("" if stepped.causes else outcome.why)
        if trigger.settled is None or memory.body is None or stepped.memory is not None or not said:
            return Turn(timer=timer, steps=(stepped,))
        about = trigger.settled.newest_event(Memory(memory.body))
        return Turn(timer=timer, steps=(stepped,), note=f"{trigger.label}: {said}", note_event=about)

    def _own(self, route: Route, config: AccountConfig | None) -> Turn:
        """What a route for one definition comes to."""
        trigger = config.stepping(TriggerKey(route.kind, route.definition_id)) if config else None
        if config is not None and trigger is None:
            return Turn(route)
        if trigger is not None and trigger.away:
            return Turn(route, retries=(Retry(route, self._material.now + AWAY, trigger.fault),))
        if config is None or trigger is None or trigger.stateful is None or trigger.stateful.paused:
            return self._at_rest(route, trigger)
        told = self.told(route)
        if told is None:
            return Turn(route)
        if trigger.apart and told.event and not config.wants(trigger, told.event):
            return Turn(route)  # it was told before anybody knew which events it wants
        found = self.step(trigger, route.post, told, config)
        if isinstance(found, (str, PutOff)):
            return Turn(route, retries=(self._not_now(route, trigger, found),))
        outcome, stepped, note = found
        if outcome.held and route.what is What.TIMER:
            return Turn(route, retries=(Retry(route, self._material.now + MINUTE, "it asked for that"),))
        # That it waits until its object is quiet, ingest has said.
        waits = trigger.settled is not None and stepped.start
        said = note or ("" if stepped.causes or waits else outcome.why)
        return Turn(route, steps=(stepped,), note=f"{trigger.label}: {said}" if said else "")

    def _at_rest(self, route: Route, trigger: Trigger | None) -> Turn:
        """What a route for a definition comes to that is paused, or cannot be used."""
        paused = trigger is not None and trigger.stateful is not None
        # An event that is told to a definition alone came before the pause, or it would not have been told.
        alone = trigger is not None and trigger.alone and route.what is What.EVENT
        if route.what is What.TIMER or alone:
            return Turn(route, retries=(Retry(route, self._material.now + MINUTE, "its definition is at rest"),))
        if paused:
            return Turn(route)  # events pass by what is paused, and what is changed then is told of afterwards
        return Turn(route, retries=(Retry(route, self._material.now + MINUTE, "its definition cannot be used"),))

    def told(self, route: Route) -> Told | None:
        """What a route tells; None: its event is gone."""
        match route.what:
            case What.EVENT:
                event = self._material.events.get(route.event_seq)
                if event is None:
                    return None
                occurred = Occurred(event.id, _happening(event, self._material.now), route.hop)
                return Told(occurred, event, route.event_seq, route.hop)
            case What.TIMER:
                return Told(Due(route.timer_key, route.due_time), None, 0, route.hop)
            case What.REVISED:
                return Told(Revised(), None, 0, 0)

    def step(
        self, trigger: Trigger, post: Post, told: Told, config: AccountConfig, maps: Seen | None = None
    ) -> tuple[Outcome, Stepped, str] | str | PutOff:
        """A step with what follows from it, and a note for people; in words, why it failed, or why it is put off.

        Without ``maps`` it is told who is on which map by now.
        """
        assert trigger.stateful is not None, "it can be asked"
        maps = maps or seen(trigger, post, config, self._material.memories)
        self._touched.add(post)
        memory = self._material.memories.get(post, NO_MEMORY)
        stored = self._material.objects.get(post.object)
        if stored is None:
            stored = NO_OBJECT.after(told.event) if told.event else NO_OBJECT
        before = None
        if memory.body is not None and memory.follows not in (0, trigger.stateful.version):
            before = self._material.befores.get((post, memory.follows))
        step = Step(
            occasion=told.occasion,
            object=ObjectState(
                post.object_type_id,
                post.object_id,
                self._fields(stored.data),
                stored.tags,
                stored.version,
                maps.campaigns,
            ),
            memory=None if memory.body is None else Memory(memory.body, memory.follows),
            now=self._material.now,
            before=before,
        )
        outcome = self._foreign(trigger, post, step, stored) if trigger.apart else take_step(trigger.stateful, step)
        if isinstance(outcome, (str, PutOff)):
            if isinstance(outcome, str):
                self.failed.append((post.account_id, trigger))
            self._material.memories[post] = memory._replace(blocked=True)
            return outcome
        if outcome.fires and (withheld := config.withholds(trigger, post.object_type_id)):
            outcome = replace(outcome, fires=(), why=withheld)
        if outcome.held and isinstance(told.occasion, Due):
            return outcome, Stepped(post, trigger.source, memory.row_version, memory.body), ""
        stepped, note, tags = self._carrier.carry(outcome, trigger, post, told, stored, memory.row_version, config)
        stepped = replace(stepped, reads=maps.reads)
        self._material.objects[post.object] = stored._replace(tags=tags)
        kept = outcome.memory
        self._material.memories[post] = (
            NO_MEMORY._replace(blocked=memory.blocked)
            if kept is None
            else StoredMemory(memory.row_version + 1, kept.body, kept.follows, memory.blocked)
        )
        return outcome, stepped, note

    def _foreign(self, trigger: Trigger, post: Post, step: Step, stored: StoredObject) -> Outcome | str | PutOff:
        """What a plugin that runs apart has answered; where it has not been asked, it is to be."""
        about = step.object
        occasion = (step.occasion.key, step.occasion.hop) if isinstance(step.occasion, Occurred) else step.occasion
        state = (stored.data, tuple(about.tags), about.version, about.campaigns)
        key = (post, trigger.revision, occasion, state, step.memory, step.before is None)
        answer = self._material.answers.known(key)
        if answer is None:
            self.wanted[key] = Wanted(trigger, step)
            return ASKED
        self.used.append(key)
        return answer

    def _not_now(self, route: Route, trigger: Trigger, found: str | PutOff) -> Retry:
        return self._again(route, trigger, found) if isinstance(found, str) else self._later(route, found)

    def _later(self, route: Route, found: PutOff) -> Retry:
        return Retry(route, self._material.now + found.pause, found.reason)

    def _again(self, route: Route, trigger: Trigger, reason: str) -> Retry:
        attempts = route.attempts + 1
        route = route._replace(attempts=attempts)
        if attempts < MOST_TRIES:
            return Retry(route, self._material.now + FIRST_PAUSE * 2 ** (attempts - 1), reason)
        _log.warning(
            "a step failed too often and is set aside",
            account_id=route.object.account_id,
            trigger=trigger.label,
            reason=reason,
        )
        return Retry(route, NEVER, reason, set_aside=True)

    def _fields(self, data: bytes) -> Payload:
        if data not in self._data:
            self._data[data] = parse_data(data)
        return self._data[data]


def concerned(
    route: Route, event: Event, config: AccountConfig, memories: Mapping[Post, StoredMemory] | None = None
) -> list[tuple[Post, Trigger]]:
    """The definitions that an event is told to; without ``memories``, those that it may be."""
    if route.kind:
        own = config.stepping(TriggerKey(route.kind, route.definition_id))
        return [(route.post, own)] if own is not None and own.stateful is not None else []
    found = []
    for trigger, remembering in config.concerned(event):
        if trigger.alone:
            continue
        post = Post(route.object.account_id, trigger.key.kind, trigger.key.id, *route.object[1:])
        if trigger.source != route.source:
            continue
        memory = NO_MEMORY if memories is None else memories.get(post, NO_MEMORY)
        if not remembering or memories is None or memory.body is not None or memory.blocked:
            found.append((post, trigger))
    return found


def _happening(event: Event, now: int) -> Happening:
    return Happening(
        type=event.type,
        params=dict(event.params),
        object_type_id=event.object_type_id,
        object_id=event.object_id,
        data=parse_data(event.data),
        changed_fields=event.changed_fields,
        tags=tags_after(event),
        occurred_time=event.occurred_time,
        now=now,
        object_version=event.object_version,
    )
