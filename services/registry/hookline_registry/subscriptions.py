"""Subscriptions: stored values and the writes on them. `subscription_rules` says what they may hold."""

from dataclasses import replace

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import owned_rows, target_columns
from hookline_registry.database import Transaction, next_id
from hookline_registry.model import Secrets, Subscription, SubscriptionSettings
from hookline_registry.schema import subscription
from hookline_registry.signing_secrets import alive


async def create(
    transaction: Transaction, account_id: int, settings: SubscriptionSettings, secret: str
) -> Subscription:
    """Make a subscription."""
    made = Subscription(
        await next_id(transaction.connection, "subscription", account_id),
        account_id,
        settings,
        Secrets(secret),
        transaction.now,
        transaction.now,
        transaction.revision,
    )
    await owned_rows.insert(transaction, subscription, made, _columns(made))
    return made


async def get(connection: AsyncConnection, account_id: int, subscription_id: int) -> Subscription:
    """Read one subscription.

    Raises NotFound.
    """
    return _read(await owned_rows.find(connection, subscription, account_id, subscription_id))


async def page(
    connection: AsyncConnection, account_id: int, event: tuple[str, int | None] | None, after: int, limit: int
) -> list[Subscription]:
    """Read subscriptions by id, those after `after`; an event keeps those to it, a number counts if it has one."""
    query = select(subscription).where(subscription.c.account_id == account_id, subscription.c.id > after)
    if event is not None:
        name, number = event
        query = query.where(subscription.c.event_name == name)
        if number is not None:
            query = query.where(subscription.c.event_number == number)
    rows = await connection.execute(query.order_by(subscription.c.id).limit(limit))
    return [_read(row) for row in rows]


async def change(
    transaction: Transaction,
    current: Subscription,
    settings: SubscriptionSettings | None = None,
    secrets: Secrets | None = None,
) -> Subscription:
    """Write new settings or new secrets; an expired secret goes away meanwhile."""
    made = replace(
        current,
        settings=settings or current.settings,
        secrets=alive(secrets or current.secrets, transaction.now),
        update_time=transaction.now,
        revision=transaction.revision,
    )
    await owned_rows.change(transaction, subscription, made, _columns(made))
    return made


async def remove(transaction: Transaction, current: Subscription) -> None:
    """Delete a subscription; its id is never given again."""
    await owned_rows.remove(transaction, subscription, current)


def _columns(stored: Subscription) -> dict[str, object]:
    settings = stored.settings
    return {
        "event_name": settings.event_name,
        "event_number": settings.event_number,
        "format": settings.format,
        "quiet": settings.quiet,
        "longest": settings.longest,
        **target_columns.columns_of(stored),
    }


def _read(row: Row[tuple[object, ...]]) -> Subscription:
    settings = SubscriptionSettings(
        event_name=row.event_name,
        event_number=row.event_number,
        format=row.format,
        quiet=row.quiet,
        longest=row.longest,
        **target_columns.settings_in(row),
    )
    secrets = target_columns.secrets_in(row)
    times = row.create_time, row.update_time
    return Subscription(row.id, row.account_id, settings, secrets, *times, row.revision)
