"""Webhooks: stored values and the writes on them. `webhook_rules` says what they may hold."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import feed
from hookline_registry.database import Transaction, next_id
from hookline_registry.in_use import User
from hookline_registry.model import ItemKind, Reading, Secrets, Webhook, WebhookSettings
from hookline_registry.schema import webhook
from hookline_registry.signing_secrets import alive
from hookline_runtime.errors import NotFound


async def create(
    transaction: Transaction, account_id: int, settings: WebhookSettings, reading: Reading, secret: str
) -> Webhook:
    """Make a webhook."""
    made = Webhook(
        await next_id(transaction.connection, "webhook", account_id),
        account_id,
        settings,
        reading,
        Secrets(secret),
        transaction.now,
        transaction.now,
        transaction.revision,
    )
    row = {"account_id": account_id, "id": made.id, "create_time": made.create_time, **_columns(made)}
    await transaction.connection.execute(webhook.insert().values(row))
    await feed.put(transaction, made)
    return made


async def get(connection: AsyncConnection, account_id: int, webhook_id: int) -> Webhook:
    """Read one webhook.

    Raises NotFound.
    """
    query = select(webhook).where(webhook.c.account_id == account_id, webhook.c.id == webhook_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"there is no webhook {webhook_id}")
    return _read(row)


async def page(
    connection: AsyncConnection, account_id: int, object_type_id: int | None, after: int, limit: int
) -> list[Webhook]:
    """Read webhooks by id, those after `after`; an object type keeps those about it only."""
    query = select(webhook).where(webhook.c.account_id == account_id, webhook.c.id > after)
    if object_type_id is not None:
        query = query.where(webhook.c.object_type_id == object_type_id)
    rows = await connection.execute(query.order_by(webhook.c.id).limit(limit))
    return [_read(row) for row in rows]


async def object_types_of(connection: AsyncConnection, account_id: int, ids: Collection[int]) -> dict[int, int]:
    """Read the object type of each of the webhooks that exist."""
    query = select(webhook.c.id, webhook.c.object_type_id)
    rows = await connection.execute(query.where(webhook.c.account_id == account_id, webhook.c.id.in_(ids)))
    return {row.id: row.object_type_id for row in rows}


async def about(connection: AsyncConnection, account_id: int, object_type_id: int, limit: int) -> list[User]:
    """Name the first webhooks about objects of a type."""
    query = select(webhook.c.id, webhook.c.name).where(
        webhook.c.account_id == account_id, webhook.c.object_type_id == object_type_id
    )
    rows = await connection.execute(query.order_by(webhook.c.id).limit(limit))
    return [User("webhook", row.id, row.name) for row in rows]


async def readings(connection: AsyncConnection, account_id: int) -> list[tuple[int, int, Reading]]:
    """Read of all webhooks of an account the id, the object type and what their texts say."""
    query = select(webhook.c.id, webhook.c.object_type_id, webhook.c.media_type, webhook.c.names)
    rows = await connection.execute(query.where(webhook.c.account_id == account_id).order_by(webhook.c.id))
    return [(row.id, row.object_type_id, _reading(row.media_type, row.names)) for row in rows]


async def change(
    transaction: Transaction,
    current: Webhook,
    settings: WebhookSettings | None = None,
    reading: Reading | None = None,
    secrets: Secrets | None = None,
) -> Webhook:
    """Write what is new; an expired secret goes away meanwhile."""
    made = replace(
        current,
        settings=settings or current.settings,
        reading=reading or current.reading,
        secrets=alive(secrets or current.secrets, transaction.now),
        update_time=transaction.now,
        revision=transaction.revision,
    )
    await transaction.connection.execute(update(webhook).where(*_of(made)).values(_columns(made)))
    await feed.put(transaction, made)
    return made


async def remove(transaction: Transaction, current: Webhook) -> None:
    """Delete a webhook; its id is never given again."""
    await transaction.connection.execute(delete(webhook).where(*_of(current)))
    await feed.bury(transaction, ItemKind.WEBHOOK, current.account_id, current.id)


def _of(stored: Webhook) -> tuple[ColumnElement[bool], ...]:
    return (webhook.c.account_id == stored.account_id, webhook.c.id == stored.id)


def _columns(stored: Webhook) -> dict[str, object]:
    settings = stored.settings
    return {
        "name": settings.name,
        "object_type_id": settings.object_type_id,
        "url": settings.url,
        "method": settings.method,
        "headers": [list(header) for header in settings.headers],
        "data": settings.data,
        "content_type": settings.content_type,
        "media_type": stored.reading.media_type,
        "names": [[name, list(path), name in stored.reading.gone] for name, path in stored.reading.names],
        "requests_per_minute": settings.requests_per_minute,
        "max_retries": settings.max_retries,
        "ordered": settings.ordered,
        "dead_head": settings.dead_head,
        "timeout": settings.timeout,
        "secret": stored.secrets.current,
        "old_secret": stored.secrets.old,
        "old_secret_expire_time": stored.secrets.old_expire_time,
        "update_time": stored.update_time,
        "revision": stored.revision,
    }


def _read(row: Row[tuple[object, ...]]) -> Webhook:
    settings = WebhookSettings(
        name=row.name,
        object_type_id=row.object_type_id,
        url=row.url,
        method=row.method,
        headers=tuple((name, value) for name, value in row.headers),
        data=row.data,
        content_type=row.content_type,
        requests_per_minute=row.requests_per_minute,
        max_retries=row.max_retries,
        ordered=row.ordered,
        dead_head=row.dead_head,
        timeout=row.timeout,
    )
    reading = _reading(row.media_type, row.names)
    secrets = Secrets(row.secret, row.old_secret, row.old_secret_expire_time)
    times = row.create_time, row.update_time
    return Webhook(row.id, row.account_id, settings, reading, secrets, *times, row.revision)


def _reading(media_type: str, stored: Iterable[Sequence[Any]]) -> Reading:
    # Webhooks that were written first have no third part: none of their fields was gone.
    names = [(name, tuple(path), any(gone)) for name, path, *gone in stored]
    return Reading(
        media_type, tuple((name, path) for name, path, _ in names), tuple(name for name, _, gone in names if gone)
    )
