from __future__ import annotations

import itertools

import pytest

from hookline_dispatcher.core.delivery import PENDING, SETTLED, TRANSITIONS, IllegalStep, State, Step, follow

LEGAL = [
    (State.WAITING, Step.CLAIM, State.IN_FLIGHT),
    (State.WAITING, Step.CANCEL, State.CANCELLED),
    (State.IN_FLIGHT, Step.DELIVER, State.DELIVERED),
    (State.IN_FLIGHT, Step.RETRY, State.WAITING),
    (State.IN_FLIGHT, Step.BURY, State.DEAD),
    (State.IN_FLIGHT, Step.GIVE_BACK, State.WAITING),
    (State.IN_FLIGHT, Step.LOSE, State.WAITING),
    (State.IN_FLIGHT, Step.CANCEL, State.CANCELLED),
]
ILLEGAL = sorted(
    set(itertools.product(State, Step)) - {(state, step) for state, step, _ in LEGAL},
    key=lambda pair: (pair[0], pair[1].name),
)


@pytest.mark.parametrize(("state", "step", "after"), LEGAL)
def test_a_legal_step_leads_on(state: State, step: Step, after: State) -> None:
    assert follow(state, step) is after


@pytest.mark.parametrize(("state", "step"), ILLEGAL)
def test_an_illegal_step_is_refused(state: State, step: Step) -> None:
    with pytest.raises(IllegalStep, match=state.name):
        follow(state, step)


def test_the_table_has_no_other_transition() -> None:
    assert {(state, step): after for state, step, after in LEGAL} == TRANSITIONS
    assert len(ILLEGAL) == len(State) * len(Step) - len(LEGAL)


def test_every_state_is_pending_or_settled_and_nothing_leaves_a_settled_one() -> None:
    assert set(State) == PENDING | SETTLED
    assert not PENDING & SETTLED
    assert not {state for state, _ in TRANSITIONS} & SETTLED


def test_every_settled_state_can_be_reached() -> None:
    assert set(TRANSITIONS.values()) >= SETTLED
