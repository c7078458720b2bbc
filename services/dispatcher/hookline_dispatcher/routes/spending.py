"""How many events steps may emit about one object in a while.

Hops alone bound how far events lead to one another, not how many they become: ten definitions that each answer every
event with one of their own would make 10^16 of one. Kept in memory: a restart forgets it.
"""

from __future__ import annotations

from collections import OrderedDict

from hookline_dispatcher.core.instants import MINUTE
from hookline_dispatcher.store.routing import ObjectKey

MOST_EMITTED = 250
"""How many events may be emitted about one object within a minute."""
MOST_REMEMBERED = 50_000


class Spending:
    """Counts emitted events by object and minute."""

    def __init__(self) -> None:
        self._spent: OrderedDict[ObjectKey, tuple[int, int]] = OrderedDict()

    def apart(self, key: ObjectKey) -> Spending:
        """One that begins with what was counted for an object, and counts for itself."""
        made = Spending()
        if key in self._spent:
            made._spent[key] = self._spent[key]
        return made

    def allows(self, key: ObjectKey, now: int) -> bool:
        """Whether one more may be emitted; counts it."""
        minute, count = self._spent.get(key, (0, 0))
        if minute != now // MINUTE:
            minute, count = now // MINUTE, 0
        self._spent[key] = (minute, count + 1)
        self._spent.move_to_end(key)
        if len(self._spent) > MOST_REMEMBERED:
            self._spent.popitem(last=False)
        return count < MOST_EMITTED
