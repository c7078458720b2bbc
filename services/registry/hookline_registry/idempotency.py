"""Creates that can be repeated: a request id and what it made, kept for a day per account and method."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, delete, select

from hookline_registry.database import Transaction
from hookline_registry.request_hashes import request_hash
from hookline_registry.schema import idempotent_create
from hookline_runtime.errors import AlreadyExists, NotFound

Stored = TypeVar("Stored")

KEPT = 24 * 3600 * 1_000_000
"""How long a request id is remembered, in microseconds."""


@dataclass(frozen=True, slots=True)
class Create:
    """A create as its caller sent it: `content` holds what the caller chose, without the request id."""

    account_id: int
    method: str
    request_id: str
    content: bytes


async def recall(transaction: Transaction, create: Create, read: Callable[[int], Awaitable[Stored]]) -> Stored | None:
    """Give what this create made before, as `read` finds it by its id, None when it is new.

    Raises AlreadyExists when the request id came with other content, or what it made is deleted since.
    """
    made = await _find(transaction, create)
    if made is None:
        return None
    try:
        return await read(made)
    except NotFound:
        raise AlreadyExists(
            "request_id was used within the last day, and what it made has been deleted", reason="REQUEST_ID_REUSED"
        ) from None


async def _find(transaction: Transaction, create: Create) -> int | None:
    if not create.request_id:
        return None
    query = select(idempotent_create).where(*_of(create), idempotent_create.c.create_time > transaction.now - KEPT)
    row = (await transaction.connection.execute(query)).one_or_none()
    if row is None:
        return None
    if row.request_hash != await request_hash(transaction, create.content):
        raise AlreadyExists(
            "request_id was used within the last day, for a request with other content", reason="REQUEST_ID_REUSED"
        )
    return int(row.resource_id)


async def remember(transaction: Transaction, create: Create, resource_id: int) -> None:
    """Keep what a create made."""
    if not create.request_id:
        return
    await transaction.connection.execute(delete(idempotent_create).where(*_of(create)))
    row = {
        "account_id": create.account_id,
        "method": create.method,
        "request_id": create.request_id,
        "request_hash": await request_hash(transaction, create.content),
        "resource_id": resource_id,
        "create_time": transaction.now,
    }
    await transaction.connection.execute(idempotent_create.insert().values(row))


async def forget(transaction: Transaction) -> None:
    """Drop the request ids that are older than a day."""
    old = idempotent_create.c.create_time <= transaction.now - KEPT
    await transaction.connection.execute(delete(idempotent_create).where(old))


def _of(create: Create) -> tuple[ColumnElement[bool], ...]:
    return (
        idempotent_create.c.account_id == create.account_id,
        idempotent_create.c.method == create.method,
        idempotent_create.c.request_id == create.request_id,
    )
