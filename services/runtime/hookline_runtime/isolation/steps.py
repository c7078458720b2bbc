"""Steps of definitions with memory, and their outcomes, as what JSON can say, and back; see `values`."""

from typing import Any

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
    StatefulCompiled,
    Step,
    Timer,
)
from hookline_runtime.isolation.values import happening_in, happening_out, payload_in, payload_out, some

_BYTES = "latin-1"
"""A memory is bytes: each becomes the character of its number."""


def step_out(step: Step) -> list[Any]:
    """Write a step, but for the definition before."""
    state = step.object
    return [
        _occasion_out(step.occasion),
        [
            state.object_type_id,
            state.object_id,
            payload_out(state.data),
            list(state.tags),
            state.version,
            sorted(state.campaigns),
        ],
        _memory_out(step.memory),
        step.now,
        step.rehearsed,
    ]


def step_in(written: list[Any], before: StatefulCompiled | None) -> Step:
    """Read a step, with the definition before."""
    occasion, (object_type_id, object_id, data, tags, version, campaigns), memory, now, rehearsed = written
    state = ObjectState(object_type_id, object_id, payload_in(data), tuple(tags), version, frozenset(campaigns))
    return Step(_occasion_in(occasion), state, _memory_in(memory), now, before, rehearsed)


def outcome_out(outcome: object) -> list[Any]:
    """Write what follows from a step.

    Raises TypeError for anything else.
    """
    if not isinstance(outcome, Outcome):
        raise TypeError("no outcome")
    return [
        _memory_out(outcome.memory),
        [[each.key, each.due_time] for each in some(outcome.start, Timer)],
        some(outcome.cancel, str),
        [[each.key, each.webhook_id, each.element, each.event] for each in some(outcome.fires, Firing)],
        [
            [each.key, each.type, some(each.params), some(each.add_tags), some(each.remove_tags), each.element]
            for each in some(outcome.emits, Emit)
        ],
        [[each.element, each.passage.value] for each in some(outcome.movements, Movement)],
        outcome.held,
        outcome.why,
    ]


def outcome_in(written: Any) -> Outcome:
    """Read what follows from a step."""
    memory, start, cancel, fires, emits, movements, held, why = written
    return Outcome(
        _memory_in(memory),
        tuple(Timer(key, due_time) for key, due_time in start),
        tuple(cancel),
        tuple(Firing(key, webhook_id, element, event) for key, webhook_id, element, event in fires),
        tuple(
            Emit(key, type_, tuple((name, value) for name, value in params), tuple(add), tuple(remove), element)
            for key, type_, params, add, remove, element in emits
        ),
        tuple(Movement(element, Passage(passage)) for element, passage in movements),
        held,
        why,
    )


def _occasion_out(occasion: Occasion) -> list[Any]:
    match occasion:
        case Occurred(key, event, hop):
            return ["occurred", key, happening_out(event), hop]
        case Due(key, due_time):
            return ["due", key, due_time]
        case Revised():
            return ["revised"]


def _occasion_in(written: list[Any]) -> Occasion:
    match written:
        case ["occurred", str(key), list(event), int(hop)]:
            return Occurred(key, happening_in(event), hop)
        case ["due", str(key), int(due_time)]:
            return Due(key, due_time)
        case _:
            return Revised()


def _memory_out(memory: object) -> list[Any] | None:
    if memory is None:
        return None
    if not isinstance(memory, Memory) or not isinstance(memory.body, bytes):
        raise TypeError("no memory")
    return [memory.body.decode(_BYTES), memory.follows]


def _memory_in(written: Any) -> Memory | None:
    if written is None:
        return None
    body, follows = written
    return Memory(body.encode(_BYTES), follows)
