"""The one thread that writes: whatever waits when a transaction ends shares the next one.

Settlements, intakes and claims of one transaction are each written together, in that order, so that what has landed
makes room before fresh deliveries look for it. Nobody is answered before the commit. When a transaction fails, the
file and the memory of lanes go back to where they were and everyone in it is told.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.store.happened import Happened
from hookline_dispatcher.store.model import StoreFailed

log = logging.getLogger(__name__)

MOST_ROWS = 4096
"""How many rows share a transaction at most."""

BUSY_ROWS = 16
LINGER = 0.002
"""Seconds that a transaction waits for more when the one before it had at least ``BUSY_ROWS`` rows.

Under load a commit costs much the same whatever shares it; a quiet store commits at once.
"""

PROBE = 1.0
"""Seconds between tries to write while the store fails."""

PROBE_BYTES = 65_536
"""How much such a try writes: enough to find a disk that is still full."""

FAULTS = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
"""What sqlite3 raises when a statement or its values are wrong, rather than the disk."""

MERGED = ("settle", "ingest", "claim")
"""Kinds of work that are written together; any other work runs by itself, after the settlements."""


@dataclass(slots=True)
class Work:
    """One call: its kind, what it brings, how many rows that is, and who waits for it."""

    kind: str
    payload: Any
    rows: int
    future: asyncio.Future[Any]


class Memory(Protocol):
    """What must follow the file: lanes, numbers, the log."""

    def begin(self) -> None:
        """A transaction begins."""

    def flush(self) -> None:
        """Write what is only in memory."""

    def committed(self) -> tuple[int, int, Happened]:
        """It was committed: when its first lane is ready, how many deliveries it called off, what happened."""

    def rolled_back(self) -> None:
        """It was rolled back."""


Observe = Callable[[float, int, int, Happened], None]
"""Hears of a commit: its seconds, its rows, how many deliveries it called off, and what happened."""

Handler = Callable[[Sequence[Any]], Sequence[Any]]
"""Takes the payloads of one kind, answers with as many results."""


class Writer:
    """Runs work in grouped transactions on a thread of its own.

    ``ready`` hears on the event loop, after a commit that held no claim, when the first lane that it touched is ready.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        handlers: dict[str, Handler],
        memory: Memory,
        observe: Observe,
        ready: Callable[[int], None],
    ) -> None:
        self._connection = connection
        self._handlers = handlers
        self._memory = memory
        self._observe = observe
        self._ready = ready
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._closing = False
        self._busy = False
        self._called_off = 0
        self._happened: Happened = {}
        self.healthy = True
        self._thread.start()

    def do(self, kind: str, payload: Any, rows: int = 1) -> asyncio.Future[Any]:
        """Queues one piece of work; the future has its result after the commit.

        Raises:
            StoreFailed: the store is closed; through the future: it was not committed.
        """
        if self._closing:
            raise StoreFailed("the store is closed")
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put(Work(kind, payload, rows, future))
        return future

    async def close(self) -> None:
        """Ends after what is queued."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        open_ = True
        while open_:
            group, open_ = self._group()
            if group:
                self._answer(self._transact(group))
            elif not self.healthy:
                self._transact([])

    def _group(self) -> tuple[list[Work], bool]:
        """Waits for work, then takes all that is there, up to the bound; False: the end has come."""
        try:
            first = self._queue.get(timeout=None if self.healthy else PROBE)
        except queue.Empty:
            return [], True
        if self._busy:
            time.sleep(LINGER)
        group: list[Work] = []
        rows = 0
        work: Work | None = first
        while work is not None:
            group.append(work)
            rows += work.rows
            if rows >= MOST_ROWS:
                return group, True
            try:
                work = self._queue.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _transact(self, group: list[Work]) -> list[tuple[Work, Any]]:
        """Runs a group in one transaction; what each work came to."""
        started = time.perf_counter()
        try:
            results = self._write(group)
        except Exception as error:
            self._roll_back()
            # A fault in one piece of work must not take the others with it.
            if not _failing(error) and len(group) > 1:
                return [answer for work in group for answer in self._transact([work])]
            if not _failing(error) and group:
                return [(group[0], error)]
            if self.healthy:
                log.error("the store failed: %s", error)
            self.healthy = False
            return [(work, StoreFailed(str(error))) for work in group]
        if not self.healthy:
            log.warning("the store works again")
        self.healthy = True
        rows = sum(work.rows for work in group)
        self._busy = rows >= BUSY_ROWS
        if group:
            self._tell(self._observe, time.perf_counter() - started, rows, self._called_off, self._happened)
        return results

    def _write(self, group: list[Work]) -> list[tuple[Work, Any]]:
        self._connection.execute("BEGIN IMMEDIATE")
        self._memory.begin()
        results: list[tuple[Work, Any]] = []
        if not self.healthy:
            # A transaction that writes nothing proves nothing: this one does not pass on a full disk.
            self._connection.execute("REPLACE INTO meta (key, value) VALUES ('probe', zeroblob(?))", (PROBE_BYTES,))
        for kind in ("settle", "", "ingest", "claim"):
            merged = [work for work in group if work.kind == kind or (not kind and work.kind not in MERGED)]
            if kind and merged:
                results += zip(merged, self._handlers[kind]([work.payload for work in merged]), strict=True)
            else:
                for work in merged:
                    results.append((work, self._alone(work)))
                    self._memory.flush()
            self._memory.flush()
        self._connection.execute("COMMIT")
        soonest, self._called_off, self._happened = self._memory.committed()
        if soonest < NEVER and not any(work.kind == "claim" for work in group):
            self._tell(self._ready, soonest)
        return results

    def _alone(self, work: Work) -> Any:
        (result,) = self._handlers[work.kind]([work.payload])
        return result

    def _roll_back(self) -> None:
        self._memory.rolled_back()
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            log.error("the store could not roll back: %s", error)

    def _answer(self, results: list[tuple[Work, Any]]) -> None:
        self._tell(_resolve, results)

    def _tell(self, callback: Callable[..., None], *values: object) -> None:
        """Calls back on the event loop, where a fault of the callback cannot end this thread."""
        try:
            self._loop.call_soon_threadsafe(callback, *values)
        except RuntimeError:
            log.warning("the event loop ended before its answers")


def _failing(error: Exception) -> bool:
    """Whether the error is the store's, rather than a fault in a piece of work."""
    return isinstance(error, sqlite3.Error) and not isinstance(error, FAULTS)


def _resolve(results: list[tuple[Work, Any]]) -> None:
    for work, result in results:
        if work.future.done():
            continue
        if isinstance(result, Exception):
            work.future.set_exception(result)
        else:
            work.future.set_result(result)
