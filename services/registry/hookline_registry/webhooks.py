"""Webhooks: stored values and the writes on them. `webhook_rules` says what they may hold."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import owned_rows, target_columns, target_secrets
from hookline_registry.database import Transaction, next_id
from hookline_registry.in_use import User
from hookline_registry.model import ItemKind, Reading, Secrets, Webhook, WebhookSettings
from hookline_registry.schema import webhook
from hookline_registry.signing_secrets import alive
from hookline_registry.target_secrets import Given


async def create(
    transaction: Transaction,
    account_id: int,
    settings: WebhookSettings,
    reading: Reading,
    secret: str,
    given: Given = Given(),
) -> Webhook:
    """Make a webhook; `given` is what else is secret about it."""
    made_id = await next_id(transaction.connection, "webhook", account_id)
    made = Webhook(
        made_id,
        account_id,
        settings,
        reading,
        target_secrets.made(transaction.vault, (ItemKind.WEBHOOK, account_id, made_id), secret, given),
        transaction.now,
        transaction.now,
        transaction.revision,
    )
    await owned_rows.insert(transaction, webhook, made, _columns(made))
    return made


async def get(connection: AsyncConnection, account_id: int, webhook_id: int) -> Webhook:
    """Read one webhook.

    Raises NotFound.
    """
    return _read(await owned_rows.find(connection, webhook, account_id, webhook_id))


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
    await owned_rows.change(transaction, webhook, made, _columns(made))
    return made


async def remove(transaction: Transaction, current: Webhook) -> None:
    """Delete a webhook; its id is never given again."""
    await owned_rows.remove(transaction, webhook, current)


def _columns(stored: Webhook) -> dict[str, object]:
    settings = stored.settings
    return {
        "name": settings.name,
        "object_type_id": settings.object_type_id,
        "method": settings.method,
        "data": settings.data,
        "media_type": stored.reading.media_type,
        "names": [[name, list(path), name in stored.reading.gone] for name, path in stored.reading.names],
        **target_columns.columns_of(stored),
    }


def _read(row: Row[tuple[object, ...]]) -> Webhook:
    settings = WebhookSettings(
        name=row.name,
        object_type_id=row.object_type_id,
        method=row.method,
        data=row.data,
        **target_columns.settings_in(row),
    )
    reading = _reading(row.media_type, row.names)
    secrets = target_columns.secrets_in(row)
    times = row.create_time, row.update_time
    return Webhook(row.id, row.account_id, settings, reading, secrets, *times, row.revision)


def _reading(media_type: str, stored: Iterable[Sequence[Any]]) -> Reading:
    # Webhooks that were written first have no third part: none of their fields was gone.
    names = [(name, tuple(path), any(gone)) for name, path, *gone in stored]
    return Reading(
        media_type, tuple((name, path) for name, path, _ in names), tuple(name for name, _, gone in names if gone)
    )
