"""Taking over after a start: the lock on the file proves that no other worker lives, so earlier claims are void."""

from __future__ import annotations

import sqlite3

from hookline_dispatcher.core.retry import MAX_UNKNOWN, Schedule

from .log import Log

REASON = "the dispatcher stopped during the attempt: the request may or may not have arrived"

_BACK = """
UPDATE delivery SET
    state = CASE cancelling WHEN 0 THEN 1 ELSE 5 END,
    settle_time = CASE cancelling WHEN 0 THEN 0 ELSE :now END,
    holds = CASE cancelling WHEN 0 THEN holds ELSE 0 END,
    due_time = CASE WHEN unknowns < :most THEN :now ELSE :now + :wait END,
    failures = failures + (unknowns >= :most),
    unknowns = unknowns + 1, epoch = 0, reason = :reason
WHERE state = 2
"""
_LANES = """
UPDATE lane SET waiting = (SELECT count(*) FROM delivery d WHERE d.lane_id = lane.id AND d.state = 1)
WHERE id IN (SELECT value FROM json_each(?))
"""
_READY = """
UPDATE lane SET ready_time = CASE
    WHEN switch <> 1 OR waiting = 0 THEN 4611686018427387904
    ELSE max(
        coalesce(
            (SELECT min(due_time) FROM delivery d WHERE d.lane_id = lane.id AND d.state = 1), 4611686018427387904
        ),
        hold_time,
        CASE requests_per_minute WHEN 0 THEN 0 ELSE next_slot_time END
    )
    END
WHERE waiting > 0 OR ready_time < 4611686018427387904
"""


def meta(connection: sqlite3.Connection, key: str, default: int | str) -> int | str:
    """A value of the meta table, written with ``default`` when it is not there."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None:
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, default))
        return default
    found: int | str = row[0]
    return found


def take_over(connection: sqlite3.Connection, log: Log, schedule: Schedule, now: int) -> int:
    """Begins a new epoch and returns it: what was in flight waits again, its attempts are closed as unknown.

    The caller has begun a transaction and commits it.
    """
    epoch = int(meta(connection, "epoch", 0)) + 1
    connection.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (epoch,))
    lost = connection.execute(
        "SELECT account_id, id, lane_id, attempts, claim_time FROM delivery WHERE state = 2"
    ).fetchall()
    for account_id, delivery_id, lane_id, number, claim_time in lost:
        log.unknown(account_id, delivery_id, lane_id, number, claim_time, REASON)
    log.flush()
    parameters = {"now": now, "most": MAX_UNKNOWN, "wait": schedule.first, "reason": REASON}
    connection.execute(_BACK, parameters)
    lanes = "[" + ",".join({str(row[2]) for row in lost}) + "]"
    connection.execute(_LANES, (lanes,))
    connection.execute(_READY)
    return epoch
