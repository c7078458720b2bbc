"""What is sealed when the registry starts: secrets in clear, and those under a key that is no longer the first.

It goes over the tables in batches, each a transaction of its own, so it can be broken off and begun again. With a key
that is new it is noted that what is overwritten may still be in free pages; the note goes once they are gone.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from hookline.registry.v1 import config_pb2
from sqlalchemy import Column, Row, Select, Table, Update, and_, bindparam, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import config_wire, request_hashes, secret_headers, target_secrets
from hookline_registry.database import Database, Transaction, read_counter, set_counter
from hookline_registry.model import ItemKind
from hookline_registry.request_hashes import Hashed
from hookline_registry.schema import config_item, counter, request_hash_key, subscription, webhook
from hookline_registry.signing_secrets import place_of
from hookline_runtime.errors import Unavailable
from hookline_runtime.vault.renewing import Renewal, Settled, check_keys
from hookline_runtime.vault.vault import Kept

STORE = "the registry's database"
_KEY = "key:"
"""Begins the name of the counter that says under which key there are secrets; its value is since when."""
_UNSCRUBBED = "unscrubbed"
_BATCH = 500

_Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Part:
    """A table with secrets: the columns that hold them, and what should stand there; nothing where it does already."""

    table: Table
    columns: tuple[str, ...]
    renew: Callable[[Renewal, Row[Any]], _Values]

    @property
    def keys(self) -> tuple[Column[Any], ...]:
        return tuple(self.table.primary_key.columns)

    def key_of(self, row: Row[Any]) -> tuple[int, ...]:
        return tuple(row._mapping[key] for key in self.keys)

    def rows(self, after: tuple[int, ...] | None, up_to: tuple[int, ...] | None = None) -> Select[Any]:
        """Select the batch after a key; or, once it is known where it ends, the same rows again."""
        query = select(*self.keys, *(self.table.c[name] for name in self.columns)).order_by(*self.keys)
        if self.table is config_item:
            query = query.where(self.table.c.kind.in_((ItemKind.SUBSCRIPTION, ItemKind.WEBHOOK)), ~self.table.c.deleted)
        if after is not None:
            query = query.where(tuple_(*self.keys) > after)
        return query.limit(_BATCH) if up_to is None else query.where(tuple_(*self.keys) <= up_to)

    def changes(self, renewal: Renewal, rows: Iterable[Row[Any]]) -> list[dict[str, object]]:
        """Give the parameters of `update` for each row that should change."""
        changed = [(row, values) for row in rows if (values := self.renew(renewal, row))]
        return [
            {**{f"of_{key.name}": row._mapping[key] for key in self.keys}, **{f"new_{n}": v for n, v in values.items()}}
            for row, values in changed
        ]

    @property
    def update(self) -> Update:
        where = [key == bindparam(f"of_{key.name}") for key in self.keys]
        return update(self.table).where(*where).values({name: bindparam(f"new_{name}") for name in self.columns})


async def settle(database: Database) -> Settled:
    """Seal what should be, and hash under a key what is not; without a sealing key nothing that is there is sealed.

    Raises KeyMissing when there are secrets under a key that the database was not opened with, Unavailable.
    """
    vault = database.vault
    async with database.read() as connection:
        sealed_under = await _sealed_under(connection)
    check_keys(vault, sealed_under, STORE)
    found = Renewal(vault)
    if await database.write(_hash_under_a_key) is Hashed.UNDER_A_LOST_KEY:
        found.add(Renewal(vault, unreadable=1, unreadable_places=[request_hashes.PLACE]))
    if not vault.seals:
        return Settled(found)
    await database.write(_note_key)
    for part in _PARTS:
        await _renew(database, found, part)
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


async def _hash_under_a_key(transaction: Transaction) -> Hashed:
    hashed = await request_hashes.settle(transaction)
    if hashed is Hashed.PLAINLY:
        await set_counter(transaction.connection, _UNSCRUBBED, 1)
    return hashed


async def _forget_other_keys(transaction: Transaction) -> None:
    first = _KEY + transaction.vault.key_ids[0]
    others = and_(counter.c.name.startswith(_KEY), counter.c.name != first)
    await transaction.connection.execute(delete(counter).where(others))


async def _renew(database: Database, found: Renewal, part: _Part) -> None:
    after: tuple[int, ...] | None = None
    while True:
        async with database.read() as connection:
            rows = (await connection.execute(part.rows(after))).all()
        if not rows:
            return
        pass_over, up_to = Renewal(found.vault), part.key_of(rows[-1])
        if part.changes(pass_over, rows):
            pass_over = await database.write(_writing(part, after, up_to))
        found.add(pass_over)
        after = up_to


def _writing(
    part: _Part, after: tuple[int, ...] | None, up_to: tuple[int, ...]
) -> Callable[[Transaction], Awaitable[Renewal]]:
    async def work(transaction: Transaction) -> Renewal:
        # They are read again: another process may have written since.
        rows = await transaction.connection.execute(part.rows(after, up_to))
        pass_over = Renewal(transaction.vault)
        if changes := part.changes(pass_over, rows):
            await transaction.connection.execute(part.update, changes)
        return pass_over

    return work


def _of_target(kind: ItemKind, renewal: Renewal, row: Row[Any]) -> _Values:
    target = kind, row.account_id, row.id
    place = place_of(*target)
    kept: _Values = {name: row._mapping[name] for name in _OF_TARGET}
    renewed: _Values = {
        "secret": renewal.renewed(place, Kept(row.secret)),
        "old_secret": row.old_secret and renewal.renewed(place, Kept(row.old_secret)),
        "secret_headers": [
            [name, renewal.renewed(secret_headers.place_of(*target, name), Kept(value))]
            for name, value in row.secret_headers
        ],
        "authentication": target_secrets.renewed_authentication(renewal, target, row.authentication),
        "tls": target_secrets.renewed_tls(renewal, target, row.tls),
    }
    return {} if renewed == kept else renewed


def _of_item(renewal: Renewal, row: Row[Any]) -> _Values:
    message = config_pb2.ConfigItem.FromString(row.body)
    changed = False
    for held in config_wire.held_in(message):
        kept = held.kept
        held.put(renewal.renewed(held.place, kept))
        changed = changed or held.kept != kept
    return {"body": message.SerializeToString()} if changed else {}


def _of_hashes(renewal: Renewal, row: Row[Any]) -> _Values:
    key = renewal.renewed(request_hashes.PLACE, Kept(row.key))
    return {} if key == row.key else {"key": key}


_OF_TARGET = ("secret", "old_secret", "secret_headers", "authentication", "tls")
_PARTS = (
    _Part(subscription, _OF_TARGET, partial(_of_target, ItemKind.SUBSCRIPTION)),
    _Part(webhook, _OF_TARGET, partial(_of_target, ItemKind.WEBHOOK)),
    _Part(config_item, ("body",), _of_item),
    _Part(request_hash_key, ("key",), _of_hashes),
)


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
