"""Elements of definitions: for each object a row that says whether it is there and what became of its data.

Counts follow from these rows by triggers of the schema. The rows follow the deliveries here, in the transaction that
fires or settles these: whoever writes the state of a delivery says so. The row with the empty element stands for the
whole map; rows of elements point at it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from hookline_dispatcher.core.delivery import SETTLED, State
from hookline_dispatcher.store.routing import Post

from . import rows

MAP = ""

_FIND = rows.select(
    "j.key, e.id",
    """
    FROM json_each(?) j JOIN element e ON e.account_id = j.value ->> 0 AND e.kind = j.value ->> 1
        AND e.definition_id = j.value ->> 2 AND e.object_type_id = j.value ->> 3 AND e.object_id = j.value ->> 4
        AND e.element = j.value ->> 5
    """,
)
_NEW = (
    "id, account_id, kind, definition_id, object_type_id, object_id, element, map_id, seen, present, pending, result, "
    "move_time"
)
_MOVED = "seen = 1, present = j.present, move_time = j.move_time"

Place = tuple[Post, str]
"""An object under a definition, at one of its elements."""
Counted = tuple[int, State]
"""The row of the element that fired a delivery, 0 where none did, and the state that the delivery has now."""


def count_fired(connection: sqlite3.Connection, fired: Iterable[Counted]) -> None:
    """Counts new deliveries."""
    _count(connection, [(row_id, int(state not in SETTLED), _result(state)) for row_id, state in fired if row_id])


def count_settled(connection: sqlite3.Connection, changed: Iterable[Counted]) -> None:
    """Counts deliveries that were pending, as far as they are settled now."""
    _count(connection, [(row_id, -1, _result(state)) for row_id, state in changed if row_id and state in SETTLED])


def _count(connection: sqlite3.Connection, found: Iterable[tuple[int, int, int]]) -> None:
    """Adds up what is new of each row, since a statement changes a row once."""
    sums: dict[int, tuple[int, int]] = {}
    for row_id, pending, result in found:
        before, best = sums.get(row_id, (0, 0))
        sums[row_id] = before + pending, max(best, result)
    changed = [(row_id, *of_row) for row_id, of_row in sums.items()]
    rows.update(
        connection,
        "element",
        "id, pending, result",
        "pending = element.pending + j.pending, result = max(element.result, j.result)",
        changed,
    )


def _result(state: State) -> int:
    """The better of two is the higher: nothing yet, not delivered, delivered."""
    return 0 if state not in SETTLED else 2 if state is State.DELIVERED else 1


class Elements:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection, now: Callable[[], int]) -> None:
        self._connection = connection
        self._now = now

    def place(self, moves: Mapping[Place, bool], fired: Collection[Place]) -> Mapping[Place, int]:
        """Objects came to elements, or went from them; the rows of these and of what ``fired``, made where none are.

        Args:
            moves: Whether the object is there now.
            fired: Where something is fired, whether it moves there or not.
        """
        # Maps first: what is made on one is counted on it.
        wanted = list(dict.fromkeys((*((post, MAP) for post, _ in (*moves, *fired)), *moves, *fired)))
        found = self._find(wanted)
        now = self._now()
        there = [(found[place], int(present), now) for place, present in moves.items() if place in found]
        rows.update(self._connection, "element", "id, present, move_time", _MOVED, there)
        if missing := [place for place in wanted if place not in found]:
            found |= {place: row_id for row_id, place in enumerate(missing, self._last() + 1)}
            rows.insert(self._connection, "element", _NEW, [_new(place, found, moves, now) for place in missing])
        return found

    def _find(self, places: Sequence[Place]) -> dict[Place, int]:
        keys = rows.keys((*post, element) for post, element in places)
        return {places[index]: row_id for index, row_id in rows.table(self._connection, _FIND, (keys,))}

    def _last(self) -> int:
        """The highest id that was ever given: none is given twice, for deliveries name it after its row is gone."""
        found = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'element'").fetchone()
        return int(found[0]) if found else 0


def _new(place: Place, ids: Mapping[Place, int], moves: Mapping[Place, bool], now: int) -> rows.Row:
    post, element = place
    moved = now if place in moves else 0
    map_id = 0 if element == MAP else ids[post, MAP]
    return (ids[place], *post, element, map_id, int(place in moves), int(moves.get(place, False)), 0, 0, moved)
