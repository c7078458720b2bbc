"""The worker: claims what lanes have ready, has it attempted, and passes the outcomes on to be settled.

At most ``total`` claims are held at once, those whose outcome is not yet committed included; so a store that fails,
or a slow network, stops claiming instead of filling the memory. A claim that was made is never forgotten: it ends in
a settlement, or it is given back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

import structlog

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.forever import forever
from hookline_dispatcher.store.model import Claim, Claimed, Settlement, StoreFailed
from hookline_runtime.clock import Clock

from .pool import Pool
from .settling import Settling

MOST_PER_CLAIM = 256
LONGEST_SLEEP = 1.0
"""Seconds after which lanes are looked at whatever was said: no lost wake-up costs more than this."""
SHORTEST_SLEEP = 0.005
STORE_PAUSE = 0.25

_log = structlog.get_logger(__name__)


class Claims(Protocol):
    """The store, as far as it is needed here."""

    async def claim(self, limit: int) -> Claimed:
        """Claims up to ``limit`` deliveries from ready lanes.

        Raises:
            StoreFailed: nothing of it was committed.
        """

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Calls ``callback`` on the event loop whenever a lane may have become ready earlier than was said."""


class Attempts(Protocol):
    """Who attempts a claim."""

    def attempt(self, claim: Claim) -> Awaitable[Settlement]:
        """Attempts it and says what follows; raises nothing but CancelledError."""

    def lost(self, claim: Claim) -> Settlement:
        """What follows when an attempt had to be broken off: the request may or may not have arrived."""


class Worker:
    """Keeps as many attempts in flight as it may have."""

    def __init__(self, store: Claims, attempts: Attempts, settling: Settling, clock: Clock, total: int) -> None:
        self._store = store
        self._attempts = attempts
        self._settling = settling
        self._clock = clock
        self._total = total
        self._pool: Pool[Claim] = Pool(self._attempt, total)
        self._wake = asyncio.Event()
        self._draining = False
        self._task: asyncio.Task[None] | None = None

    @property
    def in_flight(self) -> int:
        """How many claims are held: waiting to be begun, being attempted, or not yet settled."""
        return self._pool.waiting + self._pool.busy + self._settling.pending

    def start(self) -> None:
        """Begins to claim."""
        self._store.on_ready(self._wake.set)
        self._task = asyncio.create_task(forever(self._claim))

    def take(self, claims: Iterable[Claim]) -> None:
        """Takes claims that are made already: deliveries that were born leased."""
        for claim in claims:
            if self._draining:
                self._settling.add(Settlement(claim, None))
            else:
                self._pool.put(claim)

    def settled(self, _: Sequence[Settlement]) -> None:
        """Hears that outcomes were committed: there is room again."""
        if self._room() >= self._total // 8:
            self._wake.set()

    async def drain(self, seconds: float) -> None:
        """Claims nothing more, lets attempts in flight finish within ``seconds``, and has everything settled.

        What has not been begun is given back; what has not finished in time is settled as unknown.
        """
        self._draining = True
        self._wake.set()
        if self._task is not None:
            await self._task
        for claim in self._pool.take_waiting():
            self._settling.add(Settlement(claim, None))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._pool.quiet()
        await self._pool.stop()

    async def _claim(self) -> None:
        while not self._draining:
            self._wake.clear()
            room = self._room()
            sleep = LONGEST_SLEEP
            if room > 0:
                try:
                    sleep = await self._claim_once(min(room, MOST_PER_CLAIM))
                except StoreFailed as error:
                    _log.warning("nothing can be claimed, trying again", reason=str(error))
                    sleep = STORE_PAUSE
            if sleep and not self._draining:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(sleep):
                        await self._wake.wait()

    async def _claim_once(self, limit: int) -> float:
        claimed = await self._store.claim(limit)
        self.take(claimed.claims)
        if len(claimed.claims) >= limit:
            return 0
        wait = (claimed.ready_time - self._clock.now()) / SECOND
        if wait <= 0 and claimed.claims:
            return 0
        return min(LONGEST_SLEEP, max(SHORTEST_SLEEP, wait))

    def _room(self) -> int:
        return self._total - self.in_flight

    async def _attempt(self, claim: Claim) -> None:
        try:
            settlement = await self._attempts.attempt(claim)
        except asyncio.CancelledError:
            self._settling.add(self._attempts.lost(claim))
            raise
        self._settling.add(settlement)
