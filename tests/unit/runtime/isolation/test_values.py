"""What goes over the pipes comes out as it went in; what does not fit is refused."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_plugin.stateful import (
    Due,
    Emit,
    Firing,
    Memory,
    Movement,
    ObjectState,
    Occurred,
    Outcome,
    Passage,
    Revised,
    Step,
    Timer,
)
from hookline_plugin.trigger import Decision, FieldInfo, Fire, Happening, Interest, World
from hookline_runtime.isolation.frames import HEADER, MOST, Frame, Junk, Pipe, Unsayable, packed
from hookline_runtime.isolation.steps import outcome_in, outcome_out, step_in, step_out
from hookline_runtime.isolation.values import (
    Written,
    decision_in,
    decision_out,
    happening_in,
    happening_out,
    interests_in,
    merges_in,
    payload_in,
    payload_out,
    wholes_in,
    world_in,
    world_out,
)

texts = st.text(max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
payloads = st.dictionaries(
    texts,
    st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=8),
    max_size=4,
)
words = st.lists(texts, max_size=3).map(tuple)
happenings = st.builds(
    Happening,
    type=texts,
    params=st.dictionaries(texts, texts, max_size=2),
    object_type_id=st.integers(),
    object_id=texts,
    data=payloads,
    changed_fields=words,
    tags=words,
    campaigns=st.frozensets(st.integers()),
    object_version=st.integers(),
)
steps = st.builds(
    Step,
    occasion=st.builds(Occurred, texts, happenings, st.integers())
    | st.builds(Due, texts, st.integers())
    | st.just(Revised()),
    object=st.builds(ObjectState, st.integers(), texts, payloads, words, st.integers(), st.frozensets(st.integers())),
    memory=st.none() | st.builds(Memory, st.binary(max_size=8), st.integers()),
    now=st.integers(),
    rehearsed=st.booleans(),
)
outcomes = st.builds(
    Outcome,
    memory=st.none() | st.builds(Memory, st.binary(max_size=8), st.integers()),
    start=st.lists(st.builds(Timer, texts, st.integers()), max_size=2).map(tuple),
    cancel=words,
    fires=st.lists(st.builds(Firing, texts, st.integers(), texts, texts), max_size=2).map(tuple),
    emits=st.lists(
        st.builds(Emit, texts, texts, st.lists(st.tuples(texts, texts), max_size=2).map(tuple), words, words, texts),
        max_size=2,
    ).map(tuple),
    movements=st.lists(st.builds(Movement, texts, st.sampled_from(Passage)), max_size=2).map(tuple),
    held=st.booleans(),
    why=texts,
)


def over(message: Any) -> Any:
    frame = packed(Frame(1, message))
    _, length, _ = HEADER.unpack(frame[: HEADER.size])
    return json.loads(frame[HEADER.size :][:length])


@settings(max_examples=50)
@given(payloads)
def test_payloads(payload: dict[str, Any]) -> None:
    assert payload_in(over(payload_out(payload))) == payload


@settings(max_examples=30)
@given(happenings)
def test_happenings(happening: Happening) -> None:
    assert happening_in(over(happening_out(happening))) == happening


@settings(max_examples=30)
@given(steps)
def test_steps(step: Step) -> None:
    assert step_in(over(step_out(step)), None) == step


@settings(max_examples=30)
@given(outcomes)
def test_outcomes(outcome: Outcome) -> None:
    assert outcome_in(over(outcome_out(outcome))) == outcome


def test_numbers_are_written_as_they_were() -> None:
    payload: dict[str, Any] = {"a": Written("19.90"), "b": [{"c": Written("1E2")}], "d": 1.50, "e": True}
    read: Any = payload_in(over(payload_out(payload)))
    assert [repr(each) for each in (read["a"], read["b"][0]["c"], read["d"], read["e"])] == [
        "19.90",
        "1E2",
        "1.5",
        "True",
    ]


def test_decisions_and_worlds() -> None:
    decision = Decision((Fire(7, "a"),), "why")
    assert decision_in(over(decision_out(decision))) == decision
    world = World({0: (FieldInfo("k", "L", "text", 4),)}, {7: 0}, {3: 0})
    assert world_in(over(world_out(world))) == world


JUNK: list[Any] = [None, 7, "text", {}, [[1]], [{"a": 1}], [[[]]]]


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_none_is_refused(junk: Any) -> None:
    for read in (decision_in, outcome_in, merges_in, interests_in, wholes_in, payload_in):
        try:
            found: Any = read(junk)
        except (LookupError, TypeError, ValueError, AttributeError):
            continue
        assert found == (), "nothing was said"


@pytest.mark.parametrize("made", [object(), None, 7, Decision((7,))])  # type: ignore[arg-type]  # that is what is tried
def test_what_a_plugin_may_not_give_is_no_answer(made: Any) -> None:
    with pytest.raises(TypeError):
        decision_out(made)
    with pytest.raises(TypeError):
        outcome_out(made)


def test_what_json_cannot_say_is_not_sent() -> None:
    with pytest.raises(Unsayable):
        packed(Frame(1, [object()]))
    with pytest.raises(Unsayable):
        packed(Frame(1, [10**5000]))


def test_interests_can_be_looked_up() -> None:
    assert interests_in([["sub_tag", None, "4"]]) == (Interest("sub_tag", None, "4"),)
    with pytest.raises(TypeError):
        interests_in([["sub_tag", [], "4"]])


@pytest.mark.parametrize(
    "said", [HEADER.pack(1, MOST, 1), HEADER.pack(1, 2, 0) + b"{]", HEADER.pack(1, 1, 0) + b"\xff"]
)
def test_junk_on_a_pipe(said: bytes) -> None:
    readable, writable = os.pipe()
    try:
        pipe = Pipe(readable, writable)
        os.write(writable, said)
        with pytest.raises(Junk):
            pipe.receive(time.monotonic() + 10)
    finally:
        os.close(readable)
        os.close(writable)


def test_a_pipe_that_says_nothing_or_is_full_has_a_bound() -> None:
    readable, writable = os.pipe()
    try:
        pipe = Pipe(readable, writable)
        with pytest.raises(TimeoutError):
            pipe.receive(time.monotonic() + 0.01)
        with pytest.raises(TimeoutError):
            pipe.send(b"x" * (4 << 20), time.monotonic() + 0.01)
    finally:
        os.close(readable)
        os.close(writable)
