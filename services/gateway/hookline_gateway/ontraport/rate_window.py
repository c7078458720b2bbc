"""The rate limit: at most so many requests of an account in any minute, as a rolling window. Pure: time is an argument.

Times are whole nanoseconds of a clock that never goes back: sums of fractions would be off by a little.

A request that is refused does not count: a client that waits for as long as it was told is let in.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass

SECOND = 1_000_000_000
WINDOW = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands; ``reset`` is in whole seconds, from 1: then the oldest request counts no more."""

    allowed: bool
    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """The three headers that every answer has."""
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(self.remaining),
            "x-rate-limit-reset": str(self.reset),
        }


class RateWindows:
    """The requests of the last minute, by account. Accounts that are quiet for a minute cost nothing."""

    def __init__(self) -> None:
        self._times: OrderedDict[int, deque[int]] = OrderedDict()

    def __len__(self) -> int:
        """How many accounts are known."""
        return len(self._times)

    def take(self, account_id: int, limit: int, now: int) -> Standing:
        """Counts a request at ``now``, if there is room for it."""
        self._forget(now)
        times = self._times.setdefault(account_id, deque())
        while times and times[0] <= now - WINDOW:
            times.popleft()
        allowed = len(times) < limit
        if allowed:
            times.append(now)
            self._times.move_to_end(account_id)
        # Of those above a limit that was lowered, so many have to go until there is room for one.
        first = times[max(0, len(times) - limit)]
        reset = -((now - first - WINDOW) // SECOND)  # rounded up, and never 0: the first counts still
        return Standing(allowed, limit, max(0, limit - len(times)), reset)

    def _forget(self, now: int) -> None:
        # They stand in the order of their newest request.
        while self._times:
            account_id, times = next(iter(self._times.items()))
            if times[-1] > now - WINDOW:
                return
            del self._times[account_id]
