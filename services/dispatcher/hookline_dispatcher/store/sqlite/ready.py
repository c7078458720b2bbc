"""Lanes in the order in which they are ready, in memory.

Each lane has one place at most that counts: the one at the moment it was queued for last. Places that no longer count
are passed over when they come up, and cleared away when they are many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heappush

from hookline_dispatcher.core.instants import NEVER

from .lane_row import LaneRow

SPARE = 1_000
"""Places that no longer count and need not be cleared away."""


class ReadyLanes:
    """The queue of the lanes that ``lanes`` holds by id."""

    def __init__(self, lanes: Mapping[int, LaneRow]) -> None:
        self._lanes = lanes
        self._places: list[tuple[int, int]] = []

    def put(self, row: LaneRow) -> None:
        """Gives a lane its place, after any change of its ready time."""
        if row.queued_time == row.ready_time:
            return
        row.queued_time = row.ready_time
        if row.ready_time < NEVER:
            heappush(self._places, (row.ready_time, row.id))
            if len(self._places) > 4 * len(self._lanes) + SPARE:
                self._clear()

    def take(self, now: int, most: int) -> Iterator[LaneRow]:
        """Up to ``most`` lanes that are ready, those first that have been so longest; each gives up its place."""
        while most > 0 and self._places and self._places[0][0] <= now:
            row = self._of(*heappop(self._places))
            if row is not None:
                row.queued_time = NEVER
                most -= 1
                yield row

    def next_time(self) -> int:
        """When the next lane is ready; NEVER when none is by itself."""
        while self._places:
            time, lane_id = self._places[0]
            if self._of(time, lane_id) is not None:
                return time
            heappop(self._places)
        return NEVER

    def _of(self, time: int, lane_id: int) -> LaneRow | None:
        """The lane whose place this is; None when it does not count."""
        row = self._lanes.get(lane_id)
        return row if row is not None and row.queued_time == time else None

    def _clear(self) -> None:
        self._places = [place for place in set(self._places) if self._of(*place)]
        heapify(self._places)
