"""Lanes that are ready while their account or origin is full: parked, so that no claim looks at them.

They are woken in the order in which they were parked, as many as there is room for. Parking is in memory alone: after
a start nothing is in flight, so nothing is full.
"""

from __future__ import annotations

from collections.abc import Iterator

from .lane_row import Group


class Parking:
    """Which lanes are parked, by account or origin; changes are undone when their transaction is."""

    def __init__(self) -> None:
        self._groups: dict[Group, dict[int, None]] = {}
        self._changes: list[tuple[Group, int, bool]] = []
        self._woken: set[Group] = set()

    def __bool__(self) -> bool:
        return bool(self._groups)

    def __contains__(self, lane: tuple[Group, int]) -> bool:
        group, lane_id = lane
        return lane_id in self._groups.get(group, ())

    def first(self, group: Group) -> bool:
        """Whether lanes of the group are parked, or woken since the last claim: nothing may overtake them."""
        return group in self._groups or group in self._woken

    def claimed(self) -> None:
        """What was woken has had its turn."""
        self._woken.clear()

    def groups(self) -> Iterator[Group]:
        """The groups that have parked lanes, at this moment."""
        return iter(list(self._groups))

    def park(self, group: Group, lane_id: int) -> None:
        """Parks a lane, behind those that are parked already."""
        if (group, lane_id) not in self:
            self._put(group, lane_id)
            self._changes.append((group, lane_id, True))

    def wake(self, group: Group) -> int | None:
        """The lane of the group that was parked first, parked no more; None: it has none."""
        parked = self._groups.get(group)
        if parked is None:
            return None
        lane_id = next(iter(parked))
        self._take(group, lane_id)
        self._changes.append((group, lane_id, False))
        self._woken.add(group)
        return lane_id

    def committed(self) -> None:
        """What was changed stands."""
        self._changes.clear()

    def rolled_back(self) -> None:
        """Undoes what was changed."""
        for group, lane_id, parked in reversed(self._changes):
            (self._take if parked else self._put)(group, lane_id)
        self._changes.clear()

    def _put(self, group: Group, lane_id: int) -> None:
        self._groups.setdefault(group, {})[lane_id] = None

    def _take(self, group: Group, lane_id: int) -> None:
        parked = self._groups[group]
        del parked[lane_id]
        if not parked:
            del self._groups[group]
