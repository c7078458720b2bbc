"""Definitions of triggers: stored values and the writes on them. What they may say is their source's to know.

Which webhooks a definition fires is written with it, so that none of them can be taken away meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_plugin import Value
from hookline_registry import campaign_uses, feed
from hookline_registry.database import Transaction, next_id
from hookline_registry.in_use import User
from hookline_registry.kinds import KIND_WORDS
from hookline_registry.model import PAUSED, Definition, DefinitionSettings, ItemKind
from hookline_registry.schema import definition, webhook_use
from hookline_runtime.errors import AlreadyExists, NotFound, ResourceExhausted

_ROOM_DELAY = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kind of definition of an account is kept."""

    account_id: int
    kind: ItemKind


async def create(
    transaction: Transaction, place: Place, settings: DefinitionSettings, fires: Iterable[int]
) -> Definition:
    """Make a definition that fires webhooks, which exist."""
    made = Definition(
        await next_id(transaction.connection, place.kind.name.lower(), place.account_id),
        place.account_id,
        place.kind,
        settings,
        transaction.now,
        transaction.now,
        transaction.revision,
    )
    await add(transaction, made, fires)
    await feed.put(transaction, made)
    return made


async def add(transaction: Transaction, made: Definition, fires: Iterable[int]) -> None:
    """Write a definition that is new, and tell nobody."""
    row = {"account_id": made.account_id, "kind": made.kind, "id": made.id, "create_time": made.create_time}
    await transaction.connection.execute(definition.insert().values({**row, **_columns(made)}))
    await _note_uses(transaction, made, fires)


async def get(connection: AsyncConnection, place: Place, definition_id: int) -> Definition:
    """Read one definition.

    Raises NotFound.
    """
    query = select(definition).where(*_in(place), definition.c.id == definition_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"there is no {KIND_WORDS[place.kind]} {definition_id}")
    return _read(row)


@dataclass(frozen=True, slots=True)
class Only:
    """Which definitions a list holds; None stands for any."""

    object_type_id: int | None = None
    number: int | None = None


async def page(connection: AsyncConnection, place: Place, only: Only, after: int, limit: int) -> list[Definition]:
    """Read definitions by id, those after `after`."""
    query = select(definition).where(*_in(place), definition.c.id > after)
    if only.object_type_id is not None:
        query = query.where(definition.c.object_type_id == only.object_type_id)
    if only.number is not None:
        query = query.where(definition.c.number == only.number)
    return [_read(row) for row in await connection.execute(query.order_by(definition.c.id).limit(limit))]


async def change(
    transaction: Transaction, current: Definition, settings: DefinitionSettings, fires: Iterable[int] | None = None
) -> Definition:
    """Write new settings and, where given, which webhooks they fire."""
    made = replace(current, settings=settings, update_time=transaction.now, revision=transaction.revision)
    await rewrite(transaction, made, fires)
    await feed.put(transaction, made)
    return made


async def rewrite(transaction: Transaction, made: Definition, fires: Iterable[int] | None) -> None:
    """Write a definition that is there already, and tell nobody."""
    await transaction.connection.execute(update(definition).where(*_of(made)).values(_columns(made)))
    if fires is not None:
        await transaction.connection.execute(delete(webhook_use).where(*_uses_of(made)))
        await _note_uses(transaction, made, fires)


async def rename(transaction: Transaction, current: Definition, name: str) -> Definition:
    """Give a definition another name, and leave all else as it is."""
    return await change(transaction, current, replace(current.settings, name=name))


async def pause(transaction: Transaction, current: Definition, paused: bool) -> Definition:
    """Keep a definition from firing, or let it fire again; one that is so already stays as it is."""
    settings = current.settings
    if settings.paused is paused:
        return current
    body, resolved = _paused(settings.body, paused), _paused(settings.resolved, paused)
    return await change(transaction, current, replace(settings, body=body, resolved=resolved))


def _paused(body: Mapping[str, Value], paused: bool) -> dict[str, Value]:
    others = {key: value for key, value in body.items() if key != PAUSED}
    return {**others, PAUSED: True} if paused else others


async def remove(transaction: Transaction, current: Definition) -> None:
    """Delete a definition; its id is never given again."""
    await transaction.connection.execute(delete(webhook_use).where(*_uses_of(current)))
    await campaign_uses.forget(transaction, current)
    await transaction.connection.execute(delete(definition).where(*_of(current)))
    await feed.bury(transaction, current.kind, current.account_id, current.id)


