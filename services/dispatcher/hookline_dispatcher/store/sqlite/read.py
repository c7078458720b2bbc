"""Reading: connections of their own on threads of their own; a page costs an index range, never a scan of the table."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.store.log import LogEntry, LogPage
from hookline_dispatcher.store.model import (
    AttemptRecord,
    ConfigRow,
    DeliveryFilter,
    DeliveryPage,
    EventFilter,
    QueueFigures,
    StoredAttempt,
    StoredDelivery,
    StoredEvent,
    StoredTarget,
    StoreFailed,
    TargetKey,
)

from . import log_read, rows
from .config import CHECKPOINT
from .events import EVENT_COLUMNS, event_of
from .filters import event_where
from .lane_row import COLUMNS, lane_of
from .retain import LOG_GONE
from .search import Search

THREADS = 2
T = TypeVar("T")

_DELIVERY = """
SELECT d.id, d.root_id, l.account_id, l.kind, l.target_id, d.state, d.reason, e.id, e.type, e.object_type_id,
    e.object_id, d.attempts, d.status_code, d.create_time, d.due_time, d.settle_time, d.redelivery_of, d.event_seq,
    d.config_revision, d.fired_by
"""
_JOINED = "JOIN event e ON e.seq = d.event_seq JOIN lane l ON l.id = d.lane_id"
_ATTEMPT = """
SELECT a.seq, a.delivery_id, a.number, a.outcome, a.start_time, a.latency, a.status_code, a.reason, a.method, a.url,
    a.request_headers, a.request_body, a.response_headers, a.response_body, a.body_cut, a.connect_latency,
    a.first_byte_latency
"""
_ATTEMPT_COLUMNS = 17
_BODIES = "a.request_headers, a.request_body, a.response_headers, a.response_body"
_BARE = _ATTEMPT.replace(_BODIES, "x'', NULL, x'', x''")
_FIGURES = """
SELECT
    coalesce(sum(switch = 1 AND failures >= 5), 0), coalesce(sum(switch = 3), 0), coalesce(sum(switch = 4), 0)
