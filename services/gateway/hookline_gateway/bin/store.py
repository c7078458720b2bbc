"""The bins as the event loop sees them: their file belongs to a thread of its own, and who watches is told."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import structlog

from hookline_gateway.bin import bins, keeping
from hookline_gateway.bin.limits import BinLimits
from hookline_gateway.bin.model import Arrival, Bin, Kept
from hookline_gateway.bin.schema import connect
from hookline_runtime.clock import Clock, SystemClock
from hookline_runtime.errors import Unavailable
from hookline_runtime.vault.vault import Vault

SWEEP_SECONDS = 60.0
_WATCHED = 20

P = ParamSpec("P")
T = TypeVar("T")
_log = structlog.get_logger(__name__)


class BinStore:
    """Every bin of this gateway; made by ``open``."""

    def __init__(self, connection: sqlite3.Connection, limits: BinLimits, clock: Clock, vault: Vault) -> None:
        self.limits = limits
        self._vault = vault
        self.clock = clock
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bins")
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._sweeping = asyncio.create_task(self._sweep_for_ever())

    @classmethod
    def open(
        cls, folder: Path | None, limits: BinLimits, clock: Clock | None = None, vault: Vault | None = None
    ) -> BinStore:
        """The bins of a folder, or of memory; ``vault`` seals their secrets. Runs on an event loop.

        Raises:
            BinsUnusable: the file cannot be used.
        """
        return cls(connect(folder), limits, clock or SystemClock(), vault or Vault())

    async def close(self) -> None:
        """Lets go of the file once what is under way is done."""
        self._sweeping.cancel()
        await asyncio.gather(self._sweeping, return_exceptions=True)
        await asyncio.to_thread(self._thread.shutdown)
        self._connection.close()

    async def create(self, account_id: int, secret: str) -> Bin:
        """A new bin; raises ResourceExhausted where there are as many as may be."""
        return await self._run(bins.create, self._vault, self.limits, account_id, secret, self.clock.now())

    async def find(self, bin_id: str) -> Bin:
        """A bin that lives; raises NoSuchRecord."""
        return await self._run(bins.find, self._vault, bin_id, self.clock.now())

    async def set_status(self, bin_id: str, status: int) -> None:
        """Changes what a bin answers."""
        await self._run(bins.set_status, bin_id, status)

    async def set_secret(self, of: Bin, secret: str) -> None:
        """Changes by which secret signatures are checked, those of what is kept too."""
        await self._run(keeping.set_secret, self._vault, of.id, of.account_id, secret)

    async def delete(self, bin_id: str) -> None:
        """Takes a bin away; who watches it is told."""
        await self._run(bins.delete, bin_id)
        self._ring(bin_id)

    async def clear(self, bin_id: str) -> None:
        """Lets go of every request of a bin."""
        await self._run(keeping.clear, bin_id)

    async def keep(self, bin_id: str, arrival: Arrival) -> Kept:
        """Keeps a request; raises NoSuchRecord where the bin has gone meanwhile."""
        kept = await self._run(keeping.keep, self.limits, bin_id, arrival)
        self._ring(bin_id)
        return kept

    async def before(self, bin_id: str, number: int, most: int) -> list[Kept]:
        """The requests before a number, the newest first."""
        return await self._run(keeping.before, self.limits, bin_id, number, most)

    async def watch(self, bin_id: str, number: int | None) -> AsyncIterator[Kept]:
        """The requests after a number as they come, the oldest first; None: only those that come from now on.

        Raises:
            NoSuchRecord: once the bin has gone.
        """
        with self._bell(bin_id) as bell:
            if number is None:
                number = await self._run(keeping.last_number, bin_id)
            while True:
                bell.clear()
                await self.find(bin_id)
                for each in await self._run(keeping.after, self.limits, bin_id, number, _WATCHED):
                    yield each
                    number = each.number
                    bell.set()
                # A bin that expires rings no bell.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), SWEEP_SECONDS)

    def watching(self, bin_id: str) -> int:
        """How many watch a bin."""
        return len(self._bells.get(bin_id, ()))

    async def sweep(self) -> None:
        """Takes away what has expired."""
        await self._run(bins.sweep, self.clock.now())

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                await self.sweep()
            except Unavailable:
                _log.warning("bins_not_swept", exc_info=True)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _run(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def on_thread() -> T:
            return work(self._connection, *args, **kwargs)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, on_thread)
        except sqlite3.Error as error:
            _log.error("bins_failed", error=str(error))
            raise Unavailable("the bins cannot be read or written", 1.0, reason="BINS_FAILED") from error

    @contextlib.contextmanager
    def _bell(self, bin_id: str) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        self._bells.setdefault(bin_id, set()).add(bell)
        try:
            yield bell
        finally:
            bells = self._bells[bin_id]
            bells.discard(bell)
            if not bells:
                del self._bells[bin_id]

    def _ring(self, bin_id: str) -> None:
        for bell in self._bells.get(bin_id, ()):
            bell.set()
