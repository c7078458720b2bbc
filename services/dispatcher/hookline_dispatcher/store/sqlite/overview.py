"""Reading an account at a glance: numbers that are kept, and lanes from the file and from the writer's memory.

What waits in a lane only memory counts. So lanes with a queue come from there, and those that are in trouble without
one from the file.
"""

from __future__ import annotations

import heapq
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.store.model import StoredTarget
from hookline_dispatcher.store.overview import DeliveryCounts, Trouble, Troubles, trouble_of

from .lane_row import COLUMNS, LaneRow, lane_of
from .tally import RETRYING

MOST = 1000
"""How many lanes of an account that are in trouble and have no queue are looked at, the worst first."""

_TROUBLED = f"""
SELECT {COLUMNS} FROM lane INDEXED BY lane_troubled
WHERE account_id = ? AND (switch <> 1 OR failures > 0) AND reason <> 'its definition was deleted'
ORDER BY switch = 4 DESC, failures >= 5 AND switch = 1 DESC, switch = 1 DESC LIMIT ?
"""  # noqa: S608 - constants
_COUNTED = """
SELECT coalesce(sum(switch = 4), 0), coalesce(sum(switch = 3), 0),
    coalesce(sum(switch = 1 AND failures >= 5), 0), coalesce(sum(switch = 1 AND failures < 5), 0)
FROM lane INDEXED BY lane_troubled
WHERE account_id = ? AND (switch <> 1 OR failures > 0) AND reason <> 'its definition was deleted'
"""
_OLDEST = """
SELECT min(create_time) FROM (
    SELECT create_time FROM delivery INDEXED BY delivery_due WHERE lane_id = ? AND state = 1 ORDER BY due_time LIMIT 100
)
"""


def delivery_counts(connection: sqlite3.Connection, account_id: int) -> DeliveryCounts:
    """How many deliveries an account has in each state."""
    found = connection.execute("SELECT state, number FROM delivery_count WHERE account_id = ?", (account_id,))
    by_state = dict(found.fetchall())
    return DeliveryCounts(*(by_state.get(int(state), 0) for state in (State.WAITING, RETRYING, *list(State)[1:])))


def troubles(
    connection: sqlite3.Connection, queued: Iterable[LaneRow], account_id: int, limit: int, now: int
) -> Troubles:
    """Targets in trouble; ``queued`` are the lanes of the account in which something waits."""
    off, paused, half_open, failing = connection.execute(_COUNTED, (account_id,)).fetchone()
    counts = Counter({Trouble.OFF: off, Trouble.PAUSED: paused, Trouble.HALF_OPEN: half_open, Trouble.FAILING: failing})
    rows = {row.id: row for row in map(lane_of, connection.execute(_TROUBLED, (account_id, MOST)))}
    rows |= {row.id: row for row in queued if not row.deleted}
    found = []
    for row in rows.values():
        trouble = trouble_of(row.lane, row.earliest, now)
        if trouble is Trouble.BACKLOG:
            counts[trouble] += 1
            counts[Trouble.FAILING] -= row.lane.failures > 0
        if trouble is not None:
            found.append((trouble, -row.waiting, min(row.earliest, row.ready_time), row.id))
    worst = [(each[0], _stored(connection, rows[each[-1]])) for each in heapq.nsmallest(limit, found)]
    return Troubles(tuple(worst), {trouble: max(0, number) for trouble, number in counts.items()})


def _stored(connection: sqlite3.Connection, row: LaneRow) -> StoredTarget:
    lane, waiting, in_flight, earliest = row.lane, row.waiting, row.in_flight, row.earliest
    oldest = connection.execute(_OLDEST, (row.id,)).fetchone()[0] if waiting else None
    ready_time = lane.ready_time(earliest, in_flight, sys.maxsize) if waiting else NEVER
    return StoredTarget(row.target, lane, waiting, in_flight, ready_time, oldest or 0)
