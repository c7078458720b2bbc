"""The change feed: every stored value as the other services see it, ordered by the revision of its last write.

An entry is written in the transaction of the change that it tells. A tombstone stays until it is compacted; a
reader that is behind the newest compacted one is given a snapshot instead.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Row, delete, func, select, tuple_, update

from hookline_registry import config_wire
from hookline_registry.database import Database, Transaction, read_counter, set_counter
from hookline_registry.model import Item, ItemKind
from hookline_registry.schema import config_item

MAX_ITEMS = 500
"""How many items a batch holds at most."""
MAX_BYTES = 1 << 20
"""A batch ends with the item that brings it to this size; it stays below gRPC's limit for one message."""
_READ = 50


async def put(transaction: Transaction, stored: Item) -> None:
    """Tell that a value was written in this transaction."""
    kind, account_id, item_id = config_wire.identity(stored)
    told = _told(transaction, config_wire.item(stored, transaction.now).SerializeToString(), deleted=False)
    of_this = (
        config_item.c.kind == kind,
        config_item.c.account_id == account_id,
        config_item.c.id == item_id,
    )
    changed = await transaction.connection.execute(update(config_item).where(*of_this).values(told))
    if not changed.rowcount:
        row = {"kind": kind, "account_id": account_id, "id": item_id, **told}
        await transaction.connection.execute(config_item.insert().values(row))


async def bury(transaction: Transaction, kind: ItemKind, account_id: int, item_id: int) -> None:
    """Tell that a value was deleted in this transaction."""
    of_this = (config_item.c.kind == kind, config_item.c.account_id == account_id, config_item.c.id == item_id)
    gone = _told(transaction, b"", deleted=True)
    await transaction.connection.execute(update(config_item).where(*of_this).values(gone))


async def bury_account(transaction: Transaction, account_id: int) -> None:
    """Tell that everything of an account, and the account, was deleted in this transaction."""
    living = (config_item.c.account_id == account_id, ~config_item.c.deleted)
    gone = _told(transaction, b"", deleted=True)
    await transaction.connection.execute(update(config_item).where(*living).values(gone))


def _told(transaction: Transaction, body: bytes, *, deleted: bool) -> dict[str, object]:
    transaction.changed = True
    return {"revision": transaction.revision, "deleted": deleted, "write_time": transaction.now, "body": body}


async def compact(transaction: Transaction, older_than: int) -> int:
    """Drop the tombstones written before `older_than` (microseconds) and give their number."""
    old = (config_item.c.deleted, config_item.c.write_time < older_than)
    newest: int | None = await transaction.connection.scalar(select(func.max(config_item.c.revision)).where(*old))
    if newest is None:
        return 0
    gone = await transaction.connection.execute(delete(config_item).where(*old))
    compacted = await read_counter(transaction.connection, "compacted")
    await set_counter(transaction.connection, "compacted", max(compacted, newest))
    return gone.rowcount


@dataclass(frozen=True, slots=True)
class State:
    """How far the feed reaches: its newest revision and the newest one that was compacted."""

    head: int
    compacted: int

    def resumes(self, revision: int) -> bool:
        """Say whether a reader that has everything up to `revision` can go on without a snapshot."""
        return 0 < revision <= self.head and revision >= self.compacted


async def state(database: Database) -> State:
    """Read how far the feed reaches."""
    async with database.read() as connection:
        return State(await read_counter(connection, "revision"), await read_counter(connection, "compacted"))


def snapshot(database: Database) -> AsyncIterator[list[bytes]]:
    """Give the serialized ConfigItems of all that lives, in batches, by kind, account and id."""
    return _batches(database, [config_item.c.kind, config_item.c.account_id, config_item.c.id], ~config_item.c.deleted)


def changes(database: Database, after: int, up_to: int) -> AsyncIterator[list[bytes]]:
    """Give the serialized ConfigItems last written in `(after, up_to]`, in batches, by revision."""
    order = [config_item.c.revision, config_item.c.kind, config_item.c.account_id, config_item.c.id]
    return _batches(database, order, (config_item.c.revision > after) & (config_item.c.revision <= up_to))


async def _batches(
    database: Database, order: list[Column[int]], wanted: ColumnElement[bool]
) -> AsyncIterator[list[bytes]]:
    """Page by keyset in short transactions, so that a slow reader holds none open."""
    last: tuple[int, ...] | None = None
    batch: list[bytes] = []
    size = 0
    while True:
        query = select(config_item).where(wanted).order_by(*order).limit(_READ)
        if last is not None:
            query = query.where(tuple_(*order) > last)
        async with database.read() as connection:
            rows = (await connection.execute(query)).all()
        for row in rows:
            batch.append(_serialized(row))
            size += len(batch[-1])
            last = tuple(row._mapping[column] for column in order)
            if len(batch) >= MAX_ITEMS or size >= MAX_BYTES:
                yield batch
                batch, size = [], 0
        if len(rows) < _READ:
            break
    if batch:
        yield batch


def _serialized(row: Row[tuple[object, ...]]) -> bytes:
    if row.deleted:
        return config_wire.tombstone(ItemKind(row.kind), row.account_id, row.id, row.revision).SerializeToString()
    body: bytes = row.body
    return body