FROM lane
"""
_OLDEST = """
WITH RECURSIVE a (id) AS (
    SELECT min(account_id) FROM delivery INDEXED BY delivery_pending WHERE state = 1 AND state < 3
    UNION ALL
    SELECT (
        SELECT min(account_id) FROM delivery INDEXED BY delivery_pending
        WHERE state = 1 AND state < 3 AND account_id > a.id
    ) FROM a WHERE a.id IS NOT NULL
)
SELECT create_time FROM delivery WHERE id = (
    SELECT min((
        SELECT min(id) FROM delivery INDEXED BY delivery_pending
        WHERE state = 1 AND state < 3 AND account_id = a.id
    )) FROM a
)
"""


def _delivery(row: tuple[Any, ...]) -> StoredDelivery:
    id_, root, account, kind, target, state, *rest = row
    return StoredDelivery(id_, root, TargetKey(account, kind, target), State(state), *rest)


def _attempt(row: tuple[Any, ...]) -> StoredAttempt:
    seq, delivery_id, number, outcome, start, latency, status, reason, method, url, *rest = row
    sent_headers, sent_body, got_headers, got_body, cut, *spent = rest
    # Entries without an attempt have no outcome of their own; nothing shows it.
    known = Outcome(outcome or Outcome.UNKNOWN)
    sent = (method, url, sent_headers, sent_body)
    record = AttemptRecord(known, start, latency, status, reason, *sent, got_headers, got_body, bool(cut), *spent)
    return StoredAttempt(seq, delivery_id, number, record)


def _both(row: tuple[Any, ...]) -> tuple[StoredAttempt, StoredDelivery]:
    return _attempt(row[:_ATTEMPT_COLUMNS]), _delivery(row[_ATTEMPT_COLUMNS:])


class Reader:
    """Answers from the newest commit."""

    installation: str

    def __init__(self, path: Path, now: Callable[[], int]) -> None:
        self._path = path.absolute()
        self._now = now
        self._local = threading.local()
        self._closed = False
        self._open: list[sqlite3.Connection] = []
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="store-reader")

    async def close_readers(self) -> None:
        """Ends the threads and their connections; what is asked for afterwards fails."""
        self._closed = True
        await asyncio.to_thread(self._pool.shutdown)
        for connection in self._open:
            connection.close()
        self._open.clear()

    async def _run(self, read: Callable[[sqlite3.Connection], T]) -> T:
        def call() -> T:
            connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, check_same_thread=False)
                self._local.connection = connection
                self._open.append(connection)
            return read(connection)

        if self._closed:
            raise StoreFailed("the store is closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, call)
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error

    async def _all(self, statement: str, *parameters: object) -> list[Any]:
        return await self._run(lambda connection: connection.execute(statement, parameters).fetchall())

    async def event_rows(self, where: str, parameters: Sequence[object], limit: int) -> list[StoredEvent]:
        """Events by a condition of this package, newest first."""
        statement = (
            f"SELECT e.seq, e.publish_time, e.note, {EVENT_COLUMNS} FROM event e {where} ORDER BY e.seq DESC LIMIT ?"  # noqa: S608 - constants
        )
        found = await self._all(statement, *parameters, limit)
        return [StoredEvent(seq, event_of(tuple(event)), time, note) for seq, time, note, *event in found]

    async def events(self, account_id: int, which: EventFilter, before: int, limit: int) -> list[StoredEvent]:
        """A page of events."""
        where, parameters = event_where(account_id, which, before)
        return await self.event_rows(where, parameters, limit)

    async def fired(self, account_id: int, seqs: Sequence[int]) -> list[StoredDelivery]:
        """The deliveries that these events caused."""
        statement = f"""{_DELIVERY} FROM delivery d INDEXED BY delivery_by_event {_JOINED}
            WHERE d.account_id = ? AND d.event_seq IN (SELECT value FROM json_each(?)) ORDER BY d.id"""  # noqa: S608 - constants
        return [_delivery(row) for row in await self._all(statement, account_id, rows.keys(seqs))]

    async def delivery(self, account_id: int, delivery_id: int) -> StoredDelivery | None:
        """One delivery."""
        statement = f"{_DELIVERY} FROM delivery d {_JOINED} WHERE d.account_id = ? AND d.id = ?"
        found = await self._all(statement, account_id, delivery_id)
        return _delivery(found[0]) if found else None

    async def deliveries(self, account_id: int, which: DeliveryFilter, before: int, limit: int) -> DeliveryPage:
        """A page of deliveries."""
        search = Search(account_id, which, self.installation, _DELIVERY, _JOINED)
        found = await self._run(lambda connection: search.page(connection, before, limit))
        return DeliveryPage([_delivery(row) for row in found.rows], found.next_before, found.searched_time)

    async def attempts(self, delivery_id: int, after: int, limit: int) -> list[StoredAttempt]:
        """Attempts of a delivery by number."""
        statement = f"{_ATTEMPT} FROM attempt a WHERE a.delivery_id = ? AND a.number > ? ORDER BY a.number LIMIT ?"
        return [_attempt(row) for row in await self._all(statement, delivery_id, max(after, 0), limit)]

    async def log_since(
        self, account_id: int, seq: int, target: TargetKey | None, limit: int
    ) -> list[tuple[StoredAttempt, StoredDelivery]]:
        """The log after ``seq``."""
        chosen = "AND l.kind = ? AND l.target_id = ?" if target else ""
        statement = (
            f"{_ATTEMPT}, {_DELIVERY.replace('SELECT', '', 1)} FROM attempt a INDEXED BY attempt_by_account "
            f"JOIN delivery d ON d.id = a.delivery_id {_JOINED} WHERE a.account_id = ? AND a.seq > ? {chosen} "
            "ORDER BY a.seq LIMIT ?"
        )
        parameters = (account_id, seq, *((target.kind, target.id) if target else ()), limit)
        return [_both(row) for row in await self._all(statement, *parameters)]

    async def log(self, account_id: int, which: LogPage, limit: int) -> list[LogEntry]:
        """A page of the log."""
        return await self._entries(*log_read.page(account_id, which, limit), which.bodies)

    async def log_size(self, account_id: int, seqs: Sequence[int]) -> int:
        """How many entries there are."""
        statement, parameters = log_read.size(account_id, tuple(seqs))
        return int((await self._all(statement, *parameters))[0][0])

    async def last_attempts(self, targets: Sequence[TargetKey], *, bodies: bool) -> list[LogEntry]:
        """The last attempts of targets of one account."""
        wanted: dict[tuple[int, int], list[int]] = {}
        for account_id, kind, id_ in targets:
            wanted.setdefault((account_id, kind), []).append(id_)
        return [
            entry
            for (account_id, kind), ids in wanted.items()
            for entry in await self._entries(*log_read.last(account_id, kind, ids), bodies)
        ]

    async def _entries(self, rest: str, parameters: Sequence[object], bodies: bool) -> list[LogEntry]:
        columns = f"{_ATTEMPT if bodies else _BARE}, {_DELIVERY.replace('SELECT', '', 1)}"
        found = await self._all(columns + rest.format(joined=_JOINED), *parameters)
        return [LogEntry(*_both(row)) for row in found]

    async def log_bounds(self) -> tuple[int, int]:
        """The newest seq of the log that was deleted, and the newest that there was."""
        statement = "SELECT (SELECT value FROM meta WHERE key = ?), (SELECT max(seq) FROM attempt)"
        ((gone, newest),) = await self._all(statement, LOG_GONE)
        return gone or 0, max(gone or 0, newest or 0)

    async def target(self, target: TargetKey) -> StoredTarget | None:
        """One lane."""
        statement = f"""
            SELECT {COLUMNS},
                (SELECT count(*) FROM delivery d INDEXED BY delivery_pending
                 WHERE d.state = 2 AND d.state < 3 AND d.account_id = lane.account_id AND d.lane_id = lane.id),
                (SELECT count(*) FROM delivery d INDEXED BY delivery_due WHERE d.lane_id = lane.id AND d.state = 1),
                (SELECT min(due_time) FROM delivery d INDEXED BY delivery_due
                 WHERE d.lane_id = lane.id AND d.state = 1),
                (SELECT create_time FROM delivery WHERE id = (
                    SELECT min(d.id) FROM delivery d INDEXED BY delivery_due WHERE d.lane_id = lane.id AND d.state = 1
                ))
            FROM lane WHERE account_id = ? AND kind = ? AND target_id = ?
        """  # noqa: S608 - constants
        found = await self._all(statement, *target)
        if not found:
            return None
        *columns, in_flight, waiting, earliest, oldest = found[0]
        row = lane_of(tuple(columns))
        ready_time = row.lane.ready_time(NEVER if earliest is None else earliest, in_flight, sys.maxsize)
        return StoredTarget(row.target, row.lane, waiting, in_flight, ready_time, oldest or 0)

    async def queue(self, depth: int, ready: int, waiting: int) -> QueueFigures:
        """The state of the queue, of which the lanes in memory say how much waits, and how many are ready or wait."""
        half_open, paused, off = (await self._all(_FIGURES))[0]
        oldest = await self._all(_OLDEST)
        lanes = {"ready": ready, "waiting": waiting, "half_open": half_open, "paused": paused, "off": off}
        return QueueFigures(depth, oldest[0][0] if oldest else 0, lanes)

    async def config(self, where: str, *parameters: object) -> list[ConfigRow]:
        """Config items by a condition of this package."""
        statement = f"SELECT account_id, kind, id, revision, deleted, body FROM config_item WHERE {where}"  # noqa: S608 - constants
        found = await self._all(statement, *parameters)
        return [
            ConfigRow(account, kind, id_, revision, bool(gone), body)
            for account, kind, id_, revision, gone, body in found
        ]

    async def checkpoint(self) -> int:
        """The last checkpoint that was taken in."""
        found = await self._all("SELECT value FROM meta WHERE key = ?", CHECKPOINT)
        return int(found[0][0]) if found else 0
