"""What the registry has PostgreSQL do in a way of its own. What it does as on SQLite is tried where ``BOTH`` stands."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hookline_registry import audit_entries, idempotency, sealing
from hookline_registry.audit_entries import Done, Wanted
from hookline_registry.database import Database, Transaction
from hookline_registry.idempotency import Create
from hookline_runtime.clock import ManualClock
from hookline_runtime.errors import AlreadyExists
from hookline_runtime.vault.envelope import is_sealed
from hookline_runtime.vault.keys import SealingKey
from hookline_runtime.vault.vault import Vault
from tests.contract.registry.postgresql import PostgreSQL

ALL = Wanted(None, 0, 0, "", "", "")


@pytest.fixture
async def database(postgresql: PostgreSQL) -> AsyncIterator[Database]:
    async with postgresql.empty() as url:
        database = await Database.open(url, ManualClock(1_800_000_000_000_000))
        yield database
        await database.close()


async def execute(database: Database, *statements: str) -> None:
    async def work(transaction: Transaction) -> None:
        for statement in statements:
            await transaction.connection.execute(text(statement))

    await database.write(work)


async def add(database: Database, *names: str) -> None:
    """An entry for each name, each a microsecond later than the one before."""

    async def work(transaction: Transaction) -> None:
        for time, name in enumerate(names, transaction.now):
            after = json.dumps({"name": name}).encode()
            done = Done(time, 1, "key", False, "a.B.C", "webhook/1", "OK", b"", after, "", "")
            await audit_entries.add(transaction, done, name)

    await database.write(work)


async def names(database: Database) -> list[str]:
    async with database.read() as connection:
        return [json.loads(each.done.after)["name"] for each in await audit_entries.page(connection, ALL, -1, 9)]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET method = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
async def test_entries_stay(database: Database, statement: str) -> None:
    await add(database, "one")
    with pytest.raises(IntegrityError, match="audit entries"):
        await execute(database, statement)
    assert await names(database) == ["one"]


async def test_entries_go_by_their_age(database: Database) -> None:
    await add(database, "old", "new")
    await database.write(lambda writing: audit_entries.forget(writing, writing.now + 1))
    assert await names(database) == ["new"]


async def test_a_report_that_is_repeated_counts_once(database: Database) -> None:
    for _ in range(2):
        await add(database, "one", "two")
    assert await names(database) == ["two", "one"]


async def test_creates_are_hashed_under_a_sealed_key(database: Database) -> None:
    database.vault = Vault([SealingKey(b"k" * 32)])
    await sealing.settle(database)
    create = Create(1, "CreateWebhook", "once", b"content")
    await database.write(lambda writing: idempotency.remember(writing, create, 7))
    await sealing.settle(database)

    async def read(made: int) -> int:
        return made

    assert await database.write(lambda writing: idempotency.recall(writing, create, read)) == 7
    with pytest.raises(AlreadyExists):
        await database.write(lambda writing: idempotency.recall(writing, replace(create, content=b"other"), read))
    async with database.read() as connection:
        kept = await connection.scalar(text("SELECT key FROM request_hash_key"))
        assert is_sealed(kept)
