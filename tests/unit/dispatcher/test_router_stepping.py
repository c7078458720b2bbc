from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.routes.stepping import take_step
from hookline_plugin.stateful import (
    MAX_MEMORY,
    Due,
    Emit,
    Firing,
    Memory,
    Movement,
    ObjectState,
    Outcome,
    Passage,
    Step,
    Timer,
)
from hookline_plugin.trigger import Interest

STEP = Step(Due("t", 1), ObjectState(0, "8", {}), None, 1)


class Answering:
    version = 1
    paused = False
    interests: Sequence[Interest] = ()
    watches: Sequence[Interest] = ()

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def step(self, step: Step) -> Outcome:
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer  # type: ignore[no-any-return]  # what is no outcome is what is tried


GOOD = Outcome(
    Memory(b"\x00\xff", 3),
    (Timer("wait", 5),),
    ("old",),
    (Firing("k", 7, "send", "e1"),),
    (Emit("k", "sub_tag", (("tag_id", "4"),), ("4",), ("5",)),),
    (Movement("send", Passage.REACHED),),
    why="so",
)


def test_what_a_step_may_answer_is_taken_as_it_is() -> None:
    assert take_step(Answering(GOOD), STEP) == GOOD


def test_a_reason_becomes_one_line_that_can_be_stored() -> None:
    found = take_step(Answering(Outcome(None, why="a\n\tb \ud800" + "x" * 9999)), STEP)
    assert isinstance(found, Outcome)
    assert found.why.startswith("a b ?x")
    assert len(found.why) == 200


def test_a_timer_of_long_ago_is_due_at_once() -> None:
    found = take_step(Answering(Outcome(None, (Timer("k", -5),))), STEP)
    assert isinstance(found, Outcome)
    assert found.start == (Timer("k", 0),)


BAD: list[Any] = [
    None,
    ValueError("secret"),
    SystemExit(1),
    RecursionError("secret"),
    Outcome(b"no memory"),  # type: ignore[arg-type]  # that is what is wrong
    Outcome(Memory(b"x" * (MAX_MEMORY + 1))),
    Outcome(Memory(b"", -1)),
    Outcome(Memory(b"", 2**63)),
    Outcome(Memory("text")),  # type: ignore[arg-type]  # that is what is wrong
    Outcome(None, (Timer("", 1),)),
    Outcome(None, (Timer("k", NEVER),)),
    Outcome(None, (Timer("k", 1.5),)),  # type: ignore[arg-type]  # that is what is wrong
    Outcome(None, ("k",)),  # type: ignore[arg-type]  # that is what is wrong
    Outcome(None, tuple(Timer(f"{n}", 1) for n in range(1001))),
    Outcome(None, cancel=(7,)),  # type: ignore[arg-type]  # that is what is wrong
    Outcome(None, fires=(Firing("k\n", 1),)),
    Outcome(None, fires=(Firing("k\ud800", 1),)),
    Outcome(None, fires=(Firing("k" * 129, 1),)),
    Outcome(None, fires=(Firing("k", 2**63),)),
    Outcome(None, fires=(Firing("k", 1, "\x00"),)),
    Outcome(None, emits=(Emit("k", "no_such_event"),)),
    Outcome(None, emits=(Emit("k", "target_disabled"),)),
    Outcome(None, emits=(Emit("k", "sub_tag", (("a", 7),)),)),  # type: ignore[arg-type]  # that is what is wrong
    Outcome(None, emits=(Emit("k", "sub_tag", add_tags=("\ud800",)),)),
    Outcome(None, movements=(Movement("a", "reached"),)),  # type: ignore[arg-type]  # that is what is wrong
    Outcome(None, held=1),  # type: ignore[arg-type]  # that is what is wrong
]


@pytest.mark.parametrize("answer", BAD, ids=repr)
def test_anything_else_fails_without_saying_a_secret(answer: Any) -> None:
    found = take_step(Answering(answer), STEP)
    assert isinstance(found, str)
    assert "secret" not in found
