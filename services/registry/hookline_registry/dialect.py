"""Everything that differs between SQLite and PostgreSQL; no other file of the registry knows the dialect.

SQLite: WAL, synchronous FULL, foreign keys on, a write transaction takes the write lock as it begins.
PostgreSQL: its own defaults; writers queue at the row of the counter of revisions.
"""

import sqlite3
import time
from pathlib import Path
from typing import Protocol, cast

from sqlalchemy import event, exc, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

WRITE = {"hookline_write": True}
"""Execution options of a connection that is about to write."""

_POOL_SIZE = 5
_WAL_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Seconds between tries; only a file that was just made is not in WAL mode yet."""
_MIGRATION_LOCK = 0x686F6F6B
_OWN_FAULTS = (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.NotSupportedError)


def engine_for(url: str, busy_timeout: float) -> AsyncEngine:
    """Make the engine of a database URL; `busy_timeout` (seconds) bounds the wait for another writer.

    A SQLite file that is missing is made, with its folder, for its owner alone. Raises ValueError for a URL that
    cannot be used, OSError for a file that cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite_engine(parsed, busy_timeout)
        return create_async_engine(parsed, pool_size=_POOL_SIZE, pool_pre_ping=True)
    except (exc.ArgumentError, exc.InvalidRequestError, ImportError):
        raise ValueError("the database URL is malformed, or its driver is not installed") from None


def _sqlite_engine(parsed: URL, busy_timeout: float) -> AsyncEngine:
    if parsed.database and parsed.database != ":memory:":
        file = Path(parsed.database)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)  # it holds signing secrets; the files beside it inherit the mode
    engine = create_async_engine(parsed, pool_size=_POOL_SIZE, connect_args={"timeout": busy_timeout})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


async def lock_for_migration(connection: AsyncConnection) -> None:
    """Hold off other processes that migrate; SQLite's write lock has done so already."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})


async def scrub(engine: AsyncEngine) -> None:
    """Leave nothing in the file of what was overwritten or deleted; on PostgreSQL that is left to its operator."""
    if engine.dialect.name != "sqlite":
        return
    async with engine.connect() as connection:
        bare = await connection.get_raw_connection()
        driver = bare.driver_connection
        assert driver is not None, "it has just been opened"
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            cursor = await driver.execute(statement)
            await cursor.close()


def is_store_failure(error: BaseException) -> bool:
    """Say whether the database failed (full, locked, unreachable, damaged) rather than our statement."""
    if isinstance(error, exc.DBAPIError):
        return not isinstance(error, _OWN_FAULTS)
    return isinstance(error, exc.TimeoutError | sqlite3.OperationalError | OSError)


def cause_of(error: BaseException) -> str:
    """Say in the database's words what failed, without the statement and its values."""
    return str(error.orig if isinstance(error, exc.DBAPIError) else error)


class _Cursor(Protocol):
    def execute(self, statement: str) -> object: ...

    def close(self) -> object: ...


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    cursor = cast("_Cursor", connection.cursor())
    _write_ahead(cursor)
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: _Cursor) -> None:
    """Put the file into WAL mode; while another process does the same, SQLite does not wait for its lock but fails."""
    for pause in _WAL_PAUSES:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except (sqlite3.OperationalError, exc.OperationalError):
            time.sleep(pause)
    cursor.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("hookline_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
