"""The embedded store as a whole: opens the file, takes over, and offers ``protocol.Store``."""

from __future__ import annotations

import asyncio
import contextlib
import random as randomness
import secrets
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.store.happened import Happened
from hookline_dispatcher.store.model import (
    Caps,
    Claim,
    Claimed,
    ConfigRow,
    Covers,
    Intake,
    IntakeResult,
    QueueFigures,
    Settlement,
    StoredEvent,
    StoreFailed,
    Switched,
    TargetKey,
)
from hookline_dispatcher.store.overview import DeliveryCounts, Troubles

from .again import Range, Redeliverer
from .aside import Repeater
from .claim import Claimer
from .config import Configurer
from .events import Events
from .file import InUse as InUse
from .file import Unusable as Unusable
from .file import open_file, usable
from .intake import Batch, Intaker
from .lanes import Lanes
from .log import Log
from .memory import Memory
from .objects import Eraser
from .outbox import Outbox
from .overview import delivery_counts, troubles
from .recover import meta, take_over
from .retain import Retainer
from .settle import Rules, Settler
from .stored import Stored
from .sweeps import Sweeper
from .switch import Switcher
from .tally import Tally
from .tending import TendedStore
from .turns import Turner
from .writer import Handler, Observe, Writer

GIVE_BACK_PAUSE = 0.5
"""Seconds between tries to give back what a caller that went away had claimed."""

PAGE = 500
"""How many deliveries one step of a long operation touches."""


def _now() -> int:
    return time.time_ns() // 1000


def _some(step: tuple[int, object]) -> bool:
    """Whether a step of a long operation found any."""
    return step[0] > 0


def _ignore(_seconds: float, _rows: int, _called_off: int, _happened: Happened) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Options:
    """How a store behaves: ``now`` in microseconds, ``random`` in [0, 1).

    ``observe`` is called on the event loop with each commit's seconds, rows, deliveries settled without an attempt, and
    what happened.
    """

    caps: Caps = field(default_factory=Caps)
    rules: Rules = field(default_factory=Rules)
    now: Callable[[], int] = _now
    random: Callable[[], float] = randomness.random
    observe: Observe = _ignore


