"""Statements that read the log across deliveries: a page costs a range of an index, whatever is kept.

The attempts have no index by lane, so that writing them stays cheap. The last attempt of a lane is found through its
newest deliveries, whose index is in their order: it may be a retry of an older one of them.
"""

from __future__ import annotations

from hookline_dispatcher.store.log import MOST, LogPage

from . import rows
from .filters import NEWEST

NEAR = 100
"""How many deliveries of a lane are looked at, from the newest on, and again from behind what waits."""

_OLDEST_KEPT = """
a.seq >= coalesce((
    SELECT seq FROM attempt INDEXED BY attempt_by_account WHERE account_id = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?
), 0)
"""
_BY_ACCOUNT = "FROM attempt a INDEXED BY attempt_by_account JOIN delivery d ON d.id = a.delivery_id"
_BY_SEQ = "FROM attempt a JOIN delivery d ON d.id = a.delivery_id"
_AMONG = "a.seq IN (SELECT value FROM json_each(?))"

_BEHIND = """
SELECT max((
    SELECT x.seq FROM attempt x
    WHERE x.delivery_id = near.id AND x.number > 0 ORDER BY x.number DESC LIMIT 1
)) FROM (
    SELECT n.id FROM delivery n INDEXED BY delivery_by_lane
    WHERE n.lane_id = l.id AND n.id <= {newest} ORDER BY n.id DESC LIMIT {near}
) AS near
"""
_HEAD = """
(SELECT w.id FROM delivery w INDEXED BY delivery_due WHERE w.lane_id = l.id AND w.state = 1 ORDER BY w.due_time LIMIT 1)
"""
"""The delivery that is due next: all before it were attempted, as far as nothing waits for its turn or its retry."""
_LAST = f"""
FROM (
    SELECT coalesce(
        ({_BEHIND.format(newest=NEWEST, near=NEAR)}), ({_BEHIND.format(newest=_HEAD, near=NEAR)})
    ) AS seq
    FROM json_each(?3) j JOIN lane l ON l.account_id = ?1 AND l.kind = ?2 AND l.target_id = j.value
) AS found
JOIN attempt a ON a.seq = found.seq
JOIN delivery d ON d.id = a.delivery_id
"""  # noqa: S608 - constants


def page(account_id: int, which: LogPage, limit: int) -> tuple[str, list[object]]:
    """What follows the columns of attempt and delivery, without their joins but with ``{joined}`` for them."""
    before = which.before or NEWEST
    parameters: list[object]
    if which.seqs:
        where, parameters = f"{_BY_SEQ} {{joined}} WHERE a.account_id = ?1 AND {_AMONG}", [rows.keys(which.seqs)]
    else:
        where, parameters = f"{_BY_ACCOUNT} {{joined}} WHERE a.account_id = ?1 AND {_OLDEST_KEPT}", [MOST - 1]
    end = "AND a.seq < ? ORDER BY a.seq DESC LIMIT ? OFFSET ?"
    return f"{where} {end}", [account_id, *parameters, before, limit, which.skip]


def size(account_id: int, seqs: tuple[int, ...]) -> tuple[str, list[object]]:
    """The statement that counts."""
    if seqs:
        return f"SELECT count(*) FROM attempt a WHERE a.account_id = ? AND {_AMONG}", [account_id, rows.keys(seqs)]  # noqa: S608 - constants
    counted = "SELECT 1 FROM attempt INDEXED BY attempt_by_account WHERE account_id = ? LIMIT ?"
    return f"SELECT count(*) FROM ({counted})", [account_id, MOST]  # noqa: S608 - constants


def last(account_id: int, kind: int, ids: list[int]) -> tuple[str, list[object]]:
    """What follows the columns of attempt and delivery, with ``{joined}`` where their joins belong."""
    return f"{_LAST} {{joined}}", [account_id, kind, rows.keys(ids)]
