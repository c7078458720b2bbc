"""Bins in their file: made, found, changed, taken away; each function is a transaction of its own."""

from __future__ import annotations

import secrets
import sqlite3

from hookline_gateway.bin.limits import BinLimits
from hookline_gateway.bin.model import Bin
from hookline_gateway.bin.schema import transaction
from hookline_gateway.bin.sealing import opened, sealed
from hookline_gateway.refusals import NoSuchRecord
from hookline_runtime.errors import ResourceExhausted
from hookline_runtime.vault.vault import Vault

_ID_BYTES = 24
_COLUMNS = "id, account_id, expire_time, status, secret"


def no_such_bin() -> NoSuchRecord:
    """That there is no such bin, in the same words whether or not there ever was one."""
    return NoSuchRecord("there is no such bin: it has expired, or never was", reason="BIN_UNKNOWN")


def create(
    connection: sqlite3.Connection, vault: Vault, limits: BinLimits, account_id: int, secret: str, now: int
) -> Bin:
    """A new bin.

    Raises:
        ResourceExhausted: the account, or all together, have as many as may be.
    """
    made = Bin(secrets.token_urlsafe(_ID_BYTES), account_id, now + limits.lifetime, secret=secret)
    with transaction(connection):
        connection.execute("DELETE FROM bin WHERE expire_time <= ?", (now,))
        _room(connection, "account_id = ?", account_id, limits.account_bins, now)
        _room(connection, "?", 1, limits.bins, now)
        row = (made.id, made.account_id, made.expire_time, made.status, sealed(vault, made.id, account_id, secret))
        connection.execute(f"INSERT INTO bin ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)", row)  # noqa: S608 - our own words
    return made


def find(connection: sqlite3.Connection, vault: Vault, bin_id: str, now: int) -> Bin:
    """A bin that lives.

    Raises:
        NoSuchRecord: there is none of this id.
    """
    query = f"SELECT {_COLUMNS} FROM bin WHERE id = ? AND expire_time > ?"  # noqa: S608 - our own words
    row = connection.execute(query, (bin_id, now)).fetchone()
    if row is None:
        raise no_such_bin()
    name, account_id, expire_time, status, stored = row
    return Bin(name, account_id, expire_time, status, opened(vault, name, account_id, stored))


def set_status(connection: sqlite3.Connection, bin_id: str, status: int) -> None:
    """Changes what a bin answers."""
    connection.execute("UPDATE bin SET status = ? WHERE id = ?", (status, bin_id))


def delete(connection: sqlite3.Connection, bin_id: str) -> None:
    """Takes a bin away, with what it kept."""
    connection.execute("DELETE FROM bin WHERE id = ?", (bin_id,))


def sweep(connection: sqlite3.Connection, now: int) -> int:
    """Takes away what has expired; how many bins that were."""
    return connection.execute("DELETE FROM bin WHERE expire_time <= ?", (now,)).rowcount


def _room(connection: sqlite3.Connection, which: str, value: int, most: int, now: int) -> None:
    query = f"SELECT count(*), min(expire_time) FROM bin WHERE {which}"  # noqa: S608 - our own words
    number, first = connection.execute(query, (value,)).fetchone()
    if number >= most:
        words = f"there are {number} bins, and no more may be: delete one, or wait until one expires"
        raise ResourceExhausted(words, (first - now) / 1_000_000, reason="TOO_MANY_BINS")
