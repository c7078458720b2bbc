"""Outcomes on their way to the store: collected while a commit runs, and then written together.

No settlement is ever dropped: while the store fails they wait here, and the worker claims nothing new for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from hookline_dispatcher.forever import forever
from hookline_dispatcher.store.model import Settlement, StoreFailed

MOST_AT_ONCE = 512
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0

_log = structlog.get_logger(__name__)


class Settles(Protocol):
    """The store, as far as it is needed here."""

    async def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """Applies outcomes; False where the claim was no longer this worker's.

        Raises:
            StoreFailed: nothing of it was committed.
        """


class Settling:
    """Writes settlements in groups, in the order they came; ``settled`` hears of those that were applied."""

    def __init__(self, store: Settles, settled: Callable[[Sequence[Settlement]], None]) -> None:
        self._store = store
        self._settled = settled
        self._pending: list[Settlement] = []
        self._wake = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()
        self._task: asyncio.Task[None] | None = None

    @property
    def pending(self) -> int:
        """How many settlements are not yet committed."""
        return len(self._pending)

    def start(self) -> None:
        """Begins to write."""
        self._task = asyncio.create_task(forever(self._run))

    def add(self, settlement: Settlement) -> None:
        """Takes a settlement in; it is written as soon as the commit before it has returned."""
        self._pending.append(settlement)
        self._written.clear()
        self._wake.set()

    async def written(self) -> None:
        """Returns once everything that was added is committed."""
        await self._written.wait()

    async def stop(self) -> None:
        """Ends; what is not committed by now is found again as unknown at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            if not self._pending:
                self._wake.clear()
                await self._wake.wait()
            while batch := self._pending[:MOST_AT_ONCE]:
                try:
                    applied = await self._store.settle(batch)
                except StoreFailed as error:
                    _log.warning(
                        "outcomes cannot be stored, trying again", waiting=len(self._pending), reason=str(error)
                    )
                    await asyncio.sleep(pause)
                    pause = min(LONGEST_PAUSE, pause * 2)
                    continue
                pause = FIRST_PAUSE
                del self._pending[: len(batch)]
                self._settled([each for each, done in zip(batch, applied, strict=True) if done])
            self._written.set()
