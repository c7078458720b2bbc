"""Opening the file: one process at a time, proved by a lock that goes with the process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .schema import OLDEST_SQLITE, migrate


class InUse(Exception):
    """Another dispatcher works on this file."""


class Unusable(Exception):
    """The file, or its folder, cannot be used: damaged, read-only, full, not ours; the text is fit for the operator."""


@contextlib.contextmanager
def usable(path: Path) -> Iterator[None]:
    """Raises Unusable for whatever the system or SQLite says against the file."""
    try:
        yield
    except OSError as error:
        raise Unusable(f"the store {path} cannot be used: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise Unusable(f"the store {path} cannot be used: {error}") from error


def open_file(path: Path) -> tuple[sqlite3.Connection, IO[str]]:
    """The writer's connection to the file, made or brought up to date, and the lock that goes with it.

    Raises:
        InUse: another dispatcher works on this file.
        TooNew: the file is of a later version.
        Unusable: SQLite is too old.
        OSError, sqlite3.Error: see ``usable``.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise Unusable(f"SQLite 3.38 or later is needed, this is {sqlite3.sqlite_version}")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = _lock(path.with_suffix(".lock"))
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    except BaseException:
        lock.close()
        raise
    try:
        path.chmod(0o600)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "temp_store = MEMORY", "cache_size = -65536"):
            connection.execute(f"PRAGMA {pragma}")
        migrate(connection)
    except BaseException:
        connection.close()
        lock.close()
        raise
    return connection, lock


def _lock(path: Path) -> IO[str]:
    """The lock that proves that no other dispatcher lives on this file; it goes with the process."""
    lock = path.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
    except BlockingIOError:
        lock.close()
        raise InUse(f"another dispatcher works on {path.parent}") from None
    except OSError:
        with contextlib.suppress(OSError):  # closing writes what a full disk did not take
            lock.close()
        raise
    return lock
