"""Taking over after a start: the lock on the file proves that no other worker lives, so earlier claims are void."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from hookline_dispatcher.core.delivery import State, Step, follow
from hookline_dispatcher.core.retry import Outcome, Schedule, uses_retry

from .elements import count_settled
from .log import Log
from .order import CANCELLED, next_of_key
from .tally import Tally

REASON = "the dispatcher stopped during the attempt: the request may or may not have arrived"

_LOST = """
SELECT id, account_id, lane_id, attempts, claim_time, failures, unknowns, element_id, cancelling, order_key
FROM delivery INDEXED BY delivery_pending WHERE state = 2 AND state < 3
"""
_BACK = """
UPDATE delivery SET state = ?, due_time = ?, failures = ?, unknowns = ?, holds = holds AND ? = 1, reason = ?,
    settle_time = ?, epoch = 0
WHERE id = ?
"""


def meta(connection: sqlite3.Connection, key: str, default: int | str) -> int | str:
    """A value of the meta table, written with ``default`` when it is not there."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None:
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, default))
        return default
    found: int | str = row[0]
    return found


def take_over(
    connection: sqlite3.Connection,
    log: Log,
    tally: Tally,
    schedule: Schedule,
    now: int,
    random: Callable[[], float],
) -> tuple[int, int]:
    """Begins a new epoch: what was in flight waits again, its attempts are closed as unknown.

    Returns the epoch, and how many attempts were closed. What was to be cancelled is. Works on the file, before any
    lane is in memory; the caller has begun a transaction and commits it.
    """
    epoch = int(meta(connection, "epoch", 0)) + 1
    connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (epoch,))
    lost = connection.execute(_LOST).fetchall()
    connection.executemany(_BACK, [_lost(row, log, schedule, now, random) for row in lost])
    count_settled(connection, [(element_id, State.CANCELLED) for *_, element_id, cancelling, _ in lost if cancelling])
    for _, account_id, *_, cancelling, _ in lost:
        tally.settled(account_id, State.CANCELLED if cancelling else State.WAITING, 1)
    tally.flush()
    log.flush()
    for _, _, lane_id, *_, cancelling, order_key in lost:
        if cancelling and order_key is not None:
            next_of_key(connection, lane_id, order_key, now)
    return epoch, len(lost)


def _lost(
    row: tuple[Any, ...], log: Log, schedule: Schedule, now: int, random: Callable[[], float]
) -> tuple[object, ...]:
    """Closes one attempt in the log; the parameters of _BACK."""
    id_, account_id, lane_id, number, claim_time, failures, unknowns, _, cancelling, _ = row
    log.unknown(account_id, id_, lane_id, number, claim_time, REASON)
    counts = uses_retry(Outcome.UNKNOWN, unknowns)
    due_time = now + (schedule.wait(failures + 1, random) if counts else 0)
    state, reason, settle_time = follow(State.IN_FLIGHT, Step.LOSE), REASON, 0
    if cancelling:
        state, reason, settle_time, due_time = follow(state, Step.CANCEL), CANCELLED, now, 0
        log.cancelled(account_id, id_, lane_id, now, reason)
    return state, due_time, failures + counts, unknowns + 1, state is State.WAITING, reason, settle_time, id_
