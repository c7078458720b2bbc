"""An account at a glance: how many deliveries it has in each state, and which of its targets are in trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from hookline_dispatcher.core.instants import MINUTE
from hookline_dispatcher.core.lane import Lane, Switch

from .model import StoredTarget

OVERDUE = MINUTE
"""How long something has been due when it counts as backlog."""


class Trouble(IntEnum):
    """What is wrong with a target, the worst first; numbers of the contract."""

    OFF = 1
    HALF_OPEN = 2
    BACKLOG = 3
    FAILING = 4
    PAUSED = 5


def trouble_of(lane: Lane, earliest: int, now: int) -> Trouble | None:
    """The worst that is wrong with a lane; ``earliest`` is when the first of what waits in it was or will be due."""
    if lane.switch is not Switch.ACTIVE:
        return Trouble.OFF if lane.switch is Switch.OFF else Trouble.PAUSED
    if lane.half_open:
        return Trouble.HALF_OPEN
    if earliest <= now - OVERDUE:
        return Trouble.BACKLOG
    return Trouble.FAILING if lane.failures else None


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """How many deliveries of an account are kept, by state; those that are retried are among the waiting."""

    waiting: int = 0
    retrying: int = 0
    in_flight: int = 0
    delivered: int = 0
    dead: int = 0
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class Troubles:
    """Targets in trouble, the worst first, and how many there are of each kind."""

    worst: tuple[tuple[Trouble, StoredTarget], ...]
    counts: Mapping[Trouble, int]


class Overviews(Protocol):
    """What a store offers for it; neither call costs more the more deliveries there are."""

    async def delivery_counts(self, account_id: int) -> DeliveryCounts:
        """How many deliveries an account has, as of the last commit."""

    def stored(self, account_id: int) -> int:
        """How many bytes the events of an account take up that are kept, about."""

    async def troubles(self, account_id: int, limit: int) -> Troubles:
        """Targets in trouble, at most ``limit``; those whose definition was deleted are left out."""
