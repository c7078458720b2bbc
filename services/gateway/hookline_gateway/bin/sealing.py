"""The secrets of bins on disk: where they belong, and how a file is brought up to the key that seals.

A bin whose secret cannot be read any more has none: it lives for a day, and its owner sets it again.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from hookline_gateway.bin.schema import FILE, IN_CLEAR, SEALED, BinsUnusable, connect, transaction
from hookline_runtime.vault.envelope import Place, Unreadable
from hookline_runtime.vault.renewing import Renewal, Settled
from hookline_runtime.vault.vault import Kept, Vault


def sealed(vault: Vault, bin_id: str, account_id: int, secret: str) -> str:
    """The secret of a bin as it is stored; none is stored as none."""
    return vault.seal(_place(bin_id, account_id), secret) if secret else ""


def opened(vault: Vault, bin_id: str, account_id: int, stored: str) -> str:
    """The secret that is stored of a bin; none where it cannot be read."""
    try:
        return vault.open(_place(bin_id, account_id), Kept(stored))
    except Unreadable:
        return ""


def settle(connection: sqlite3.Connection, vault: Vault) -> Settled:
    """Seals what is not under the first key, and leaves nothing in the file of what was overwritten."""
    renewal = Renewal(vault)
    if not vault.seals:
        return Settled(renewal)
    with transaction(connection):
        rows = connection.execute("SELECT id, account_id, secret FROM bin WHERE secret <> ''").fetchall()
        connection.executemany(
            "UPDATE bin SET secret = ? WHERE id = ?",
            [(renewal.renewed(_place(bin_id, account_id), Kept(kept)), bin_id) for bin_id, account_id, kept in rows],
        )
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == IN_CLEAR or renewal.were_clear or renewal.were_old:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SEALED}")
    return Settled(renewal)


def settle_file(folder: Path, vault: Vault) -> Settled:
    """The same for the file in a folder, while no gateway works on it.

    Raises:
        BinsUnusable: the file cannot be used.
    """
    connection = connect(folder)
    try:
        return settle(connection, vault)
    except sqlite3.Error as error:
        raise BinsUnusable(f"cannot use {folder / FILE}: {error}") from None
    finally:
        connection.close()


def _place(bin_id: str, account_id: int) -> Place:
    return Place(account_id, "bin", bin_id, "signing_secret")
