import asyncio
import stat
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateIndex, CreateTable

from hookline_registry import dialect
from hookline_registry.database import Database, Transaction
from hookline_registry.migrate import migrate, newest
from hookline_registry.schema import metadata
from hookline_runtime.clock import ManualClock


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_migrations_make_what_the_schema_says(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_revision_is_the_one_that_the_migrations_lead_to() -> None:
    folder = Path(dialect.__file__).parent / "migrations"
    assert newest() == ScriptDirectory(str(folder)).get_current_head()


async def test_a_second_start_changes_nothing(database: Database, url: str, clock: ManualClock) -> None:
    again = await Database.open(url, clock)
    assert again.head.revision == database.head.revision == 1
    await again.close()


async def test_two_processes_may_start_at_once(url: str) -> None:
    engines = [dialect.engine_for(url, 10) for _ in range(3)]
    await asyncio.gather(*(migrate(engine) for engine in engines))
    async with engines[0].connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    for engine in engines:
        await engine.dispose()


async def test_a_database_of_a_later_version_is_left_alone(database: Database, url: str, clock: ManualClock) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    await database.write(work)
    with pytest.raises(ValueError, match="of a later version"):
        await Database.open(url, clock)


async def test_the_pragmas(database: Database) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    async with database.read() as connection:
        assert {name: await connection.scalar(text(f"PRAGMA {name}")) for name in wanted} == wanted


def test_the_schema_can_be_written_for_postgresql() -> None:
    target = make_url("postgresql://").get_dialect()()
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=target))
        for index in table.indexes:
            assert "CREATE INDEX" in str(CreateIndex(index).compile(dialect=target))


async def test_the_file_is_its_owners_alone(database: Database, url: str) -> None:
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()] == [0o600] * 3


async def test_a_database_of_the_first_version_keeps_what_it_holds(url: str, clock: ManualClock) -> None:
    def first(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(dialect.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    engine = dialect.engine_for(url, 5)
    async with engine.begin() as connection:
        await connection.run_sync(first)
        await connection.execute(text("INSERT INTO account VALUES (7, 'old', 3, 1, 1, 0, 0, 1)"))
    await engine.dispose()
    database = await Database.open(url, clock)
    async with database.read() as reading:
        assert await names_of_accounts(reading) == ["old"]
        assert await reading.run_sync(differences) == []
    await database.close()


async def names_of_accounts(connection: AsyncConnection) -> list[str]:
    return list(await connection.scalars(text("SELECT name FROM account")))
