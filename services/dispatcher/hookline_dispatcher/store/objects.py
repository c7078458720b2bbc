"""What is kept of one object beside its events, as people see it: values, and what a store offers to show and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from .routing import ObjectKey, Post


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an object stands under one definition."""

    post: Post
    elements: tuple[str, ...]
    """Where on the definition it is now."""
    due_time: int
    """When its next timer is due; 0: it has none."""
    held: bool
    """Whether that timer is held until its definition is paused no more."""
    waiting: int
    """How many routes wait to be told to the definition."""
    aside: int
    """How many were set aside."""


class Erased(NamedTuple):
    """How much was erased of an object."""

    states: int = 0
    memories: int = 0
    timers: int = 0
    routes: int = 0
    elements: int = 0

    def plus(self, other: Erased) -> Erased:
        """Both together."""
        return Erased(*(one + two for one, two in zip(self, other, strict=True)))


class Objects(Protocol):
    """Single objects.

    Raises (every call):
        StoreFailed: nothing of the present step was committed.
    """

    async def standings(self, key: ObjectKey, limit: int) -> list[Standing]:
        """Under which definitions anything is kept of an object, and what; in the order of kind and id."""

    async def erase(self, key: ObjectKey) -> Erased:
        """Erases its state and all that definitions keep of it, in bounded steps, until nothing is found any more.

        Rows that counts are made of stay, and name nobody. Where steps that were under way have left something anew
        each time that it was looked for, it ends after a few rounds.
        """
