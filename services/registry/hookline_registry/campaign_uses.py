"""Which definitions ask who is on which campaign's map, so that no campaign is taken away from them."""

from collections.abc import Iterable

from sqlalchemy import and_, delete, not_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry.database import Transaction
from hookline_registry.in_use import User
from hookline_registry.kinds import KIND_WORDS
from hookline_registry.model import Definition, ItemKind
from hookline_registry.schema import campaign_use, definition


async def object_types_of(connection: AsyncConnection, account_id: int, ids: Iterable[int]) -> dict[int, int]:
    """Read the object type of each of the campaigns that exist."""
    query = select(definition.c.id, definition.c.object_type_id).where(
        definition.c.account_id == account_id,
        definition.c.kind == ItemKind.CAMPAIGN,
        definition.c.id.in_(sorted(set(ids))),
    )
    return {row.id: row.object_type_id for row in await connection.execute(query)}


async def note(transaction: Transaction, made: Definition, asks: Iterable[int]) -> None:
    """Write which campaigns a definition asks about, in place of those before; they exist."""
    await forget(transaction, made)
    place = {"account_id": made.account_id, "kind": made.kind, "definition_id": made.id}
    rows = [{**place, "campaign_id": campaign_id} for campaign_id in sorted(set(asks))]
    if rows:
        await transaction.connection.execute(campaign_use.insert(), rows)


async def forget(transaction: Transaction, current: Definition) -> None:
    """Delete what a definition asks about."""
    of_this = (
        campaign_use.c.account_id == current.account_id,
        campaign_use.c.kind == current.kind,
        campaign_use.c.definition_id == current.id,
    )
    await transaction.connection.execute(delete(campaign_use).where(*of_this))


async def asking(connection: AsyncConnection, account_id: int, campaign_id: int, limit: int) -> list[User]:
    """Name the first definitions that ask about a campaign, other than itself."""
    of_definition = and_(
        campaign_use.c.account_id == definition.c.account_id,
        campaign_use.c.kind == definition.c.kind,
        campaign_use.c.definition_id == definition.c.id,
    )
    itself = and_(definition.c.kind == ItemKind.CAMPAIGN, definition.c.id == campaign_id)
    query = (
        select(definition.c.kind, definition.c.id, definition.c.name)
        .join(campaign_use, of_definition)
        .where(campaign_use.c.account_id == account_id, campaign_use.c.campaign_id == campaign_id, not_(itself))
        .order_by(definition.c.kind, definition.c.id)
    )
    rows = await connection.execute(query.limit(limit))
    return [User(KIND_WORDS[ItemKind(kind)], definition_id, name) for kind, definition_id, name in rows]
