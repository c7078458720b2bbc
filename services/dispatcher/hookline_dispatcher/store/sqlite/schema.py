"""The embedded store's tables: how an older file is brought up to the newest version of them."""

from __future__ import annotations

import sqlite3

from .migrations import MIGRATIONS

OLDEST_SQLITE = (3, 38, 0)
"""The first version with everything that the statements here use."""


class TooNew(Exception):
    """The file was written by a later version of Hookline."""


def migrate(connection: sqlite3.Connection) -> None:
    """Brings the file up to the newest version, one transaction for each step.

    Raises:
        TooNew: it is beyond the newest version known here.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise TooNew(f"the store is of version {version}, this Hookline knows versions up to {len(MIGRATIONS)}")
    for number in range(version, len(MIGRATIONS)):
        script = f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
        connection.executescript(script)
