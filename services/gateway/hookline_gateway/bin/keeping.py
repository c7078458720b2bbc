"""The requests of a bin in their file; each function is a transaction of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import orjson

from hookline_gateway.bin.bins import no_such_bin
from hookline_gateway.bin.limits import BinLimits
from hookline_gateway.bin.model import Arrival, Kept
from hookline_gateway.bin.schema import transaction
from hookline_gateway.bin.sealing import sealed
from hookline_gateway.bin.verdicts import rejudged
from hookline_runtime.vault.vault import Vault

_COLUMNS = "number, attempt, receive_time, webhook_id, verdict, facts, body"
_IN_FACTS = ("method", "path", "query", "headers", "size", "complete", "cut", "timestamp")
# So many go at once: to find the account that takes most, all bins are read.
_AT_ONCE = 16


def keep(connection: sqlite3.Connection, limits: BinLimits, bin_id: str, arrival: Arrival) -> Kept:
    """Keeps a request, and lets go of what is too old or too much.

    Raises:
        NoSuchRecord: the bin has gone meanwhile.
    """
    facts = orjson.dumps({name: getattr(arrival, name) for name in _IN_FACTS})
    with transaction(connection):
        count = "UPDATE bin SET last_number = last_number + 1 WHERE id = ? RETURNING last_number"
        found = connection.execute(count, (bin_id,)).fetchall()
        if not found:
            raise no_such_bin()
        kept = Kept(found[0][0], _attempt(connection, bin_id, arrival.webhook_id), arrival)
        row = (bin_id, kept.number, kept.attempt, arrival.receive_time, arrival.webhook_id, arrival.verdict)
        connection.execute(
            f"INSERT INTO request (bin_id, {_COLUMNS}, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (*row, facts, arrival.body, len(facts) + len(arrival.body)),
        )
        oldest = kept.number - limits.requests
        connection.execute("DELETE FROM request WHERE bin_id = ? AND number <= ?", (bin_id, oldest))
        _make_room(connection, limits.all_bytes)
    return kept


def before(connection: sqlite3.Connection, limits: BinLimits, bin_id: str, number: int, most: int) -> list[Kept]:
    """Up to so many requests before a number, the newest first; fewer where they are large."""
    order = "number < ? ORDER BY number DESC"
    return _page(connection, limits, order, (bin_id, number, most))


def after(connection: sqlite3.Connection, limits: BinLimits, bin_id: str, number: int, most: int) -> list[Kept]:
    """Up to so many requests after a number, the oldest first; fewer where they are large."""
    order = "number > ? ORDER BY number"
    return _page(connection, limits, order, (bin_id, number, most))


def last_number(connection: sqlite3.Connection, bin_id: str) -> int:
    """The number of the newest request that ever came; 0 for none."""
    row = connection.execute("SELECT last_number FROM bin WHERE id = ?", (bin_id,)).fetchone()
    return row[0] if row else 0


def clear(connection: sqlite3.Connection, bin_id: str) -> None:
    """Lets go of every request; numbers go on where they were."""
    connection.execute("DELETE FROM request WHERE bin_id = ?", (bin_id,))


def set_secret(connection: sqlite3.Connection, vault: Vault, bin_id: str, account_id: int, secret: str) -> None:
    """From now on, and for what is kept whole, signatures are checked by this secret; empty: by none."""
    with transaction(connection):
        stored = sealed(vault, bin_id, account_id, secret)
        connection.execute("UPDATE bin SET secret = ? WHERE id = ?", (stored, bin_id))
        query = f"SELECT {_COLUMNS} FROM request WHERE bin_id = ?"  # noqa: S608 - our own words
        judged = [
            (rejudged(each.arrival, secret), each.number) for each in map(_kept, connection.execute(query, (bin_id,)))
        ]
        change = "UPDATE request SET verdict = ? WHERE bin_id = ? AND number = ?"
        connection.executemany(change, [(verdict, bin_id, number) for verdict, number in judged])


def _attempt(connection: sqlite3.Connection, bin_id: str, webhook_id: str) -> int:
    if not webhook_id:
        return 1
    query = "SELECT coalesce(max(attempt), 0) + 1 FROM request WHERE bin_id = ? AND webhook_id = ?"
    return int(connection.execute(query, (bin_id, webhook_id)).fetchone()[0])


def _make_room(connection: sqlite3.Connection, most: int) -> None:
    """Whoever takes most pays: a flood into one account's bins leaves those of the others alone."""
    largest = "SELECT account_id FROM bin GROUP BY account_id ORDER BY sum(bytes) DESC LIMIT 1"
    oldest = (
        "DELETE FROM request WHERE rowid IN (SELECT request.rowid FROM request JOIN bin ON bin.id = bin_id"
        " WHERE account_id = ? ORDER BY receive_time, request.rowid LIMIT ?)"
    )
    while connection.execute("SELECT coalesce(sum(bytes), 0) FROM bin").fetchone()[0] > most:
        (account_id,) = connection.execute(largest).fetchone()
        connection.execute(oldest, (account_id, _AT_ONCE))


def _page(connection: sqlite3.Connection, limits: BinLimits, order: str, values: tuple[str, int, int]) -> list[Kept]:
    query = f"SELECT {_COLUMNS} FROM request WHERE bin_id = ? AND {order} LIMIT ?"  # noqa: S608 - our own words
    return list(_bounded(map(_kept, connection.execute(query, values)), limits.page_bytes))


def _bounded(requests: Iterable[Kept], most: int) -> Iterable[Kept]:
    size = 0
    for each in requests:
        size += len(each.arrival.body)
        if size > most and size > len(each.arrival.body):
            return
        yield each


def _kept(row: tuple[Any, ...]) -> Kept:
    number, attempt, receive_time, webhook_id, verdict, facts, body = row
    read = orjson.loads(facts)
    read["headers"] = tuple((name, value) for name, value in read["headers"])
    read["cut"] = tuple(read["cut"])
    arrival = Arrival(receive_time=receive_time, webhook_id=webhook_id, verdict=verdict, body=body, **read)
    return Kept(number, attempt, arrival)
