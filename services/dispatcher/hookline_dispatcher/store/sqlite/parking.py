"""Lanes that are ready while there is no room for them: parked, so that no claim looks at them.

Their account or origin is full, or they have their share of the account's room. They are woken in the order in which
they were parked, as many as there is room for. Parking is in memory alone: after a start nothing is in flight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from .lane_row import Group


class Parking:
    """Which lanes are parked, by what they wait for; changes are undone when their transaction is."""

    def __init__(self) -> None:
        self._groups: dict[Group, dict[int, None]] = {}
        self._where: dict[int, Group] = {}
        self._changes: list[tuple[Group, int, bool]] = []
        self._awake: dict[int, Group] = {}
        self._awake_of: Counter[Group] = Counter()

    def __contains__(self, lane_id: int) -> bool:
        return lane_id in self._where

    def first(self, group: Group) -> bool:
        """Whether lanes of the group are parked, or awake without having had their turn: nothing may overtake them."""
        return group in self._groups or self._awake_of[group] > 0

    def awake(self, group: Group) -> int:
        """How many lanes of the group were woken and have not had their turn: room for them is spoken for."""
        return self._awake_of[group]

    def had_turn(self, lane_id: int) -> None:
        """The lane was looked at, or needs no turn for now: the room that it was woken for is free to others."""
        group = self._awake.pop(lane_id, None)
        if group is not None:
            self._awake_of[group] -= 1

    def groups(self) -> Iterator[Group]:
        """The groups that have parked lanes, at this moment."""
        return iter(list(self._groups))

    def of(self, group: Group) -> Iterable[int]:
        """The parked lanes of the group, in the order in which they were parked."""
        return self._groups.get(group, ())

    def park(self, group: Group, lane_id: int) -> None:
        """Parks a lane, behind those that are parked already; one that is parked stays where it is."""
        if lane_id not in self._where:
            self._put(group, lane_id)
            self._changes.append((group, lane_id, True))

    def wake(self, group: Group, lane_id: int) -> None:
        """A lane that is parked is so no more: it is awake until it has had its turn."""
        self._take(group, lane_id)
        self._changes.append((group, lane_id, False))
        self._awake[lane_id] = group
        self._awake_of[group] += 1

    def committed(self) -> None:
        """What was changed stands."""
        self._changes.clear()
        if not self._awake:
            self._awake_of.clear()

    def rolled_back(self) -> None:
        """Undoes what was changed."""
        for group, lane_id, parked in reversed(self._changes):
            (self._take if parked else self._put)(group, lane_id)
        self._changes.clear()
        # Which of them had a turn in what was undone is not known; at worst one is overtaken, or woken too early.
        self._awake.clear()
        self._awake_of.clear()

    def _put(self, group: Group, lane_id: int) -> None:
        self._groups.setdefault(group, {})[lane_id] = None
        self._where[lane_id] = group

    def _take(self, group: Group, lane_id: int) -> None:
        del self._where[lane_id]
        parked = self._groups[group]
        del parked[lane_id]
        if not parked:
            del self._groups[group]