async def check_room(connection: AsyncConnection, account_id: int, most: int) -> None:
    """Pass where the account has fewer definitions than `most`, of all kinds together.

    Raises ResourceExhausted.
    """
    query = select(func.count()).select_from(definition).where(definition.c.account_id == account_id)
    if (await connection.scalar(query) or 0) >= most:
        raise ResourceExhausted(
            f"the account has {most} definitions of triggers, as many as it may; delete some first",
            _ROOM_DELAY,
            quota="trigger definitions",
            reason="TOO_MANY_DEFINITIONS",
        )


async def firing(connection: AsyncConnection, account_id: int, webhook_id: int, limit: int) -> list[User]:
    """Name the first definitions that fire a webhook."""
    of_definition = (
        (webhook_use.c.account_id == definition.c.account_id)
        & (webhook_use.c.kind == definition.c.kind)
        & (webhook_use.c.definition_id == definition.c.id)
    )
    query = (
        select(definition.c.kind, definition.c.id, definition.c.name)
        .join(webhook_use, of_definition)
        .where(webhook_use.c.account_id == account_id, webhook_use.c.webhook_id == webhook_id)
        .order_by(definition.c.kind, definition.c.id)
    )
    return [_user(*row) for row in await connection.execute(query.limit(limit))]


async def about(connection: AsyncConnection, account_id: int, object_type_id: int, limit: int) -> list[User]:
    """Name the first definitions about objects of a type."""
    query = select(definition.c.kind, definition.c.id, definition.c.name).where(
        definition.c.account_id == account_id,
        definition.c.kind.in_(list(KIND_WORDS)),
        definition.c.object_type_id == object_type_id,
    )
    rows = await connection.execute(query.order_by(definition.c.kind, definition.c.id).limit(limit))
    return [_user(*row) for row in rows]


async def check_number(connection: AsyncConnection, place: Place, number: int) -> None:
    """Pass a number that no definition of the kind has.

    Raises AlreadyExists.
    """
    other = await connection.scalar(select(definition.c.id).where(*_in(place), definition.c.number == number))
    if other is not None:
        word = KIND_WORDS[place.kind]
        raise AlreadyExists(
            f"{word} {other} has the number {number} already",
            reason="NUMBER_TAKEN",
            metadata={"field": f"{word}.number"},
        )


async def lowest_free_number(connection: AsyncConnection, place: Place) -> int:
    """Give the lowest number from 1 that no definition of the kind has."""
    query = select(definition.c.number).where(*_in(place), definition.c.number.is_not(None))
    free = 1
    for number in await connection.scalars(query.order_by(definition.c.number)):
        if number != free:
            break
        free += 1
    return free


async def _note_uses(transaction: Transaction, made: Definition, fires: Iterable[int]) -> None:
    place = {"account_id": made.account_id, "kind": made.kind, "definition_id": made.id}
    rows = [{**place, "webhook_id": webhook_id} for webhook_id in sorted(set(fires))]
    if rows:
        await transaction.connection.execute(webhook_use.insert(), rows)


def _user(kind: int, definition_id: int, name: str) -> User:
    return User(KIND_WORDS[ItemKind(kind)], definition_id, name)


def _in(place: Place) -> tuple[ColumnElement[bool], ...]:
    return (definition.c.account_id == place.account_id, definition.c.kind == place.kind)


def _of(stored: Definition) -> tuple[ColumnElement[bool], ...]:
    return (*_in(Place(stored.account_id, stored.kind)), definition.c.id == stored.id)


def _uses_of(stored: Definition) -> tuple[ColumnElement[bool], ...]:
    return (
        webhook_use.c.account_id == stored.account_id,
        webhook_use.c.kind == stored.kind,
        webhook_use.c.definition_id == stored.id,
    )


def _columns(stored: Definition) -> dict[str, object]:
    settings = stored.settings
    return {
        "name": settings.name,
        "object_type_id": settings.object_type_id,
        "number": settings.number,
        "body": settings.body,
        "resolved": settings.resolved,
        "update_time": stored.update_time,
        "revision": stored.revision,
    }


def _read(row: Row[tuple[object, ...]]) -> Definition:
    settings = DefinitionSettings(row.name, row.object_type_id, row.body, row.resolved, row.number)
    times = row.create_time, row.update_time
    return Definition(row.id, row.account_id, ItemKind(row.kind), settings, *times, row.revision)
