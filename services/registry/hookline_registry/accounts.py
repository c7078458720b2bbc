"""Accounts: stored values and the writes on them. Each comes with its standard object types."""

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import feed, object_types, schema
from hookline_registry.database import Transaction, next_id
from hookline_registry.model import Account, AccountSettings, Plan
from hookline_registry.schema import account
from hookline_registry.standard_types import STANDARD_TYPES
from hookline_runtime.errors import NotFound

_OWNED = (
    schema.webhook_use,
    schema.campaign_use,
    schema.campaign,
    schema.definition,
    schema.webhook,
    schema.subscription,
    schema.object_type,
    schema.api_key,
    schema.idempotent_create,
    schema.counter,
)


async def create(transaction: Transaction, settings: AccountSettings) -> Account:
    """Make an account with Contact, Deal and Company."""
    new_id = await next_id(transaction.connection, "account", 0)
    made = Account(new_id, settings, transaction.now, transaction.now, transaction.revision)
    await transaction.connection.execute(
        account.insert().values(id=new_id, create_time=made.create_time, **_columns(made))
    )
    await feed.put(transaction, made)
    for type_id, standard in STANDARD_TYPES.items():
        await object_types.add(transaction, made.id, type_id, standard)
    return made


async def get(connection: AsyncConnection, account_id: int) -> Account:
    """Read one account.

    Raises NotFound.
    """
    row = (await connection.execute(select(account).where(account.c.id == account_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no account {account_id}")
    return _read(row)


async def page(connection: AsyncConnection, after: int, limit: int) -> list[Account]:
    """Read accounts by id, those after `after`."""
    query = select(account).where(account.c.id > after).order_by(account.c.id).limit(limit)
    return [_read(row) for row in await connection.execute(query)]


async def change(transaction: Transaction, current: Account, settings: AccountSettings) -> Account:
    """Write new settings."""
    made = Account(current.id, settings, current.create_time, transaction.now, transaction.revision)
    await transaction.connection.execute(update(account).where(account.c.id == made.id).values(_columns(made)))
    await feed.put(transaction, made)
    return made


async def remove(transaction: Transaction, account_id: int) -> None:
    """Delete an account with all that is its own; its id is never given again."""
    for table in _OWNED:
        await transaction.connection.execute(delete(table).where(table.c.account_id == account_id))
    await transaction.connection.execute(delete(account).where(account.c.id == account_id))
    await feed.bury_account(transaction, account_id)


def _columns(stored: Account) -> dict[str, object]:
    settings = stored.settings
    return {
        "name": settings.name,
        "plan": int(settings.plan),
        "global_rules": settings.global_rules,
        "form_rules": settings.form_rules,
        "update_time": stored.update_time,
        "revision": stored.revision,
    }


def _read(row: Row[tuple[object, ...]]) -> Account:
    settings = AccountSettings(row.name, Plan(row.plan), row.global_rules, row.form_rules)
    return Account(row.id, settings, row.create_time, row.update_time, row.revision)
