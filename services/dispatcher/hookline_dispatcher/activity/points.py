"""One account's activity: a ring of five-second points for ten minutes, and one of minutes for the last hour.

Both rings are flat arrays that are written round and round; each place says which span it is of, so nothing has to be
cleared by a clock, and an account costs 14 kB however much happens to it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from hookline_dispatcher.core.instants import MINUTE, SECOND
from hookline_dispatcher.store.happened import Happening

from .latencies import Latencies

SPAN = 5 * SECOND
POINTS = 120
MINUTES = 60
_COUNTS = len(Happening)
_WIDTH = 1 + _COUNTS + 5
_MINUTE_WIDTH = 1 + _COUNTS


class Point(NamedTuple):
    """What happened within ``SPAN`` from ``start_time`` on; spans in microseconds, 0 where nothing was measured."""

    start_time: int
    happened: tuple[int, ...] = (0,) * _COUNTS
    attempts: int = 0
    attempt_p50: int = 0
    attempt_p99: int = 0
    delivered_p50: int = 0
    delivered_p99: int = 0


class Activity:
    """Counts for one account, from ``now`` on."""

    def __init__(self, now: int) -> None:
        self.start_time = now
        self._points = array("q", bytes(8 * _WIDTH * POINTS))
        self._minutes = array("q", bytes(8 * _MINUTE_WIDTH * MINUTES))
        self._begin(now // SPAN)

    def _begin(self, number: int) -> None:
        self._number = number
        self._counts = [0] * _COUNTS
        self._attempts = Latencies()
        self._delivered = Latencies()

    def _at(self, now: int) -> None:
        """Writes the open point down once its time has passed; a clock that went back goes on with the open one."""
        number = now // SPAN
        if number <= self._number:
            return
        measured = [self._attempts.number, *_both(self._attempts), *_both(self._delivered)]
        place = self._number % POINTS * _WIDTH
        self._points[place : place + _WIDTH] = array("q", [self._number, *self._counts, *measured])
        self._add_minute()
        self._begin(number)

    def _add_minute(self) -> None:
        minute = self._number * SPAN // MINUTE
        place = minute % MINUTES * _MINUTE_WIDTH
        if self._minutes[place] != minute:
            self._minutes[place : place + _MINUTE_WIDTH] = array("q", [minute, *[0] * _COUNTS])
        for each, number in enumerate(self._counts, place + 1):
            self._minutes[each] += number

    def happened(self, counts: Sequence[int], now: int) -> None:
        """Counts what a commit brought."""
        self._at(now)
        for each, number in enumerate(counts):
            self._counts[each] += number

    def attempted(self, latency: int, now: int) -> None:
        """Measures an attempt that left."""
        self._at(now)
        self._attempts.add(latency)

    def delivered(self, span: int, now: int) -> None:
        """Measures a delivery from its commit to its success."""
        self._at(now)
        self._delivered.add(span)

    def points(self, after: int, now: int) -> list[Point]:
        """The points that ended, of the last ten minutes since it began to count, and that began behind ``after``."""
        self._at(now)
        first = max(self._number - POINTS, self.start_time // SPAN, after // SPAN + 1 if after else 0)
        return [self._point(number) for number in range(first, self._number)]

    def _point(self, number: int) -> Point:
        place = number % POINTS * _WIDTH
        found, *values = self._points[place : place + _WIDTH]
        if found != number:
            return Point(number * SPAN)
        return Point(number * SPAN, tuple(values[:_COUNTS]), *values[_COUNTS:])

    def hour(self, now: int) -> tuple[int, tuple[int, ...]]:
        """Since when, on a whole minute or since it began to count, and what happened since."""
        self._at(now)
        last = now // MINUTE
        total = list(self._counts)
        for place in range(0, _MINUTE_WIDTH * MINUTES, _MINUTE_WIDTH):
            minute, *counts = self._minutes[place : place + _MINUTE_WIDTH]
            if last - MINUTES < minute <= last:
                total = [sum(pair) for pair in zip(total, counts, strict=True)]
        return max((last - MINUTES + 1) * MINUTE, self.start_time), tuple(total)


def _both(latencies: Latencies) -> tuple[int, int]:
    return latencies.percentile(50), latencies.percentile(99)
