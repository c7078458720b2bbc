"""The log across deliveries, as people see it: values, and what a store offers to look at it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from .model import StoredAttempt, StoredDelivery, TargetKey

MOST = 10_000
"""How many entries of an account's log, from the newest on, are looked at."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry with its delivery as it is now; an attempt numbered 0 says that it was settled without."""

    attempt: StoredAttempt
    delivery: StoredDelivery


@dataclass(frozen=True, slots=True)
class LogPage:
    """Which entries to list: those before the seq ``before``, 0 for the newest; ``seqs`` keeps these only."""

    before: int = 0
    skip: int = 0
    seqs: Sequence[int] = ()
    bodies: bool = False


class LogReads(Protocol):
    """The log across deliveries."""

    async def log(self, account_id: int, which: LogPage, limit: int) -> list[LogEntry]:
        """A page of the log, newest first, of the newest ``MOST`` entries."""

    async def log_size(self, account_id: int, seqs: Sequence[int]) -> int:
        """How many entries there are, at most ``MOST``; ``seqs``, when not empty, counts these only."""

    async def last_attempts(self, targets: Sequence[TargetKey], *, bodies: bool) -> list[LogEntry]:
        """The last attempt to each target, of whichever of its newest deliveries; of one account's targets."""

    def on_attempted(self, callback: Callable[[Collection[TargetKey] | None], None]) -> None:
        """Calls ``callback`` on the event loop after each commit by which last attempts may be others.

        It is told to which targets, before whoever settled hears of the commit; None: to any, as old ones were deleted.
        """
