"""Rules that ask who is on which campaign's map."""

from collections.abc import Sequence
from typing import Any

import pytest

from hookline_plugin.settled import Settled
from hookline_plugin.stateful import Due, ObjectState, Occurred, Outcome, Step

from .rules import NOON, SOURCE, WORLD, event, on_map, rule, tag


def asked(any_of: Sequence[Sequence[dict[str, Any]]], campaigns: set[int], tags: Sequence[str] = ()) -> Outcome:
    definition = rule(any_of=any_of)
    assert list(SOURCE.check(definition, WORLD)) == []
    compiled = SOURCE.compile(SOURCE.resolve(definition, WORLD))
    assert isinstance(compiled, Settled)
    state = ObjectState(0, "1", {}, tags, 1, frozenset(campaigns))
    return compiled.step(Step(Occurred("e1", event()), state, None, NOON))


@pytest.mark.parametrize(
    "any_of, campaigns, fires",
    [
        ([[on_map(3)]], {3}, True),
        ([[on_map(3)]], set(), False),
        ([[on_map(3)]], {5}, False),
        ([[on_map(3, absent=True)]], set(), True),
        ([[on_map(3, absent=True)]], {3}, False),
        ([[on_map(3), on_map(5)]], {3}, False),
        ([[on_map(3), on_map(5)]], {3, 5}, True),
        ([[on_map(3)], [on_map(5)]], {5}, True),
        ([[on_map(3), on_map(5, absent=True)]], {3}, True),
        ([[on_map(3), tag(4)]], {3}, False),
        ([[on_map(3)], [tag(9)]], set(), False),
    ],
)
def test_membership_decides(any_of: Any, campaigns: set[int], fires: bool) -> None:
    outcome = asked(any_of, campaigns)
    assert bool(outcome.fires) is fires
    assert outcome.memory is None
    assert not outcome.start


def test_it_says_which_condition_does_not_hold() -> None:
    assert asked([[on_map(3)]], set()).why == "conditions do not hold: on campaign 3 (any_of[0].all_of[0])"
    why = asked([[tag(4), on_map(3, absent=True)]], {3}, ["4"]).why
    assert why == "conditions do not hold: not on campaign 3 (any_of[0].all_of[1])"


def test_it_names_what_it_asks_about_once_and_in_order() -> None:
    definition = rule(any_of=[[on_map(5), on_map(3)], [on_map(5, absent=True)]])
    compiled = SOURCE.compile(definition)
    assert isinstance(compiled, Settled)
    assert list(SOURCE.campaigns(definition)) == list(compiled.campaigns) == [5, 3]


def test_a_rule_that_asks_about_none_has_no_memory() -> None:
    assert not isinstance(SOURCE.compile(rule(any_of=[[tag(4)]])), Settled)


def test_what_it_asks_while_it_settles_is_asked_when_it_fires() -> None:
    compiled = SOURCE.compile(rule(any_of=[[on_map(3)]], settle={"quiet": "2s"}))
    assert isinstance(compiled, Settled)
    waiting = compiled.step(Step(Occurred("e1", event()), ObjectState(0, "1", {}), None, NOON))
    (timer,) = waiting.start
    for campaigns in (frozenset({3}), frozenset[int]()):
        state = ObjectState(0, "1", {}, campaigns=campaigns)
        due = compiled.step(Step(Due(timer.key, timer.due_time), state, waiting.memory, timer.due_time))
        assert bool(due.fires) is bool(campaigns)
