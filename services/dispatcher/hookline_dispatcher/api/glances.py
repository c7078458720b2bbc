"""Looking at the store for an account, once in a while for everyone who asks.

Looking costs little, but grows with the number of targets in trouble; a hundred pages that are left open must not look
a hundred times.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.store.overview import DeliveryCounts, Overviews, Troubles
from hookline_runtime.clock import Clock

FRESH = 2 * SECOND
"""How old what is shown may be."""
MOST_TROUBLES = 100
KEPT = 256
"""How many accounts' glances are kept."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the store had at ``time``."""

    time: int
    counts: DeliveryCounts
    troubles: Troubles
    stored: int
    """Bytes that its events take up."""


class Glances:
    """Gives everyone the same glance for as long as it is fresh.

    Args:
        store: What is looked at.
        clock: The time.
    """

    def __init__(self, store: Overviews, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._taken: dict[int, tuple[int, asyncio.Task[Glance]]] = {}

    async def of(self, account_id: int) -> Glance:
        """The account's glance, two seconds old at most.

        Raises:
            StoreFailed: the store cannot be read.
        """
        now = self._clock.now()
        time, task = self._taken.get(account_id, (0, None))
        if task is None or not 0 <= now - time < FRESH or _failed(task):
            task = asyncio.create_task(self._look(account_id, now))
            self._taken.pop(account_id, None)
            self._taken[account_id] = (now, task)
            while len(self._taken) > KEPT:
                del self._taken[next(iter(self._taken))]
        # It is everyone's: who goes away must not take it along.
        return await asyncio.shield(task)

    async def _look(self, account_id: int, now: int) -> Glance:
        counts = await self._store.delivery_counts(account_id)
        troubles = await self._store.troubles(account_id, MOST_TROUBLES)
        return Glance(now, counts, troubles, self._store.stored(account_id))


def _failed(task: asyncio.Task[Glance]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
