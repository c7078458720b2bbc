"""Secrets in the stored configuration are brought up to the key that seals, before anything else works on the file.

It goes over the rows in batches, each a transaction of its own, so it can be broken off and begun again. With a key
that is new it is noted that what is overwritten may still be in free pages; the note goes once they are gone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hookline_dispatcher.store.model import TARGET_KINDS, ConfigRow
from hookline_runtime.vault.renewing import Renewal, Settled, check_keys
from hookline_runtime.vault.vault import Vault

from .file import open_file, usable

STORE = "dispatcher.db"
MOST_SCRUBBED = 1 << 30
"""Bytes of a file that a start writes anew: some seconds. A larger one is left to the operator's command."""
_KEY = "sealed_under:"
_UNSCRUBBED = "unscrubbed"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Sealing:
    """What seals, and how the body of a row that defines a target is made to hold its secrets as they should be."""

    vault: Vault
    renewed: Callable[[Renewal, ConfigRow], bytes]
    most_scrubbed: int = MOST_SCRUBBED


def settle_file(path: Path, sealing: Sealing, now: int, lost: str = "") -> Settled:
    """Seals what should be in a file, which is made or brought up to date; without a key nothing is changed.

    What is under the key ``lost`` is given up: it is damaged from then on.

    Raises:
        InUse: a dispatcher works on this file.
        TooNew: the file is of a later version.
        Unusable: the file or its folder cannot be used.
        KeyMissing: there are secrets under a key that is not there.
    """
    with usable(path):
        connection, lock = open_file(path)
        try:
            connection.execute("DELETE FROM meta WHERE key = ?", (_KEY + lost,))
            return _settle(connection, sealing, now)
        finally:
            connection.close()
            lock.close()


def _settle(connection: sqlite3.Connection, sealing: Sealing, now: int) -> Settled:
    vault, renewal = sealing.vault, Renewal(sealing.vault)
    check_keys(vault, _sealed_under(connection), STORE)
    if not vault.seals:
        return Settled(renewal)
    _note_key(connection, vault.key_ids[0], now)
    # What is overwritten meanwhile is overwritten with zeros, too: a large file is not written anew.
    connection.execute("PRAGMA secure_delete = ON")
    after: tuple[int, ...] = (0, 0, 0, 0)
    while rows := _rows_after(connection, after):
        _write(connection, [(row, body) for row in rows if (body := sealing.renewed(renewal, row)) != row.body])
        after = (rows[-1].account_id, rows[-1].kind, rows[-1].id, rows[-1].revision)
    connection.execute("DELETE FROM meta WHERE key LIKE ? AND key <> ?", (f"{_KEY}%", _KEY + vault.key_ids[0]))
    return Settled(renewal, not _scrubbed(connection, sealing.most_scrubbed))


def _sealed_under(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT key FROM meta WHERE key LIKE ?", (f"{_KEY}%",))
    return [key.removeprefix(_KEY) for (key,) in rows]


def _note_key(connection: sqlite3.Connection, key_id: str, now: int) -> None:
    if key_id in _sealed_under(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (_KEY + key_id, now))
    connection.execute("REPLACE INTO meta (key, value) VALUES (?, 1)", (_UNSCRUBBED,))
    connection.execute("COMMIT")


def _rows_after(connection: sqlite3.Connection, after: Sequence[int]) -> list[ConfigRow]:
    found = connection.execute(
        "SELECT account_id, kind, id, revision, body FROM config_item "
        "WHERE (account_id, kind, id, revision) > (?, ?, ?, ?) AND kind IN (SELECT value FROM json_each(?)) "
        "AND deleted = 0 ORDER BY account_id, kind, id, revision LIMIT ?",
        (*after, json.dumps(list(TARGET_KINDS)), _BATCH),
    )
    return [
        ConfigRow(account_id, kind, item_id, revision, False, body)
        for account_id, kind, item_id, revision, body in found
    ]


def _write(connection: sqlite3.Connection, changed: Sequence[tuple[ConfigRow, bytes]]) -> None:
    if not changed:
        return
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "UPDATE config_item SET body = ? WHERE account_id = ? AND kind = ? AND id = ? AND revision = ?",
        [(body, row.account_id, row.kind, row.id, row.revision) for row, body in changed],
    )
    connection.execute("COMMIT")


def _scrubbed(connection: sqlite3.Connection, most: int) -> bool:
    """Leaves nothing in the file of what was overwritten or deleted, where it need be; whether there is nothing."""
    if connection.execute("SELECT 1 FROM meta WHERE key = ?", (_UNSCRUBBED,)).fetchone() is None:
        return True
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    if pages * size > most:
        return False
    # The copy that is made meanwhile goes to disk: in memory it could be too large.
    connection.execute("PRAGMA temp_store = FILE")
    connection.execute("VACUUM")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("DELETE FROM meta WHERE key = ?", (_UNSCRUBBED,))
    return True
