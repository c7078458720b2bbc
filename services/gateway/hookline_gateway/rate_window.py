"""Rate limits: at most so many of something in any minute, as a rolling window. Pure: time is an argument.

Times are whole nanoseconds of a clock that never goes back: sums of fractions would be off by a little.

A request that is refused does not count: a client that waits for as long as it was told is let in.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

SECOND = 1_000_000_000
WINDOW = 60 * SECOND

Who = TypeVar("Who", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands; ``reset`` is in whole seconds, from 1: then the oldest request counts no more."""

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


class RateWindows(Generic[Who]):
    """The requests of the last minute, by who made them. Who is quiet for a minute costs nothing."""

    def __init__(self) -> None:
        self._times: OrderedDict[Who, deque[int]] = OrderedDict()

    def __len__(self) -> int:
        """How many are known."""
        return len(self._times)

    def take(self, who: Who, limit: int, now: int) -> Standing:
        """Counts a request at ``now``, if there is room for it."""
        self._forget(now)
        times = self._times.setdefault(who, deque())
        while times and times[0] <= now - WINDOW:
            times.popleft()
        allowed = len(times) < limit
        if allowed:
            times.append(now)
            self._times.move_to_end(who)
        # Of those above a limit that was lowered, so many have to go until there is room for one.
        first = times[max(0, len(times) - limit)]
        reset = -((now - first - WINDOW) // SECOND)  # rounded up, and never 0: the first counts still
        return Standing(allowed, limit, max(0, limit - len(times)), reset)

    def give_back(self, who: Who, taken: int) -> None:
        """Lets a request that was counted at ``taken`` count no more."""
        times = self._times.get(who)
        if times is None or taken not in times:
            return
        times.remove(taken)
        if not times:
            del self._times[who]

    def _forget(self, now: int) -> None:
        # They stand in the order of their newest request.
        while self._times:
            who, times = next(iter(self._times.items()))
            if times[-1] > now - WINDOW:
                return
            del self._times[who]
