"""Where deliveries of a class are: an event type, a type of object and a kind of target, in an account or in one lane.

The deliveries of an account stand in blocks, by their ids, and those of a lane in blocks of its own. For each block
the file says which classes it holds, once for each, so that a list which asks for a rare class walks along the blocks
that hold it and no others. A delivery that is made is noted here, in the order of ids, in the same transaction.

A block ends where the next one begins. Which block is open is known to memory alone: after a start, a rollback, or
where too many are open, new ones begin. A block that holds nothing any more is deleted, but for the newest, which may
be open.
"""

from __future__ import annotations

import sqlite3

from . import rows
from .lane_row import LaneRow

SIZE = 512
"""How many deliveries a block of an account has at most."""
LANE_SIZE = 1024
"""How many a block of a lane has at most: where lanes get every class by turns, each class costs a row for so many."""
MOST = 50_000
"""How many lanes have open blocks at most, about 700 bytes each."""

_CLASS = "account_id, event_type, object_type_id, target_kind"
_BLOCK = "account_id, lane_id, first_id"
_HOLDS = "account_id, lane_id, class_id, first_id"

Key = tuple[str, int]
"""What tells the classes of one lane apart: the type of the event, the type of the object."""


class _Block:
    """An open block of an account: how many deliveries it may still take, and the classes that it holds."""

    __slots__ = ("first", "holds", "left")

    def __init__(self) -> None:
        self.first, self.left, self.holds = 0, 0, set[int]()


class _LaneBlock:
    """An open block of a lane, with that of its account, which stays the same object whatever block is open."""

    __slots__ = ("account", "first", "holds", "left")

    def __init__(self, account: _Block) -> None:
        self.first, self.left, self.holds, self.account = 0, 0, dict[Key, int](), account


class Blocks:
    """Runs on the writer's thread, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._accounts: dict[int, _Block] = {}
        self._lanes: dict[int, _LaneBlock] = {}
        self._keys: dict[Key, Key] = {}
        """Each once, whatever lanes share it: so it takes less memory, and stays in the processor's."""
        self._blocks: list[rows.Row] = []
        self._holds: list[rows.Row] = []

    def note(self, delivery_id: int, row: LaneRow, event_type: str, object_type_id: int) -> None:
        """A delivery is made, newer than all that were noted before."""
        key = (event_type, object_type_id)
        lane = self._lanes.get(row.id) or self._open(row)
        account = lane.account
        class_id = lane.holds.get(key)
        if class_id is None or not lane.left or not account.left or class_id not in account.holds:
            self._write(delivery_id, row, lane, key)
        lane.left -= 1
        account.left -= 1

    def _open(self, row: LaneRow) -> _LaneBlock:
        if len(self._lanes) >= MOST:
            for each in (self._accounts, self._lanes, self._keys):
                each.clear()
        account = self._accounts.setdefault(row.target.account_id, _Block())
        self._lanes[row.id] = _LaneBlock(account)
        return self._lanes[row.id]

    def _write(self, delivery_id: int, row: LaneRow, lane: _LaneBlock, key: Key) -> None:
        """Begins the blocks that are full anew; what is held there that was not before."""
        account, account_id = lane.account, row.target.account_id
        class_id = lane.holds.get(key) or self._class((account_id, *key, row.target.kind))
        for block, lane_id, size in ((account, 0, SIZE), (lane, row.id, LANE_SIZE)):
            if not block.left:
                block.first, block.left = delivery_id, size
                block.holds.clear()
                self._blocks.append((account_id, lane_id, delivery_id))
        if class_id not in account.holds:
            account.holds.add(class_id)
            self._holds.append((account_id, 0, class_id, account.first))
        if key not in lane.holds:
            lane.holds[self._keys.setdefault(key, key)] = class_id
            self._holds.append((account_id, row.id, class_id, lane.first))

    def _class(self, what: tuple[int, str, int, int]) -> int:
        which = f"SELECT id FROM delivery_class WHERE ({_CLASS}) = (?, ?, ?, ?)"  # noqa: S608 - constants
        found = self._connection.execute(which, what).fetchone()
        if found is None:
            statement = f"INSERT INTO delivery_class ({_CLASS}) VALUES (?, ?, ?, ?) RETURNING id"  # noqa: S608 - constants
            found = self._connection.execute(statement, what).fetchone()
        return int(found[0])

    def flush(self) -> None:
        """Writes what is new."""
        if self._holds:
            rows.insert(self._connection, "delivery_block", _BLOCK, self._blocks)
            rows.insert(self._connection, "block_class", _HOLDS, self._holds)
            self._blocks.clear()
            self._holds.clear()

    def rolled_back(self) -> None:
        """Forgets all: it may not be in the file."""
        for each in (self._accounts, self._lanes, self._keys, self._blocks, self._holds):
            each.clear()
