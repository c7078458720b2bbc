"""A host in small, for the suite of sources with memory: it keeps for one object what steps return, as a host does,
and sees that each outcome is one.

Every step is asked of a definition that was compiled for it: what is not in the memory is forgotten.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from hookline_plugin.catalogue import event_type
from hookline_plugin.stateful import (
    MAX_MEMORY,
    Due,
    Emit,
    Memory,
    Movement,
    ObjectState,
    Occasion,
    Occurred,
    Outcome,
    StatefulCompiled,
    Step,
)
from hookline_plugin.testing.definitions import asked_of, frozen
from hookline_plugin.testing.happenings import NOW
from hookline_plugin.trigger import Happening

SECOND = 1_000_000
_MAX_TIMERS = 1_000
"""A story ends after so many timers, for a source may ask to be woken for ever."""


def taken(compiled: StatefulCompiled, step: Step, webhook_ids: set[int]) -> Outcome:
    """Give what follows from a step, having seen that it is an outcome, and a function of the step."""
    before = repr(step)
    outcome = compiled.step(step)
    assert isinstance(outcome, Outcome), f"step gave {type(outcome).__name__}, not Outcome"
    assert compiled.step(step) == outcome, "the same step had two outcomes"
    other = replace(step, object=replace(step.object, data=frozen(step.object.data)))
    assert compiled.step(other) == outcome, "the kind of mapping counted"
    shown = compiled.step(replace(step, rehearsed=True))
    assert replace(shown, why=outcome.why) == outcome, "a rehearsal had another outcome"
    assert repr(step) == before, "the step was changed"
    _see_memory(outcome.memory, compiled.version)
    _see_firings(outcome, webhook_ids)
    _see_timers(outcome, step.occasion)
    _see_emits(outcome.emits)
    assert all(isinstance(each, Movement) for each in outcome.movements), "movements are Movement"
    assert isinstance(outcome.why, str), "the reason is text"
    return outcome


class Teller:
    """Tells one object's events, and delivers its timers when they are due."""

    def __init__(self, compile_: Callable[[], StatefulCompiled], webhook_ids: set[int]) -> None:
        self.compile = compile_
        self.webhook_ids = webhook_ids
        self.now = NOW
        self.memory: Memory | None = None
        self.fired: dict[str, int] = {}
        self.why = ""
        self._emitted: set[str] = set()
        self._timers: dict[str, int] = {}
        self._object = ObjectState(0, "", {})
        self._told = 0

    @property
    def due(self) -> Sequence[Due]:
        """The timers that run, as they would be delivered."""
        return [Due(key, due_time) for key, due_time in self._timers.items()]

    def tell(self, happening: Happening) -> Outcome:
        """Let a second pass, and tell an event."""
        self.let_pass(self.now + SECOND)
        self._told += 1
        event = replace(happening, occurred_time=self.now, now=self.now)
        campaigns = frozenset(asked_of(self.compile()))
        self._object = ObjectState(event.object_type_id, event.object_id, event.data, event.tags, self._told, campaigns)
        return self._take(Occurred(f"event-{self._told}", event))

    def let_pass(self, until: int | None = None) -> None:
        """Deliver what comes due until a time, or all that is left."""
        for _ in range(_MAX_TIMERS):
            key, due_time = min(self._timers.items(), key=lambda timer: timer[1], default=("", None))
            if due_time is None or (until is not None and due_time > until):
                break
            self.now = max(self.now, due_time)
            del self._timers[key]
            self._take(Due(key, due_time))
        self.now = self.now if until is None else until

    def _take(self, occasion: Occasion) -> Outcome:
        step = Step(occasion, self._object, self.memory, self.now)
        outcome = taken(self.compile(), step, self.webhook_ids)
        self.memory, self.why = outcome.memory, outcome.why or self.why
        for key in outcome.cancel:
            self._timers.pop(key, None)
        self._timers.update({timer.key: timer.due_time for timer in outcome.start})
        for firing in outcome.fires:
            assert firing.key not in self.fired, f"the key {firing.key!r} fires twice, so that one firing is lost"
            self.fired[firing.key] = firing.webhook_id
        for emit in outcome.emits:
            assert emit.key not in self._emitted, f"the key {emit.key!r} is emitted twice, so that one event is lost"
            self._emitted.add(emit.key)
        return outcome


def _see_memory(memory: Memory | None, version: int) -> None:
    if memory is None:
        return
    assert isinstance(memory, Memory), f"the memory is {type(memory).__name__}, not Memory"
    assert type(memory.body) is bytes, "a memory's body is bytes"
    assert len(memory.body) <= MAX_MEMORY, f"a memory of {len(memory.body)} bytes; the host takes {MAX_MEMORY}"
    assert memory.follows in (0, version), "a memory follows the version that wrote it, or none"


def _see_firings(outcome: Outcome, webhook_ids: set[int]) -> None:
    _see_keys("firings", (firing.key for firing in outcome.fires))
    for firing in outcome.fires:
        assert firing.webhook_id in webhook_ids, f"it fires {firing.webhook_id}, of which webhooks does not tell"
        assert isinstance(firing.element, str), "an element is text"


def _see_timers(outcome: Outcome, occasion: Occasion) -> None:
    _see_keys("timers", (timer.key for timer in outcome.start))
    assert all(type(timer.due_time) is int for timer in outcome.start), "a due time is whole microseconds"
    assert all(isinstance(key, str) for key in outcome.cancel), "what is cancelled is the key of a timer"
    assert isinstance(occasion, Due) or not outcome.held, "only a timer that was delivered can be held"


def _see_emits(emits: Sequence[Emit]) -> None:
    _see_keys("emitted events", (emit.key for emit in emits))
    for emit in emits:
        assert event_type(emit.type) is not None, f"it emits {emit.type!r}, which is not in the catalogue"
        values = [each for pair in emit.params for each in pair] + [*emit.add_tags, *emit.remove_tags]
        assert all(isinstance(each, str) for each in values), "params and tags are text"


def _see_keys(what: str, keys: Iterable[object]) -> None:
    found = list(keys)
    assert all(isinstance(key, str) and key for key in found), f"keys of {what} are text, and not empty"
    assert len(set(found)) == len(found), f"two {what} of one step share a key"
