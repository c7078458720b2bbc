"""Campaigns: stored values and the writes on them. `campaign_rules` says what they may hold.

The other services are told of what is published, never of what is being worked on: of a draft they know nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_plugin import Value
from hookline_registry import definitions, feed
from hookline_registry.database import Transaction, next_id
from hookline_registry.definitions import Place
from hookline_registry.model import PAUSED, Campaign, CampaignState, Definition, DefinitionSettings, ItemKind
from hookline_registry.schema import campaign, definition

NAME = "name"
STATE = "state"
_SHOWN = ("reentry_allowed", "time_zone")


def place_of(account_id: int) -> Place:
    """Give where the campaigns of an account are kept."""
    return Place(account_id, ItemKind.CAMPAIGN)


async def create(
    transaction: Transaction, account_id: int, settings: DefinitionSettings, fires: Iterable[int]
) -> Campaign:
    """Make a draft; the webhooks that it fires exist."""
    new_id = await next_id(transaction.connection, "campaign", account_id)
    times = transaction.now, transaction.now
    made = Campaign(Definition(new_id, account_id, ItemKind.CAMPAIGN, settings, *times, transaction.revision))
    await definitions.add(transaction, made.working, fires)
    row = {"account_id": account_id, "id": new_id, **_columns(made)}
    await transaction.connection.execute(campaign.insert().values(row))
    transaction.changed = True
    return made


async def get(connection: AsyncConnection, account_id: int, campaign_id: int) -> Campaign:
    """Read one campaign.

    Raises NotFound.
    """
    working = await definitions.get(connection, place_of(account_id), campaign_id)
    query = select(campaign).where(campaign.c.account_id == account_id, campaign.c.id == campaign_id)
    return _read((await connection.execute(query)).one(), working)


async def page(
    connection: AsyncConnection, account_id: int, state: CampaignState | None, after: int, limit: int
) -> list[Campaign]:
    """Read campaigns by id, those after `after`, without any map; a state keeps those in it only."""
    with_campaign = (definition.c.account_id == campaign.c.account_id) & (definition.c.id == campaign.c.id)
    columns = [column for column in campaign.c if column is not campaign.c.published]
    facts = [definition.c[name] for name in (NAME, "object_type_id", "create_time", "update_time", "revision")]
    query = (
        select(*columns, *facts)
        .join(definition, with_campaign & (definition.c.kind == ItemKind.CAMPAIGN))
        .where(campaign.c.account_id == account_id, campaign.c.id > after)
    )
    if state is not None:
        query = query.where(campaign.c.state == state)
    return [_outline(row) for row in await connection.execute(query.order_by(campaign.c.id).limit(limit))]


async def change(
    transaction: Transaction, current: Campaign, settings: DefinitionSettings, fires: Iterable[int]
) -> Campaign:
    """Write what is being worked on; it fires webhooks that exist, those of what is published among them."""
    given = replace(settings, resolved=current.working.settings.resolved)
    made = replace(_worked(transaction, current, given), changed=current.published != {NAME: given.name, **given.body})
    return await _write(transaction, made, fires)


async def publish(
    transaction: Transaction, current: Campaign, resolved: Mapping[str, Value], fires: Iterable[int]
) -> Campaign:
    """Make what is being worked on what contacts follow, as it is resolved for the next version."""
    settings = replace(current.working.settings, resolved=_in_state(resolved, state_after_publish(current)))
    made = replace(
        _worked(transaction, current, settings),
        state=state_after_publish(current),
        version=current.version + 1,
        published={NAME: settings.name, **settings.body},
        publish_time=transaction.now,
        changed=False,
    )
    return await _write(transaction, made, fires, tell=True)


def state_after_publish(current: Campaign) -> CampaignState:
    """Give where a campaign stands when it has been published: a paused one stays so."""
    return CampaignState.PAUSED if current.state is CampaignState.PAUSED else CampaignState.LIVE


async def put_in_state(transaction: Transaction, current: Campaign, state: CampaignState) -> Campaign:
    """Hold the contacts of a published campaign, or let them move; one that is so already stays as it is."""
    if current.state is state:
        return current
    settings = current.working.settings
    settings = replace(settings, resolved=_in_state(settings.resolved, state))
    return await _write(transaction, replace(_worked(transaction, current, settings), state=state), None, tell=True)


def _in_state(resolved: Mapping[str, Value], state: CampaignState) -> dict[str, Value]:
    others = {key: value for key, value in resolved.items() if key != PAUSED}
    told = {**others, STATE: f"CAMPAIGN_STATE_{state.name}"}
    return {**told, PAUSED: True} if state is CampaignState.PAUSED else told


async def remove(transaction: Transaction, current: Campaign) -> None:
    """Delete a campaign; its id is never given again."""
    await definitions.remove(transaction, current.working)
    of_this = (campaign.c.account_id == current.working.account_id, campaign.c.id == current.id)
    await transaction.connection.execute(delete(campaign).where(*of_this))


def _worked(transaction: Transaction, current: Campaign, settings: DefinitionSettings) -> Campaign:
    stamped = replace(current.working, settings=settings, update_time=transaction.now, revision=transaction.revision)
    return replace(current, working=stamped)


async def _write(
    transaction: Transaction, made: Campaign, fires: Iterable[int] | None, *, tell: bool = False
) -> Campaign:
    """Write a campaign; a revision passes even where nobody is told, for the etag is made of it."""
    await definitions.rewrite(transaction, made.working, fires)
    of_this = (campaign.c.account_id == made.working.account_id, campaign.c.id == made.id)
    await transaction.connection.execute(update(campaign).where(*of_this).values(_columns(made)))
    transaction.changed = True
    if tell and made.published is not None:
        # What people call it is part of what is published, too.
        told = replace(made.working.settings, name=str(made.published[NAME]))
        await feed.put(transaction, replace(made.working, settings=told))
    return made


def _columns(made: Campaign) -> dict[str, object]:
    body = made.working.settings.body
    return {
        "state": made.state,
        "version": made.version,
        "reentry_allowed": body.get("reentry_allowed", False),
        "time_zone": body.get("time_zone", ""),
        "published": made.published,
        "publish_time": made.publish_time,
        "changed": made.changed,
    }


def _read(row: Row[tuple[object, ...]], working: Definition) -> Campaign:
    return Campaign(working, CampaignState(row.state), row.version, row.published, row.publish_time, row.changed)


def _outline(row: Row[tuple[object, ...]]) -> Campaign:
    body = {"object_type_id": row.object_type_id, **{key: row._mapping[key] for key in _SHOWN}}
    settings = DefinitionSettings(row.name, row.object_type_id, body, {})
    times = row.create_time, row.update_time
    working = Definition(row.id, row.account_id, ItemKind.CAMPAIGN, settings, *times, row.revision)
    return Campaign(working, CampaignState(row.state), row.version, None, row.publish_time, row.changed)
