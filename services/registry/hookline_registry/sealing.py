"""What is sealed when the registry starts: secrets in clear, and those under a key that is no longer the first.

It goes over the tables in batches, each a transaction of its own, so it can be broken off and begun again. With a key
that is new it is noted that what is overwritten may still be in free pages; the note goes once they are gone.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from hookline.registry.v1 import config_pb2
from sqlalchemy import Row, Table, and_, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import config_wire
from hookline_registry.database import Database, Transaction, read_counter, set_counter
from hookline_registry.model import ItemKind
from hookline_registry.schema import config_item, counter, subscription, webhook
from hookline_registry.signing_secrets import place_of
from hookline_runtime.errors import Unavailable
from hookline_runtime.vault.renewing import Renewal, Settled, check_keys
from hookline_runtime.vault.vault import Kept

STORE = "the registry's database"
_KEY = "key:"
"""Begins the name of the counter that says under which key there are secrets; its value is since when."""
_UNSCRUBBED = "unscrubbed"
_BATCH = 500

_Values = dict[str, object]
_Renew = Callable[[Renewal, Row[Any]], _Values]


async def settle(database: Database) -> Settled:
    """Seal what should be; without a key nothing is changed.

    Raises KeyMissing when there are secrets under a key that the database was not opened with, Unavailable.
    """
    vault = database.vault
    async with database.read() as connection:
        sealed_under = await _sealed_under(connection)
    check_keys(vault, sealed_under, STORE)
    found = Renewal(vault)
    if not vault.seals:
        return Settled(found)
    await database.write(_note_key)
    for table in (subscription, webhook):
        await _renew(database, found, table, _of_target)
    await _renew(database, found, config_item, _of_item)
    await database.write(_forget_other_keys)
    return Settled(found, not await _scrubbed(database))


async def forget_key(database: Database, key_id: str) -> None:
    """Give up the secrets under a key that is lost: they are damaged from then on, and the registry starts without."""

    async def work(transaction: Transaction) -> None:
        await transaction.connection.execute(delete(counter).where(counter.c.name == _KEY + key_id))

    await database.write(work)


async def _sealed_under(connection: AsyncConnection) -> list[str]:
    names = await connection.scalars(select(counter.c.name).where(counter.c.name.startswith(_KEY)))
    return [name.removeprefix(_KEY) for name in names]


async def _note_key(transaction: Transaction) -> None:
    first = transaction.vault.key_ids[0]
    if first not in await _sealed_under(transaction.connection):
        await set_counter(transaction.connection, _KEY + first, transaction.now)
        await set_counter(transaction.connection, _UNSCRUBBED, 1)


async def _forget_other_keys(transaction: Transaction) -> None:
    first = _KEY + transaction.vault.key_ids[0]
    others = and_(counter.c.name.startswith(_KEY), counter.c.name != first)
    await transaction.connection.execute(delete(counter).where(others))


async def _renew(database: Database, found: Renewal, table: Table, renew: _Renew) -> None:
    async for rows in _batches(database, table):
        stale = Renewal(found.vault)
        if any(renew(stale, row) for row in rows):
            await database.write(_writing(table, rows, renew, found))
        else:
            found.add(stale)


def _writing(
    table: Table, read: Sequence[Row[Any]], renew: _Renew, found: Renewal
) -> Callable[[Transaction], Awaitable[None]]:
    keys = tuple(table.primary_key.columns)

    async def work(transaction: Transaction) -> None:
        # They are read again: another process may have written since.
        named = [tuple(row._mapping[key] for key in keys) for row in read]
        rows = (await transaction.connection.execute(select(table).where(tuple_(*keys).in_(named)))).all()
        pass_over = Renewal(found.vault)
        changes = [(row, values) for row in rows if (values := renew(pass_over, row))]
        for row, values in changes:
            where = [key == row._mapping[key] for key in keys]
            await transaction.connection.execute(update(table).where(*where).values(values))
        found.add(pass_over)

    return work


async def _batches(database: Database, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
    keys = tuple(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(_BATCH)
    if table is config_item:
        query = query.where(table.c.kind.in_((ItemKind.SUBSCRIPTION, ItemKind.WEBHOOK)), ~table.c.deleted)
    after = query
    while True:
        async with database.read() as connection:
            rows = (await connection.execute(after)).all()
        if rows:
            yield rows
        if len(rows) < _BATCH:
            return
        after = query.where(tuple_(*keys) > tuple(rows[-1]._mapping[key] for key in keys))


def _of_target(renewal: Renewal, row: Row[Any]) -> _Values:
    kind = ItemKind.WEBHOOK if "method" in row._mapping else ItemKind.SUBSCRIPTION
    place = place_of(kind, row.account_id, row.id)
    kept = {name: value for name in ("secret", "old_secret") if (value := row._mapping[name]) is not None}
    renewed = {name: renewal.renewed(place, Kept(value)) for name, value in kept.items()}
    return {name: value for name, value in renewed.items() if value != kept[name]}


def _of_item(renewal: Renewal, row: Row[Any]) -> _Values:
    message = config_pb2.ConfigItem.FromString(row.body)
    changed = False
    for each in config_wire.secrets_of(message):
        kept = Kept(each.secret)
        each.secret = renewal.renewed(config_wire.place_in(message), kept)
        changed = changed or each.secret != kept
    return {"body": message.SerializeToString()} if changed else {}


async def _scrubbed(database: Database) -> bool:
    """Leave nothing in free pages, where something may be there; say whether nothing is."""
    async with database.read() as connection:
        if not await read_counter(connection, _UNSCRUBBED):
            return True
    try:
        await database.scrub()
    except Unavailable:
        return False

    async def work(transaction: Transaction) -> None:
        await transaction.connection.execute(delete(counter).where(counter.c.name == _UNSCRUBBED))

    await database.write(work)
    return True
