"""How a delivery lives: its states and every transition between them, in one table.

A delivery waits in its lane, is claimed for an attempt, and ends delivered, dead or cancelled. What the table does
not name cannot happen: an illegal step raises and changes nothing. Settled is for good; to send again makes a new
delivery (a redelivery), so that the record of the first one stays true.
"""

from __future__ import annotations

import enum


class State(enum.IntEnum):
    """How far a delivery is; the numbers are those of the contract and of the store."""

    WAITING = 1
    IN_FLIGHT = 2
    DELIVERED = 3
    DEAD = 4
    CANCELLED = 5


class Step(enum.Enum):
    """What can happen to a delivery."""

    CLAIM = "claim"
    """A worker opens an attempt."""
    DELIVER = "deliver"
    """The attempt was answered with 2xx."""
    RETRY = "retry"
    """The attempt failed and another one may follow."""
    BURY = "bury"
    """The attempt failed and was the last one."""
    GIVE_BACK = "give back"
    """The worker came too late for its slot: nothing was sent, no attempt is counted."""
    LOSE = "lose"
    """The worker died: the attempt is closed as unknown."""
    CANCEL = "cancel"
    """Someone, or a target that is off or gone, called it off."""


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.WAITING, Step.CLAIM): State.IN_FLIGHT,
    (State.WAITING, Step.CANCEL): State.CANCELLED,
    (State.IN_FLIGHT, Step.DELIVER): State.DELIVERED,
    (State.IN_FLIGHT, Step.RETRY): State.WAITING,
    (State.IN_FLIGHT, Step.BURY): State.DEAD,
    (State.IN_FLIGHT, Step.GIVE_BACK): State.WAITING,
    (State.IN_FLIGHT, Step.LOSE): State.WAITING,
    (State.IN_FLIGHT, Step.CANCEL): State.CANCELLED,
}

SETTLED = frozenset({State.DELIVERED, State.DEAD, State.CANCELLED})
"""States that nothing leaves."""

PENDING = frozenset({State.WAITING, State.IN_FLIGHT})
"""States in which a delivery may still be sent."""


class IllegalStep(Exception):
    """A step that the table does not have; nothing was changed."""


class TargetDeleted(IllegalStep):
    """The delivery cannot be sent again: its target's definition was deleted."""


def follow(state: State, step: Step) -> State:
    """The state after ``step``.

    Raises:
        IllegalStep: the table has no such transition.
    """
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise IllegalStep(f"a delivery that is {state.name} cannot {step.value}") from None
