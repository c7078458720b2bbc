"""One step of one definition: asked, and its answer looked at before it is used. Pure, but for the plugin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from hookline_dispatcher.core.instants import NEVER
from hookline_plugin.catalogue import event_type
from hookline_plugin.stateful import (
    MAX_MEMORY,
    Emit,
    Firing,
    Memory,
    Movement,
    Outcome,
    Passage,
    StatefulCompiled,
    Step,
    Timer,
)
from hookline_runtime.isolation.trouble import PluginAway, PluginTrouble

MOST = 1000
"""How many firings, emitted events or timers a step may ask for, each."""
MOST_MOVEMENTS = 10_000
MOST_TAGS = 100
"""How many tags, and how many params, an emitted event may carry."""
LONGEST_NAME = 128
"""Characters of a key, an element, a tag, or the name of a param."""
LONGEST_VALUE = 1024
LONGEST_WHY = 200
LONGEST_REHEARSED = 4_000
"""Of what is only shown to whoever asks."""
HIGHEST = 2**63 - 1

T = TypeVar("T")


def take_step(compiled: StatefulCompiled, step: Step) -> Outcome | str:
    """What follows from a step; in words, why it failed.

    Raises:
        PluginAway: its plugin runs apart and is not asked at the moment.
    """
    try:
        return _checked(compiled.step(step), LONGEST_REHEARSED if step.rehearsed else LONGEST_WHY)
    except PluginAway:
        raise
    except PluginTrouble as trouble:
        return str(trouble)
    except (Exception, SystemExit) as error:  # a source is a plugin: whatever it raises costs this definition only
        return f"it failed with {type(error).__name__}"


def _checked(outcome: object, longest: int) -> Outcome:
    """The answer, with its parts as tuples.

    Raises:
        TypeError, ValueError: it is not what a plugin may answer.
    """
    if not isinstance(outcome, Outcome) or not isinstance(outcome.held, bool):
        raise TypeError("no outcome")
    return Outcome(
        memory=None if outcome.memory is None else _memory(outcome.memory),
        start=tuple(_timer(each) for each in _some(outcome.start, Timer)),
        cancel=tuple(_name(each) for each in _some(outcome.cancel, str)),
        fires=tuple(_firing(each) for each in _some(outcome.fires, Firing)),
        emits=tuple(_emit(each) for each in _some(outcome.emits, Emit)),
        movements=tuple(_movement(each) for each in _some(outcome.movements, Movement, MOST_MOVEMENTS)),
        held=outcome.held,
        why=_line(outcome.why, longest),
    )


def _some(given: Iterable[T], kind: type[T], most: int = MOST) -> list[T]:
    found: list[T] = []
    for each in given:
        if len(found) == most or not isinstance(each, kind):
            raise ValueError("too much, or not what it should be")
        found.append(each)
    return found


def _memory(memory: object) -> Memory:
    if not isinstance(memory, Memory):
        raise TypeError("no memory")
    body: object = memory.body
    if not isinstance(body, bytes) or len(body) > MAX_MEMORY:
        raise ValueError("a memory that cannot be kept")
    return Memory(body, _whole(memory.follows, HIGHEST))


def _timer(timer: Timer) -> Timer:
    due: object = timer.due_time
    if not isinstance(due, int) or due >= NEVER:
        raise ValueError("no time to be woken at")
    return Timer(_name(timer.key), max(0, int(due)))


def _firing(firing: Firing) -> Firing:
    element = _name(firing.element) if firing.element else ""
    event: object = firing.event
    if not isinstance(event, str):
        raise TypeError("no key of an event")
    return Firing(
        _name(firing.key), _whole(firing.webhook_id, HIGHEST), element, event.encode(errors="replace").decode()
    )


def _emit(emit: Emit) -> Emit:
    type_: object = emit.type
    kind = event_type(type_) if isinstance(type_, str) else None
    if kind is None or not kind.producer:
        raise ValueError("no event that an object may have")
    params = tuple(emit.params)
    if len(params) > MOST_TAGS:
        raise ValueError("too many params")
    return Emit(
        key=_name(emit.key),
        type=kind.name,
        params=tuple((_name(name), _name(value, LONGEST_VALUE)) for name, value in params),
        add_tags=tuple(_name(tag) for tag in _some(emit.add_tags, str, MOST_TAGS)),
        remove_tags=tuple(_name(tag) for tag in _some(emit.remove_tags, str, MOST_TAGS)),
    )


def _movement(movement: Movement) -> Movement:
    if not isinstance(movement.passage, Passage):
        raise TypeError("neither reached nor left")
    return Movement(_name(movement.element), movement.passage)


def _name(name: object, longest: int = LONGEST_NAME) -> str:
    """A text that can be stored: what cannot be printed may have no encoding."""
    if not isinstance(name, str) or not name or len(name) > longest or not name.isprintable():
        raise ValueError("a text that cannot be used")
    return str(name)


def _whole(number: object, highest: int) -> int:
    if not isinstance(number, int) or not 0 <= number <= highest:
        raise ValueError("a number that cannot be used")
    return int(number)


def _line(why: object, longest: int) -> str:
    words = why if isinstance(why, str) else ""
    return " ".join(words[: 2 * longest].encode(errors="replace").decode().split())[:longest]
