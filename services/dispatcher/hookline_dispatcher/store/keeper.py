"""The keeper: what has to be done now and then, so that nothing is left lying.

Each round it cancels what waits in lanes that are off, tells health how the store is, takes figures for metrics and
deletes what is past retention, all in bounded steps that let other work in between. What fails, or needs more steps
than a round has, goes on in the next round.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from hookline_runtime.clock import Clock

from .model import QueueFigures, StoreFailed

ROUND = 1.0
FIGURES_EVERY = 5
RETENTION_EVERY = 60
"""Rounds between two looks at figures, and at retention once nothing past it is left."""
STEP = 500
"""How many rows one step touches."""
MOST_STEPS = 200
"""How many steps one round makes at most."""
PAUSE = 0.01
"""Seconds between two steps: other work has the store meanwhile."""

_log = structlog.get_logger(__name__)


class Kept(Protocol):
    """The store, as far as it is needed here."""

    @property
    def healthy(self) -> bool:
        """Whether the last transaction was committed."""

    async def sweep_off(self, limit: int) -> int:
        """Cancels up to ``limit`` deliveries that wait in lanes that are off; how many."""

    async def retain(self, delivered_before: int, failed_before: int, limit: int) -> int:
        """Deletes up to ``limit`` settled deliveries and events that are past retention; how many."""

    async def figures(self) -> QueueFigures:
        """The state of the queue."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of what the keeper finds."""

    cancelled: Callable[[int], None]
    figures: Callable[[QueueFigures], None]
    healthy: Callable[[bool], None]


class Keeper:
    """Goes its rounds until it is cancelled.

    Args:
        store: What is kept.
        told: Who is told.
        clock: The time.
        keep_delivered: How long what succeeded is kept.
        keep_failed: How long everything else is kept.
    """

    def __init__(self, store: Kept, told: Told, clock: Clock, keep_delivered: int, keep_failed: int) -> None:
        self._store = store
        self._told = told
        self._clock = clock
        self._keep_delivered = keep_delivered
        self._keep_failed = keep_failed
        self._wake = asyncio.Event()
        self._behind = False

    def wake(self) -> None:
        """Begins the next round at once: a target was switched off."""
        self._wake.set()

    async def run(self) -> None:
        """Goes round after round."""
        number = 0
        while True:
            self._wake.clear()
            await self._try(self.sweep())
            self._told.healthy(self._store.healthy)
            if number % FIGURES_EVERY == 0:
                await self._try(self.measure())
            if self._behind or number % RETENTION_EVERY == RETENTION_EVERY - 1:
                await self._try(self.retain())
            number += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ROUND):
                    await self._wake.wait()

    async def sweep(self) -> None:
        """Cancels what waits in lanes that are off."""
        for _ in range(MOST_STEPS):
            number = await self._store.sweep_off(STEP)
            if not number:
                return
            self._told.cancelled(number)
            await asyncio.sleep(PAUSE)

    async def measure(self) -> None:
        """Takes the figures of the queue."""
        self._told.figures(await self._store.figures())

    async def retain(self) -> None:
        """Deletes what is past retention; what its steps leave is for the next round, not for the next minute."""
        now = self._clock.now()
        self._behind = True
        for _ in range(MOST_STEPS):
            if not await self._store.retain(now - self._keep_delivered, now - self._keep_failed, STEP):
                self._behind = False
                return
            await asyncio.sleep(PAUSE)

    async def _try(self, work: Awaitable[None]) -> None:
        try:
            await work
        except StoreFailed as error:
            _log.warning("the store fails, trying again later", reason=str(error))
