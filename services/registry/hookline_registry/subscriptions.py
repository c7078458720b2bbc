"""Subscriptions: stored values and the writes on them. `subscription_rules` says what they may hold."""

from dataclasses import replace

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import feed
from hookline_registry.database import Transaction, next_id
from hookline_registry.model import ItemKind, Secrets, Subscription, SubscriptionSettings
from hookline_registry.schema import subscription
from hookline_registry.signing_secrets import alive
from hookline_runtime.errors import NotFound


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
    row = {"account_id": account_id, "id": made.id, "create_time": made.create_time, **_columns(made)}
    await transaction.connection.execute(subscription.insert().values(row))
    await feed.put(transaction, made)
    return made


async def get(connection: AsyncConnection, account_id: int, subscription_id: int) -> Subscription:
    """Read one subscription.

    Raises NotFound.
    """
    query = select(subscription).where(subscription.c.account_id == account_id, subscription.c.id == subscription_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"there is no subscription {subscription_id}")
    return _read(row)


async def page(
    connection: AsyncConnection, account_id: int, event_name: str, after: int, limit: int
) -> list[Subscription]:
    """Read subscriptions by id, those after `after`; an event name keeps those to it only."""
    query = select(subscription).where(subscription.c.account_id == account_id, subscription.c.id > after)
    if event_name:
        query = query.where(subscription.c.event_name == event_name)
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
    await transaction.connection.execute(update(subscription).where(*_of(made)).values(_columns(made)))
    await feed.put(transaction, made)
    return made


async def remove(transaction: Transaction, current: Subscription) -> None:
    """Delete a subscription; its id is never given again."""
    await transaction.connection.execute(delete(subscription).where(*_of(current)))
    await feed.bury(transaction, ItemKind.SUBSCRIPTION, current.account_id, current.id)


def _of(stored: Subscription) -> tuple[ColumnElement[bool], ...]:
    return (subscription.c.account_id == stored.account_id, subscription.c.id == stored.id)


def _columns(stored: Subscription) -> dict[str, object]:
    settings = stored.settings
    return {
        "event_name": settings.event_name,
        "event_number": settings.event_number,
        "url": settings.url,
        "format": settings.format,
        "content_type": settings.content_type,
        "headers": [list(header) for header in settings.headers],
        "requests_per_minute": settings.requests_per_minute,
        "max_retries": settings.max_retries,
        "ordered": settings.ordered,
        "dead_head": settings.dead_head,
        "timeout": settings.timeout,
        "quiet": settings.quiet,
        "longest": settings.longest,
        "secret": stored.secrets.current,
        "old_secret": stored.secrets.old,
        "old_secret_expire_time": stored.secrets.old_expire_time,
        "update_time": stored.update_time,
        "revision": stored.revision,
    }


def _read(row: Row[tuple[object, ...]]) -> Subscription:
    settings = SubscriptionSettings(
        event_name=row.event_name,
        event_number=row.event_number,
        url=row.url,
        format=row.format,
        content_type=row.content_type,
        headers=tuple((name, value) for name, value in row.headers),
        requests_per_minute=row.requests_per_minute,
        max_retries=row.max_retries,
        ordered=row.ordered,
        dead_head=row.dead_head,
        timeout=row.timeout,
        quiet=row.quiet,
        longest=row.longest,
    )
    secrets = Secrets(row.secret, row.old_secret, row.old_secret_expire_time)
    times = row.create_time, row.update_time
    return Subscription(row.id, row.account_id, settings, secrets, *times, row.revision)
