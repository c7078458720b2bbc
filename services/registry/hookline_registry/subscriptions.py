"""Subscriptions: stored values and the writes on them. `subscription_rules` says what they may hold."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import owned_rows, target_columns, target_secrets
from hookline_registry.database import Transaction, next_id
from hookline_registry.model import ItemKind, Secrets, Subscription, SubscriptionSettings
from hookline_registry.schema import subscription
from hookline_registry.signing_secrets import alive
from hookline_registry.target_secrets import Given


async def create(
    transaction: Transaction, account_id: int, settings: SubscriptionSettings, secret: str, given: Given = Given()
) -> Subscription:
    """Make a subscription; `given` is what else is secret about it."""
    made_id = await next_id(transaction.connection, "subscription", account_id)
    made = Subscription(
        made_id,
        account_id,
        settings,
        target_secrets.made(transaction.vault, (ItemKind.SUBSCRIPTION, account_id, made_id), secret, given),
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


@dataclass(frozen=True, slots=True)
class Which:
    """Which subscriptions of an account; what is left at its default does not filter, nor does a number None."""

    account_id: int
    event: tuple[str, int | None] | None = None
    ids: tuple[int, ...] = ()

    def of(self, columns: tuple[Any, ...]) -> Select[Any]:
        """Select columns of these."""
        query = select(*columns).where(subscription.c.account_id == self.account_id)
        if self.event is not None:
            name, number = self.event
            query = query.where(subscription.c.event_name == name)
            if number is not None:
                query = query.where(subscription.c.event_number == number)
        return query.where(subscription.c.id.in_(self.ids)) if self.ids else query


async def page(connection: AsyncConnection, which: Which, after: int, limit: int) -> list[Subscription]:
    """Read subscriptions by id, those after `after`."""
    query = which.of((subscription,)).where(subscription.c.id > after)
    rows = await connection.execute(query.order_by(subscription.c.id).limit(limit))
    return [_read(row) for row in rows]


async def skip(connection: AsyncConnection, which: Which, after: int, number: int) -> int:
    """Give the id of the last of so many subscriptions after `after`; where there are fewer, of the last one at all."""
    ids = which.of((subscription.c.id,)).where(subscription.c.id > after).order_by(subscription.c.id).limit(number)
    last: int | None = await connection.scalar(select(func.max(ids.subquery().c.id)))
    return after if last is None else last


async def count(connection: AsyncConnection, which: Which) -> int:
    """Count subscriptions."""
    number: int | None = await connection.scalar(which.of((func.count(),)))
    return number or 0


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
