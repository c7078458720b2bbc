"""Rows of what an account owns: one for each thing, by its id; the feed tells of each write in the same transaction."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import feed
from hookline_registry.config_wire import identity
from hookline_registry.database import Transaction
from hookline_registry.model import ObjectType, Subscription, Webhook
from hookline_runtime.errors import NotFound

Owned: TypeAlias = ObjectType | Subscription | Webhook
"""What is kept like this."""


async def insert(transaction: Transaction, table: Table, made: Owned, columns: Mapping[str, object]) -> None:
    """Write a thing that is new; `columns` are those of its settings."""
    row = {"account_id": made.account_id, "id": made.id, "create_time": made.create_time, **columns}
    await transaction.connection.execute(table.insert().values(row))
    await feed.put(transaction, made)


async def find(connection: AsyncConnection, table: Table, account_id: int, owned_id: int) -> Row[Any]:
    """Read the row of one thing.

    Raises NotFound.
    """
    row = (await connection.execute(select(table).where(*_of(table, account_id, owned_id)))).one_or_none()
    if row is None:
        raise NotFound(f"there is no {table.name.replace('_', ' ')} {owned_id}")
    return row


async def change(transaction: Transaction, table: Table, made: Owned, columns: Mapping[str, object]) -> None:
    """Write a thing that is there already."""
    where = _of(table, made.account_id, made.id)
    await transaction.connection.execute(update(table).where(*where).values(columns))
    await feed.put(transaction, made)


async def remove(transaction: Transaction, table: Table, current: Owned) -> None:
    """Delete a thing; its id is never given again."""
    kind, account_id, owned_id = identity(current)
    await transaction.connection.execute(delete(table).where(*_of(table, account_id, owned_id)))
    await feed.bury(transaction, kind, account_id, owned_id)


def _of(table: Table, account_id: int, owned_id: int) -> tuple[ColumnElement[bool], ...]:
    return (table.c.account_id == account_id, table.c.id == owned_id)
