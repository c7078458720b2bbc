"""The file in which bins are kept: its tables, and a connection to it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "bins.db"
MEMORY = ":memory:"
IN_CLEAR, SEALED = 1, 2
"""The versions of the file: of the second nothing was ever in clear. A gateway that knows no seals refuses that one."""
# What the requests of a bin take is counted where they come and go, so that it cannot be wrong.
_SCHEMA = """
CREATE TABLE bin (
    id TEXT PRIMARY KEY,
    account_id INTEGER NOT NULL,
    expire_time INTEGER NOT NULL,
    status INTEGER NOT NULL,
    secret TEXT NOT NULL,
    last_number INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX bin_expires ON bin (expire_time);
CREATE TABLE request (
    bin_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    receive_time INTEGER NOT NULL,
    webhook_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    facts BLOB NOT NULL,
    body BLOB NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX request_number ON request (bin_id, number);
CREATE TRIGGER request_comes AFTER INSERT ON request BEGIN
    UPDATE bin SET bytes = bytes + new.bytes WHERE id = new.bin_id;
END;
CREATE TRIGGER request_goes AFTER DELETE ON request BEGIN
    UPDATE bin SET bytes = bytes - old.bytes WHERE id = old.bin_id;
END;
CREATE TRIGGER bin_goes AFTER DELETE ON bin BEGIN
    DELETE FROM request WHERE bin_id = old.id;
END;
"""


class BinsUnusable(Exception):
    """The file of the bins cannot be used; the message says why."""


def connect(folder: Path | None) -> sqlite3.Connection:
    """A connection to the file in a folder, or to nothing but memory; used by one thread at a time.

    Raises:
        BinsUnusable: the file or the folder cannot be used.
    """
    place = folder / FILE if folder else MEMORY
    try:
        if folder:
            _make(folder)
        connection = sqlite3.connect(place, isolation_level=None, check_same_thread=False, timeout=5)
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise BinsUnusable(f"cannot use {place}: {getattr(error, 'strerror', None) or error}") from None
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make(folder: Path) -> None:
    # What is received, and the secrets it is checked by, are for the owner alone.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    # A process that is killed loses nothing; a machine that loses its power may lose the last requests of a test.
    connection.execute("PRAGMA synchronous = NORMAL")
    with transaction(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _statements():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {IN_CLEAR}")
        elif version not in (IN_CLEAR, SEALED):
            raise BinsUnusable(f"{FILE} is of version {version}, which this gateway does not know")


def _statements() -> Iterator[str]:
    """The statements of the schema one by one: ``executescript`` would commit what came before."""
    statement = ""
    for line in _SCHEMA.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
