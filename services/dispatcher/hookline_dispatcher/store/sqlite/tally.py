"""How many deliveries an account has in each state, and what happened to them.

Whoever writes the state of a delivery says so here, in the same transaction. The numbers in the file change once for
each account and state of a transaction, however many deliveries it moved, so that nobody ever has to count rows.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.store.happened import Happened, Happening

from . import rows

RETRYING = 0
"""The state that stands for those that wait and were attempted before; they count as waiting, too."""

_WAITING, _IN_FLIGHT = int(State.WAITING), int(State.IN_FLIGHT)
_STATES = max(State) + 1
_ADD = "ON CONFLICT (account_id, state) DO UPDATE SET number = number + excluded.number"
_HAPPENS = {
    State.DELIVERED: int(Happening.DELIVERED),
    State.DEAD: int(Happening.DEAD),
    State.CANCELLED: int(Happening.CANCELLED),
}
_EVENT, _RETRIED = int(Happening.EVENT), int(Happening.RETRIED)


def _unmoved() -> list[int]:
    return [0] * _STATES


def _nothing() -> list[int]:
    return [0] * len(Happening)


class Tally:
    """Collects what a transaction changes; ``flush`` writes it. Told three times of most deliveries, so it is quick."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._moved: defaultdict[int, list[int]] = defaultdict(_unmoved)
        self._happened: defaultdict[int, list[int]] = defaultdict(_nothing)

    def event(self, account_id: int) -> None:
        """An event is new."""
        self._happened[account_id][_EVENT] += 1

    def fired(self, account_id: int, state: State) -> None:
        """A delivery is new, in this state."""
        self._moved[account_id][state] += 1
        if state > _IN_FLIGHT:
            self._happened[account_id][_HAPPENS[state]] += 1

    def claimed(self, account_id: int, attempts: int) -> None:
        """One that waited, after so many attempts, is in flight."""
        moved = self._moved[account_id]
        moved[_WAITING] -= 1
        moved[_IN_FLIGHT] += 1
        if attempts:
            moved[RETRYING] -= 1

    def settled(self, account_id: int, state: State, attempts: int) -> None:
        """One that was in flight is in this state, after so many attempts."""
        moved = self._moved[account_id]
        moved[_IN_FLIGHT] -= 1
        moved[state] += 1
        if state > _IN_FLIGHT:
            self._happened[account_id][_HAPPENS[state]] += 1
        elif attempts:
            moved[RETRYING] += 1

    def retried(self, account_id: int) -> None:
        """A retry was put off."""
        self._happened[account_id][_RETRIED] += 1

    def called_off(self, account_id: int, attempts: int) -> None:
        """One that waited, after so many attempts, is cancelled."""
        self._moved[account_id][_WAITING] -= 1
        self.fired(account_id, State.CANCELLED)
        if attempts:
            self._moved[account_id][RETRYING] -= 1

    def gone(self, account_id: int, state: int) -> None:
        """One that was in this settled state was deleted."""
        self._moved[account_id][state] -= 1

    def flush(self) -> None:
        """Writes what was collected."""
        if self._moved:
            changed = [
                (account_id, state, number)
                for account_id, moved in self._moved.items()
                for state, number in enumerate(moved)
                if number
            ]
            rows.insert(self._connection, "delivery_count", "account_id, state, number", changed, _ADD)
            self._moved.clear()

    def committed(self) -> Happened:
        """It was committed; what happened."""
        if not self._happened:
            return {}
        happened, self._happened = self._happened, defaultdict(_nothing)
        return happened

    def rolled_back(self) -> None:
        """Forgets what was collected."""
        self._moved.clear()
        self._happened.clear()
