"""What took work to make, kept for when the same is asked for again, within a bound on its size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


class Kept(Generic[Key, Made]):
    """Those that were asked for last; together they weigh at most ``most``. What is kept is not to be changed."""

    def __init__(self, weigh: Callable[[Key, Made], int], most: int) -> None:
        self._kept: OrderedDict[Key, Made] = OrderedDict()
        self._weigh = weigh
        self._room = most

    def get(self, key: Key) -> Made | None:
        """What was made for it, if it is kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, made: Made) -> Made:
        """Keeps it and gives it back; others make room for it."""
        if key in self._kept:
            self._room += self._weigh(key, self._kept.pop(key))
        self._room -= self._weigh(key, made)
        self._kept[key] = made
        while self._room < 0:
            self._room += self._weigh(*self._kept.popitem(last=False))
        return made