class SqliteStore(TendedStore):
    """The embedded store; make one with ``open``.

    ``lost`` says how many attempts the start closed as unknown.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: IO[str], options: Options) -> None:
        super().__init__(path, options.now)
        self._connection = connection
        self._lock = lock
        self._options = options
        self._callback: Callable[[], None] = lambda: None
        self._attempted: Callable[[Collection[TargetKey] | None], None] = lambda _: None
        self._promised = NEVER
        log, tally = Log(connection), Tally(connection)
        connection.execute("BEGIN IMMEDIATE")
        self.installation = str(meta(connection, "installation", secrets.token_hex(4)))
        self.epoch, self.lost = take_over(connection, log, tally, options.rules.schedule, options.now(), options.random)
        connection.execute("COMMIT")
        lanes = Lanes(connection, options.caps)
        stored = Stored(connection)
        intaker = Intaker(connection, lanes, Events(connection), log, tally, stored, self.epoch, options.now)
        numbers = (intaker.seqs, intaker.ids, log.seqs)
        self._memory = Memory(lanes, log, intaker.arrivals, tally, stored, intaker.blocks, numbers, options.now)
        handlers = self._handlers(connection, lanes, log, tally, intaker)
        self._writer = Writer(connection, handlers, self._memory, options.observe, self._ready)

    @classmethod
    async def open(cls, path: Path, options: Options | None = None) -> SqliteStore:
        """Opens or makes the file, voids what an earlier worker had claimed, and starts the writer.

        Raises:
            InUse: another dispatcher works on this file.
            TooNew: the file is of a later version.
            Unusable: the file or its folder cannot be used.
        """
        chosen = options or Options()
        with usable(path):
            connection, lock = await asyncio.to_thread(open_file, path)
            try:
                return cls(path, connection, lock, chosen)
            except BaseException:
                connection.close()
                lock.close()
                raise

    def _handlers(
        self, connection: sqlite3.Connection, lanes: Lanes, log: Log, tally: Tally, intaker: Intaker
    ) -> dict[str, Handler]:
        now = self._options.now
        claimer = Claimer(connection, lanes, intaker.events, tally, self.epoch, now)
        settler = Settler(connection, lanes, log, tally, self.epoch, now, self._options.random, self._options.rules)
        redeliverer = Redeliverer(connection, lanes, log, tally, intaker.blocks, intaker.ids, now)
        switcher = Switcher(connection, lanes, log, tally, now)
        configurer = Configurer(connection, lanes, now)
        retainer = Retainer(connection, tally, intaker.stored, now)
        turner = Turner(connection, intaker, intaker.arrivals, now)
        sweeper = Sweeper(connection, now)
        repeater = Repeater(connection)
        outbox = Outbox(connection)

        def settle(batches: Sequence[Sequence[Settlement]]) -> list[list[bool]]:
            applied = iter(settler.write([one for batch in batches for one in batch]))
            return [[next(applied) for _ in batch] for batch in batches]

        def claim(limits: Sequence[int]) -> list[Claimed]:
            return [claimer.write(limit) for limit in limits]

        def single(function: Callable[..., object]) -> Handler:
            def run(payloads: Sequence[Any]) -> list[object]:
                return [function(*payloads[0])]

            return run

        return {
            "settle": settle,
            "ingest": intaker.write,
            "claim": claim,
            "redeliver": outbox.noting(redeliverer.one),
            "redeliver_page": outbox.noting(redeliverer.page, _some),
            "cancel": outbox.noting(switcher.cancel),
            "switch": outbox.noting(switcher.switch),
            "sweep": single(switcher.sweep_off),
            "unannounced": single(switcher.unannounced),
            "announced": single(switcher.announced),
            "retain": single(retainer.step),
            "config": single(configurer.apply),
            "turns": single(turner.write),
            "changed_done": single(sweeper.done),
            "recheck_held": single(sweeper.recheck_held),
            "release": single(sweeper.release),
            "hasten": single(sweeper.hasten),
            "revise": single(sweeper.revise),
            "forget": single(sweeper.forget),
            "repeat_route": outbox.noting(repeater.one),
            "repeat_routes": outbox.noting(repeater.many, _some),
            "drop_route": outbox.noting(repeater.drop),
            "erase": outbox.noting(Eraser(connection).step, any),
            "note": outbox.noting(lambda: True),
            "notes_told": single(outbox.told),
        }

    @property
    def healthy(self) -> bool:
        """Whether the last transaction was committed."""
        healthy: bool = self._writer.healthy
        return healthy

    @property
    def waiting(self) -> int:
        """How many deliveries wait in lanes, right to the last commit."""
        waiting: int = self._memory.lanes.waiting
        return waiting

    def stored(self, account_id: int) -> int:
        """How many bytes the events of an account take up that are kept, about."""
        return self._memory.stored.of(account_id)

    async def close(self) -> None:
        """Writes what is queued and lets go of the file."""
        await self._writer.close()
        await self.close_readers()
        self._connection.close()
        self._lock.close()

    async def _do(self, kind: str, payload: Any, rows: int = 1, after: Callable[[Any], None] | None = None) -> Any:
        future = self._writer.do(kind, payload, rows)
        if after is not None:  # also where whoever asked has gone meanwhile
            future.add_done_callback(after)
        try:
            result = await asyncio.shield(future)
        except asyncio.CancelledError:
            # Whoever asked has gone, but it will be committed: what it was to attempt goes back to its lane.
            future.add_done_callback(self._abandoned)
            raise
        return result

    def _ready(self, time: int) -> None:
        if time < self._promised:
            self._promised = time
            self._callback()

    def _abandoned(self, future: asyncio.Future[Any]) -> None:
        if future.cancelled() or future.exception():
            return
        result = future.result()
        found: list[Claim] = list(result.claims) if isinstance(result, Claimed) else []
        if isinstance(result, list):
            found += [claim for one in result if isinstance(one, IntakeResult) for claim in one.claims]
        if found:
            self._give_back([Settlement(claim, None) for claim in found])
        self._routed()

    def _give_back(self, found: Sequence[Settlement]) -> None:
        """Settles what nobody holds, and tries again while the store fails; after a close the next start finds it."""

        def settled(future: asyncio.Future[Any]) -> None:
            if not future.cancelled() and future.exception():
                asyncio.get_running_loop().call_later(GIVE_BACK_PAUSE, self._give_back, found)

        with contextlib.suppress(StoreFailed):  # it is closed
            self._writer.do("settle", found, len(found)).add_done_callback(settled)

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Calls back when a lane may be ready earlier than was said."""
        self._callback = callback

    def on_attempted(self, callback: Callable[[Collection[TargetKey] | None], None]) -> None:
        """Calls back when last attempts may be others."""
        self._attempted = callback

    async def ingest(self, intakes: Sequence[Intake], *, atomic: bool = False) -> list[IntakeResult]:
        """Commits events with their deliveries."""
        rows = sum(1 + len(intake.firings) for intake in intakes)
        found: list[IntakeResult] = await self._do("ingest", Batch(intakes, atomic), rows)
        if any(intake.told for intake in intakes):
            self._routed()
        return found

    async def claim(self, limit: int) -> Claimed:
        """Claims from ready lanes."""
        self._promised = NEVER
        found: Claimed = await self._do("claim", limit)
        self._promised = min(self._promised, found.ready_time)
        return found

    async def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """Applies outcomes."""

        def committed(_: object) -> None:
            self._attempted([each.claim.target for each in settlements])

        found: list[bool] = await self._do("settle", settlements, len(settlements), committed)
        return found

    async def redeliver_since(
        self,
        account_id: int,
        since_time: int,
        target: TargetKey | None,
        include_delivered: bool,
        dry_run: bool,
        covers: Covers | None = None,
    ) -> int:
        """New deliveries of those that were created since, page by page."""
        states = (State.DEAD, State.CANCELLED, *((State.DELIVERED,) if include_delivered else ()))
        lane_id = 0
        if target is not None:
            found = await self._all("SELECT id FROM lane WHERE account_id = ? AND kind = ? AND target_id = ?", *target)
            if not found:
                return 0
            lane_id = found[0][0]
        # New deliveries come behind those that are there; they are not to be repeated in the same breath.
        which = Range(account_id, since_time, lane_id, states, self._memory.numbers[1].last, dry_run, covers)
        total = 0
        for walk in range(len(which.walks())):
            after, more = 0, True
            while more:
                count: int
                count, after = await self._change("redeliver_page", (which, walk, after, PAGE), PAGE)
                total += count
                more = after > 0
        return total

    async def sweep_off(self, limit: int) -> int:
        """Cancels what waits in lanes that are off."""
        return int(await self._do("sweep", (limit,), limit))

    async def unannounced(self) -> list[Switched]:
        """Lanes with news."""
        found: list[Switched] = await self._do("unannounced", ())
        return found

    async def announced(self, lane_id: int, switch_time: int) -> None:
        """The news was told."""
        await self._do("announced", (lane_id, switch_time))

    async def retain(self, delivered_before: int, failed_before: int, limit: int) -> int:
        """Deletes what is past retention."""
        which = (delivered_before, failed_before, limit)
        return int(await self._do("retain", which, limit, lambda _: self._attempted(None)))

    async def figures(self) -> QueueFigures:
        """The state of the queue."""
        lanes = self._memory.lanes
        return await self.queue(lanes.waiting, *await asyncio.to_thread(lanes.count, self._options.now()))

    async def delivery_counts(self, account_id: int) -> DeliveryCounts:
        """How many deliveries an account has."""
        return await self._run(lambda connection: delivery_counts(connection, account_id))

    async def troubles(self, account_id: int, limit: int) -> Troubles:
        """Targets in trouble, the worst first."""
        queued, now = self._memory.lanes.queued, self._options.now
        return await self._run(lambda connection: troubles(connection, queued(account_id), account_id, limit, now()))

    async def apply_config(self, rows: Sequence[ConfigRow], checkpoint: int, *, drop_others: bool = False) -> None:
        """Takes in configuration."""
        await self._do("config", (rows, checkpoint, drop_others), len(rows))
        self._routed()

    async def config_checkpoint(self) -> int:
        """The last checkpoint."""
        return await self.checkpoint()

    async def config_of(self, account_id: int) -> list[ConfigRow]:
        """The newest versions of an account's items."""
        return await self.config("account_id = ? AND newest = 1 AND deleted = 0 ORDER BY kind, id", account_id)

    async def config_of_kind(self, account_id: int, kind: int) -> list[ConfigRow]:
        """The newest versions of an account's items of one kind."""
        which = "kind = ? AND account_id = ? AND newest = 1 AND deleted = 0 ORDER BY id"
        return await self.config(which, kind, account_id)

    async def config_version(self, account_id: int, kind: int, item_id: int, revision: int) -> ConfigRow | None:
        """One version of an item."""
        found = await self.config(
            "account_id = ? AND kind = ? AND id = ? AND revision = ?", account_id, kind, item_id, revision
        )
        return found[0] if found else None

    async def config_keys(self, kind: int) -> list[ConfigRow]:
        """The newest versions of a kind."""
        return await self.config("kind = ? AND newest = 1 AND deleted = 0 ORDER BY account_id, id", kind)

    async def event(self, account_id: int, event_id: str) -> StoredEvent | None:
        """One event by its id."""
        found = await self.event_rows("WHERE e.account_id = ? AND e.id = ?", (account_id, event_id), 1)
        return found[0] if found else None

    async def event_at(self, seq: int) -> StoredEvent | None:
        """One event by its seq."""
        found = await self.event_rows("WHERE e.seq = ?", (seq,), 1)
        return found[0] if found else None
