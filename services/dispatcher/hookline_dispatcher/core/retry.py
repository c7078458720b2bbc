"""Whether and when a delivery is tried again, and what an attempt means for its lane: a pure decision.

The schedule: the first retry waits five seconds, each further one twice as long, at most an hour; of each wait a
random half is taken off at most, so that what failed together does not come back together. ``max_retries`` bounds
the number of retries. Waits that the receiver asks for (``Retry-After`` with 429, 502, 503 or 504) are honoured
between the schedule's own wait and a day, and slow the whole lane. An attempt that says nothing of the receiver, since
its worker died (it is unknown) or this side lacked something to send it with, uses up no retry, five times at most.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from .instants import DAY, HOUR, SECOND

MAX_UNKNOWN = 5
"""How many attempts that say nothing of the receiver use up no retry."""

SLOW_DOWN = frozenset({429, 502, 503, 504})
"""Status codes whose ``Retry-After`` is honoured."""

GONE = 410
"""The status code by which a receiver says: never again."""


class Outcome(enum.IntEnum):
    """What an attempt came to; the numbers are those of the contract and of the store."""

    DELIVERED = 1
    REJECTED = 2
    TIMEOUT = 3
    NAME_NOT_RESOLVED = 4
    ADDRESS_REFUSED = 5
    NOT_CONNECTED = 6
    TLS_FAILED = 7
    PROTOCOL_ERROR = 8
    TOO_LARGE = 9
    NOT_RENDERED = 10
    UNKNOWN = 11
    NOT_AUTHORIZED = 12


@dataclass(frozen=True, slots=True)
class Schedule:
    """Waits between attempts, in microseconds."""

    first: int = 5 * SECOND
    cap: int = HOUR

    def longest(self, retry: int) -> int:
        """The longest wait before retry number ``retry`` (from 1)."""
        return min(self.cap, self.first << min(retry - 1, 40))

    def wait(self, retry: int, random: Callable[[], float]) -> int:
        """The wait before retry number ``retry``: between half of the longest and the longest.

        ``random`` yields floats in [0, 1).
        """
        longest = self.longest(retry)
        return longest - int(longest / 2 * random())


class Result(NamedTuple):
    """What an attempt came to, as far as the decision needs it."""

    outcome: Outcome
    status_code: int = 0
    retry_after: int | None = None
    """The wait that the receiver asked for."""
    reason: str = ""
    own: bool = False
    """Whether it failed for want of something on this side."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The delivery is done; the lane is well."""


@dataclass(frozen=True, slots=True)
class RetryAt:
    """The delivery waits until ``due_time``; the lane holds everything until ``hold_time`` when that is not 0.

    ``own`` says that the attempt failed for want of something on this side, and uses up no retry for that.
    """

    due_time: int
    reason: str
    hold_time: int = 0
    own: bool = False


@dataclass(frozen=True, slots=True)
class Dead:
    """The delivery has used up its retries."""

    reason: str
    hold_time: int = 0


@dataclass(frozen=True, slots=True)
class TargetGone:
    """The receiver said 410: the delivery is dead and its target is switched off."""

    reason: str


Decision = Delivered | RetryAt | Dead | TargetGone


def uses_retry(outcome: Outcome, unknowns: int, *, own: bool = False) -> bool:
    """Whether a failed attempt counts as a failure, after ``unknowns`` that did not since they say nothing."""
    return not (own or outcome is Outcome.UNKNOWN) or unknowns >= MAX_UNKNOWN


def decide(
    result: Result,
    *,
    failures: int,
    unknowns: int,
    max_retries: int,
    schedule: Schedule,
    now: int,
    random: Callable[[], float],
) -> Decision:
    """What follows from ``result``.

    Args:
        result: What the attempt came to.
        failures: Failed attempts of this delivery before this one; unknown ones that count are among them.
        unknowns: Attempts of this delivery before this one that say nothing of the receiver.
        max_retries: The target's bound, 0 to 180.
        schedule: The waits.
        now: The present moment.
        random: Yields floats in [0, 1).
    """
    if result.outcome is Outcome.DELIVERED:
        return Delivered()
    if result.status_code == GONE:
        return TargetGone(result.reason)
    if not uses_retry(result.outcome, unknowns, own=result.own):
        # What this side lacks is not there again at once; whose worker died has waited already.
        wait = schedule.wait(failures + unknowns + 1, random) if result.own else 0
        return RetryAt(now + wait, result.reason, own=result.own)
    wait = schedule.wait(failures + 1, random)
    hold_time = 0
    if result.retry_after is not None and result.status_code in SLOW_DOWN:
        wait = max(wait, min(result.retry_after, DAY))
        hold_time = now + wait
    if failures >= max_retries:
        return Dead(result.reason, hold_time)
    return RetryAt(now + wait, result.reason, hold_time)
