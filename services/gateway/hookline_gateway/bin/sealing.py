"""The secrets of bins on disk: where they belong, and how a file is brought up to the key that seals.

A bin whose secret cannot be read any more has none: it lives for a day, and its owner sets it again.
"""

from __future__ import annotations

import sqlite3

import structlog

from hookline_gateway.bin.schema import IN_CLEAR, SEALED, transaction
from hookline_runtime.vault.envelope import Place, Unreadable
from hookline_runtime.vault.renewing import Renewal
from hookline_runtime.vault.vault import Kept, Vault

_log = structlog.get_logger(__name__)


def sealed(vault: Vault, bin_id: str, account_id: int, secret: str) -> str:
    """The secret of a bin as it is stored; none is stored as none."""
    return vault.seal(_place(bin_id, account_id), secret) if secret else ""


def opened(vault: Vault, bin_id: str, account_id: int, stored: str) -> str:
    """The secret that is stored of a bin; none where it cannot be read."""
    try:
        return vault.open(_place(bin_id, account_id), Kept(stored))
    except Unreadable:
        return ""


def settle(connection: sqlite3.Connection, vault: Vault) -> None:
    """Seals what is not under the first key, and leaves nothing in the file of what was in clear."""
    if not vault.seals:
        return
    renewal = Renewal(vault)
    with transaction(connection):
        rows = connection.execute("SELECT id, account_id, secret FROM bin WHERE secret <> ''").fetchall()
        connection.executemany(
            "UPDATE bin SET secret = ? WHERE id = ?",
            [(renewal.renewed(_place(bin_id, account_id), Kept(kept)), bin_id) for bin_id, account_id, kept in rows],
        )
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == IN_CLEAR or renewal.were_clear:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SEALED}")
    if renewal.unreadable:
        _log.error("secrets of bins cannot be read: set them again", count=renewal.unreadable)


def _place(bin_id: str, account_id: int) -> Place:
    return Place(account_id, "bin", bin_id, "signing_secret")
