"""The stretches of ids where deliveries of some classes may be, the newest first: the blocks that hold them.

See ``blocks`` for who says so, and what a class is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterator, Sequence

from hookline_dispatcher.store.model import DeliveryFilter

from . import rows

AT_ONCE = 500
"""How many blocks are looked through with one statement."""

_CLASSES = """
SELECT id FROM delivery_class WHERE account_id = :account AND (:type = '' OR event_type = :type)
AND (:object IS NULL OR object_type_id = :object) AND (:kind = 0 OR target_kind = :kind)
"""
_BLOCKS = """
SELECT first_id FROM delivery_block WHERE account_id = ? AND lane_id = ? AND first_id < ?
ORDER BY first_id DESC LIMIT ?
"""
_HOLDING = """
SELECT DISTINCT first_id FROM block_class
WHERE account_id = ? AND lane_id = ? AND class_id IN (SELECT value FROM json_each(?)) AND first_id BETWEEN ? AND ?
"""

Stretch = tuple[int, int]
"""From which id on, and before which."""


def classes_of(connection: sqlite3.Connection, account_id: int, which: DeliveryFilter) -> list[int] | None:
    """The classes of what a filter keeps; None: it asks for no class, so that any may be."""
    wanted = {"type": which.event_type, "object": which.object_type_id, "kind": which.target_kind}
    if wanted == {"type": "", "object": None, "kind": 0}:
        return None
    return [row[0] for row in connection.execute(_CLASSES, {"account": account_id, **wanted})]


def stretches(
    connection: sqlite3.Connection, account_id: int, lane_id: int, classes: Sequence[int], within: Stretch
) -> Iterator[Stretch]:
    """Where deliveries of these classes may be in an account, or in one of its lanes (0: in all of them)."""
    first, begin = within
    while begin > first:
        found = connection.execute(_BLOCKS, (account_id, lane_id, begin, AT_ONCE))
        blocks = [row[0] for row in found]
        if not blocks:
            return
        among = (account_id, lane_id, rows.keys(classes), blocks[-1], blocks[0])
        holding = {row[0] for row in connection.execute(_HOLDING, among)}
        yield from _joined(blocks, holding, first, begin)
        begin = blocks[-1]


def _joined(blocks: Sequence[int], holding: Container[int], first: int, begin: int) -> Iterator[Stretch]:
    """The blocks that are held, where they begin and end; neighbours are one stretch."""
    end = 0
    for block in blocks:
        if begin <= first:
            break
        if block in holding:
            end = end or begin
        elif end:
            yield begin, end
            end = 0
        begin = block
    if end:
        yield max(begin, first), end
