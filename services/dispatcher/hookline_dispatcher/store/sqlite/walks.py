"""Walking along indexes to what a list may show.

A walk says where to look, never what to show: the conditions of the filter hold for all that it meets. Each walk is in
the order of ids, as its index is; what no index has in that order is collected instead, where it is little.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from hookline_dispatcher.core.delivery import State

from .named import column
from .tally import RETRYING

AT_ONCE = 50
"""How many walks one statement is for at most."""

_NEXT = "SELECT id FROM (SELECT id FROM delivery {} AND id < ? AND id >= ? ORDER BY id DESC LIMIT ?)"

Walk = tuple[str, tuple[object, ...]]
"""The index with its condition on ``delivery``, and the condition's parameters."""

_OF_ACCOUNT: dict[int, str] = {
    RETRYING: "INDEXED BY delivery_retrying WHERE state = 1 AND attempts > 0 AND account_id = ?",
    State.WAITING: "INDEXED BY delivery_pending WHERE state = 1 AND state < 3 AND account_id = ?",
    State.IN_FLIGHT: "INDEXED BY delivery_pending WHERE state = 2 AND state < 3 AND account_id = ?",
    State.DEAD: "INDEXED BY delivery_dead WHERE state = 4 AND account_id = ?",
    State.CANCELLED: "INDEXED BY delivery_cancelled WHERE state = 5 AND account_id = ?",
}
_OF_LANE: dict[int, str] = {
    State.DEAD: "INDEXED BY delivery_failed WHERE state = 4 AND state > 3 AND lane_id = ?",
    State.CANCELLED: "INDEXED BY delivery_failed WHERE state = 5 AND state > 3 AND lane_id = ?",
}


def of_account(account_id: int) -> Walk:
    """All of an account."""
    return "INDEXED BY delivery_by_account WHERE account_id = ?", (account_id,)


def of_lane(lane_id: int) -> Walk:
    """All of a lane."""
    return "INDEXED BY delivery_by_lane WHERE lane_id = ?", (lane_id,)


def of_firer(account_id: int, fired_by: str) -> Walk:
    """What something fired."""
    return "INDEXED BY delivery_by_firer WHERE fired_by <> '' AND account_id = ? AND fired_by = ?", (
        account_id,
        fired_by,
    )


def of_reason(account_id: int, reason: str) -> Walk:
    """What has a reason."""
    return "INDEXED BY delivery_by_reason WHERE reason <> '' AND account_id = ? AND reason = ?", (account_id, reason)


def of_state(account_id: int, lane_id: int, state: int) -> Walk:
    """What is in a state (or RETRYING), in an account or in one of its lanes (0: in all of them).

    What is pending in a lane is met among all that is pending in its account; what was delivered has no such walk.
    """
    if lane_id and state in _OF_LANE:
        return _OF_LANE[state], (lane_id,)
    return _OF_ACCOUNT[state], (account_id,)


@dataclass(frozen=True, slots=True)
class Walks:
    """What is walked along together: indexes, and ids that were collected, the oldest first; neither: nothing fits."""

    along: Sequence[Walk] = ()
    ids: Sequence[int] = ()
    over: Walk | None = None
    """The walk that is taken instead of so many, from the newest on that any of them meets."""

    def next(self, connection: sqlite3.Connection, first: int, before: int, size: int) -> list[int]:
        """The newest ``size`` ids from ``first`` on and before ``before``, each once, the newest first."""
        if self.over is None:
            return _merged(connection, self.along, self._among(first, before)[-size:], (before, first, size))
        newest = max((*self._newest(connection, first, before), *self._among(first, before)[-1:]), default=-1)
        return _merged(connection, [self.over], (), (newest + 1, first, size))

    def _among(self, first: int, before: int) -> Sequence[int]:
        return self.ids[bisect_left(self.ids, first) : bisect_left(self.ids, before)]

    def _newest(self, connection: sqlite3.Connection, first: int, before: int) -> Iterator[int]:
        """The newest id of each walk, or of several at once."""
        for start in range(0, len(self.along), AT_ONCE):
            some = self.along[start : start + AT_ONCE]
            newest = " UNION ALL ".join(_NEXT.format(condition) for condition, _ in some)
            parameters = tuple(chain.from_iterable((*values, before, first, 1) for _, values in some))
            yield from column(connection, newest, parameters)

    def collected(self, connection: sqlite3.Connection, first: int, before: int) -> Walks:
        """All that is met from ``first`` on and before ``before``, as ids."""
        found = set(self._among(first, before))
        for condition, values in self.along:
            found.update(column(connection, _NEXT.format(condition), (*values, before, first, -1)))
        return Walks(ids=sorted(found))

    def count(self, connection: sqlite3.Connection, first: int, before: int, most: int) -> int:
        """How many are met from ``first`` on and before ``before``, by each walk for itself; up to ``most``."""
        found = len(self._among(first, before))
        for condition, values in self.along:
            if found >= most:
                break
            statement = f"SELECT count(*) FROM (SELECT 1 FROM delivery {condition} AND id < ? AND id >= ? LIMIT ?)"  # noqa: S608 - constants
            found += connection.execute(statement, (*values, before, first, most)).fetchone()[0]
        return min(found, most)


def _merged(
    connection: sqlite3.Connection, along: Sequence[Walk], ids: Sequence[int], bounds: tuple[int, int, int]
) -> list[int]:
    """The newest ids of walks before a bound and from one on, up to a size, and ``ids``, which are within these."""
    size = bounds[-1]
    found: list[int] = []
    if along:
        statement = " UNION ".join(_NEXT.format(condition) for condition, _ in along)
        parameters = chain.from_iterable((*values, *bounds) for _, values in along)
        found = column(connection, f"{statement} ORDER BY 1 DESC LIMIT ?", (*parameters, size))
    return sorted({*found, *ids}, reverse=True)[:size] if ids else found
