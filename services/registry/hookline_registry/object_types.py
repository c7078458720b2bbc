"""Object types: stored values, the writes on them and their rules."""

from collections.abc import Collection, Iterator

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import owned_rows
from hookline_registry.database import Transaction, next_id
from hookline_registry.model import Field, ObjectType, ObjectTypeSettings
from hookline_registry.schema import object_type
from hookline_registry.standard_types import FIRST_CUSTOM, RELATION
from hookline_runtime.errors import AlreadyExists, FailedPrecondition, ResourceExhausted, Violation
from hookline_runtime.webhook.names import UNWRITABLE

_ROOM_DELAY = 60.0


async def create(transaction: Transaction, account_id: int, settings: ObjectTypeSettings) -> ObjectType:
    """Make a custom object type.

    Raises AlreadyExists when the account has one of that name.
    """
    new_id = await next_id(transaction.connection, "object_type", account_id, FIRST_CUSTOM)
    return await add(transaction, account_id, new_id, settings)


async def add(transaction: Transaction, account_id: int, new_id: int, settings: ObjectTypeSettings) -> ObjectType:
    """Make an object type with a given id.

    Raises AlreadyExists when the account has one of that name.
    """
    made = ObjectType(new_id, account_id, settings, transaction.now, transaction.now, transaction.revision)
    await _check_name(transaction, made)
    await owned_rows.insert(transaction, object_type, made, _columns(made))
    return made


async def get(connection: AsyncConnection, account_id: int, type_id: int) -> ObjectType:
    """Read one object type.

    Raises NotFound.
    """
    return _read(await owned_rows.find(connection, object_type, account_id, type_id))


async def page(connection: AsyncConnection, account_id: int, after: int, limit: int) -> list[ObjectType]:
    """Read object types by id, those after `after`."""
    of_account = (object_type.c.account_id == account_id, object_type.c.id > after)
    query = select(object_type).where(*of_account).order_by(object_type.c.id).limit(limit)
    return [_read(row) for row in await connection.execute(query)]


async def ids(connection: AsyncConnection, account_id: int) -> frozenset[int]:
    """Read the ids of all object types of an account."""
    query = select(object_type.c.id).where(object_type.c.account_id == account_id)
    return frozenset((await connection.scalars(query)).all())


async def settings_of_all(connection: AsyncConnection, account_id: int) -> dict[int, ObjectTypeSettings]:
    """Read name and fields of all object types of an account by id."""
    rows = await connection.execute(select(object_type).where(object_type.c.account_id == account_id))
    return {stored.id: stored.settings for stored in map(_read, rows)}


async def change(transaction: Transaction, current: ObjectType, settings: ObjectTypeSettings) -> ObjectType:
    """Write new settings.

    Raises AlreadyExists when the account has another one of that name.
    """
    made = ObjectType(
        current.id, current.account_id, settings, current.create_time, transaction.now, transaction.revision
    )
    await _check_name(transaction, made)
    await owned_rows.change(transaction, object_type, made, _columns(made))
    return made


async def check_room(connection: AsyncConnection, account_id: int, most: int) -> None:
    """Pass where the account has fewer custom object types than `most`.

    Raises ResourceExhausted.
    """
    custom = (object_type.c.account_id == account_id, object_type.c.id >= FIRST_CUSTOM)
    if (await connection.scalar(select(func.count()).select_from(object_type).where(*custom)) or 0) >= most:
        raise ResourceExhausted(
            f"the account has {most} object types of its own, as many as it may; delete some first",
            _ROOM_DELAY,
            quota="custom object types",
            reason="TOO_MANY_OBJECT_TYPES",
        )


def check_custom(current: ObjectType) -> None:
    """Pass a custom object type.

    Raises FailedPrecondition for Contact, Deal and Company.
    """
    if current.id < FIRST_CUSTOM:
        raise FailedPrecondition(
            f"object type {current.id} is part of every account and cannot be deleted", reason="OBJECT_TYPE_STANDARD"
        )


async def remove(transaction: Transaction, current: ObjectType) -> None:
    """Delete a custom object type; its id is never given again."""
    await owned_rows.remove(transaction, object_type, current)


def violations(
    settings: ObjectTypeSettings, known: frozenset[int], standing: Collection[str] = ()
) -> Iterator[Violation]:
    """Give what is wrong with the fields, beyond what the contract's own rules say.

    `known` are the object types that a relation may point to, `standing` labels that there are already: these may stay.
    """
    keys: set[str] = set()
    labels: set[str] = set()
    for number, field in enumerate(settings.fields):
        at = f"object_type.fields[{number}]"
        key, label = field.key.casefold(), field.label.strip().casefold()
        if key in keys:
            yield Violation(f"{at}.key", "is the key of an earlier field, too (letter case does not count)")
        if not label:
            yield Violation(f"{at}.label", "must not be blank")
        elif UNWRITABLE.search(field.label) and field.label not in standing:
            yield Violation(f"{at}.label", "must hold none of [ ] |: a merge field could not name it")
        elif label in labels:
            yield Violation(f"{at}.label", "is the label of an earlier field, too (letter case does not count)")
        keys.add(key)
        labels.add(label)
        if field.kind != RELATION and field.related_object_type_id:
            yield Violation(
                f"{at}.related_object_type_id", "must be 0: only a field of kind relation relates to an object type"
            )
        elif field.kind == RELATION and field.related_object_type_id not in known:
            yield Violation(f"{at}.related_object_type_id", "must be an object type of the account")
    if not settings.name.strip():
        yield Violation("object_type.name", "must not be blank")


async def _check_name(transaction: Transaction, made: ObjectType) -> None:
    query = select(object_type.c.id).where(
        object_type.c.account_id == made.account_id,
        object_type.c.folded_name == _folded(made.settings.name),
        object_type.c.id != made.id,
    )
    other = await transaction.connection.scalar(query)
    if other is not None:
        raise AlreadyExists(
            f"object type {other} has this name already (letter case does not count)",
            reason="NAME_TAKEN",
            metadata={"field": "object_type.name"},
        )


def _folded(name: str) -> str:
    return name.strip().casefold()


def _columns(stored: ObjectType) -> dict[str, object]:
    return {
        "name": stored.settings.name,
        "folded_name": _folded(stored.settings.name),
        "fields": [[f.key, f.label, f.kind, f.related_object_type_id] for f in stored.settings.fields],
        "update_time": stored.update_time,
        "revision": stored.revision,
    }


def _read(row: Row[tuple[object, ...]]) -> ObjectType:
    settings = ObjectTypeSettings(row.name, tuple(Field(*field) for field in row.fields))
    return ObjectType(row.id, row.account_id, settings, row.create_time, row.update_time, row.revision)
