"""Events in: find what they fire, commit both as one, hand what may leave at once to the worker.

What is acked is committed. Submissions are committed in the order in which ``submit`` returned; a caller that goes
away stops no commit that has begun, since deliveries in it may be born leased to this worker. What waits for its
commit is bounded; more is refused, or waits at the door for as long as the caller likes.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import Trigger
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.store.model import Claim, Intake, IntakeResult, IntakeStatus, StoreFailed
from hookline_runtime.clock import Clock
from hookline_runtime.errors import ResourceExhausted, Unavailable

from .rates import PublishRates, Rate
from .room import Bounds, Room
from .routing import remembered, route
from .storage import refuse_without_room

STORE_RETRY_SECONDS = 1.0
QUEUE_RETRY_SECONDS = 30.0
MOST_FIRINGS = 250_000
"""How many deliveries the events of one batch may cause: they are all in memory until its commit."""
TOO_MANY = f"the events of this batch cause more than {MOST_FIRINGS} deliveries; publish fewer at once"
ASKED_AT_ONCE = 500
"""How many triggers are asked, whole events at a time, before others get their turn."""
LONGEST_TURN = 0.01
"""Seconds after which they get it in any case, at the end of an event."""


class Publication(NamedTuple):
    """An event to be published."""

    event: Event
    digest: bytes
    """Over what its producer said."""
    size: int = 0
    """Bytes that it takes up while it waits, about."""


class Intakes(Protocol):
    """The store, as far as it is needed here."""

    @property
    def waiting(self) -> int:
        """How many deliveries wait in lanes."""

    def stored(self, account_id: int) -> int:
        """How many bytes the events of an account take up that are kept."""

    async def ingest(self, intakes: Sequence[Intake], *, atomic: bool = False) -> list[IntakeResult]:
        """Commits events with their deliveries.

        Raises:
            StoreFailed: nothing of it was committed.
        """


class Accounts(Protocol):
    """Where the configuration of an account is found."""

    async def account(self, account_id: int) -> AccountConfig | None:
        """The account's configuration, None when there is no such account.

        Raises:
            StoreFailed: it cannot be read.
        """


Take = Callable[[Iterable[Claim]], None]
Count = Callable[[IntakeStatus, int], None]
"""Told how many events came to what, for metrics."""
Failed = Callable[[int, Trigger], None]
"""Told of a trigger of an account whose plugin failed."""


class Ingest:
    """Publishes events.

    Args:
        store: Where they are committed.
        accounts: What routing goes by.
        take: Given the claims of deliveries that were born leased, once they are committed.
        count: Told what became of events.
        clock: Tells the publish time.
        bounds: How much may wait for its commit.
        failed: Told of triggers that failed.
        rates: How many events accounts may publish.
    """

    def __init__(
        self,
        store: Intakes,
        accounts: Accounts,
        take: Take,
        count: Count,
        clock: Clock,
        bounds: Bounds | None = None,
        failed: Failed = lambda account_id, trigger: None,
        rates: PublishRates | None = None,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._take = take
        self._count = count
        self._clock = clock
        self._failed = failed
        self._bounds = bounds or Bounds()
        self._room = Room(self._bounds)
        self._rates = rates or PublishRates(Rate())
        self._commits: set[asyncio.Task[list[IntakeResult]]] = set()

    @property
    def waiting(self) -> int:
        """How many events wait for their commit."""
        return self._room.events

    async def publish(
        self, publications: Sequence[Publication], *, atomic: bool = False, own: bool = False
    ) -> list[IntakeResult]:
        """What became of each event, after the commit; without claims, they are handed over.

        Raises:
            ResourceExhausted: too much waits already, for its commit or in lanes; or an account publishes too fast.
            Unavailable: the store failed; nothing was committed.
        """
        return await asyncio.shield(await self.submit(publications, atomic=atomic, own=own))

    async def submit(
        self, publications: Sequence[Publication], *, atomic: bool = False, patience: float = 0, own: bool = False
    ) -> asyncio.Task[list[IntakeResult]]:
        """The commit, which has its place in the order now and goes on by itself; shield it when you await it.

        Args:
            publications: The events, in order.
            atomic: Whether a conflict refuses all of them.
            patience: Seconds to wait for room, and for as long again where an account publishes too fast.
            own: Whether they are events of ours, which no account's rate bounds.

        Raises:
            ResourceExhausted: too much waits already, for its commit or in lanes; the batch causes too much; or an
                account publishes too fast or has stored too much.
            Unavailable: the store failed; nothing was committed. The task raises it as well.
        """
        if self._store.waiting >= self._bounds.deliveries:
            raise ResourceExhausted("the queue is full", QUEUE_RETRY_SECONDS, "deliveries waiting")
        if not own:
            accounts = (each.event.account_id for each in publications)
            refuse_without_room(accounts, self._store.stored, self._bounds.stored)
            await self._in_time(publications, patience)
        size = sum(each.size for each in publications)
        await self._room.enter(len(publications), size, patience)
        try:
            intakes = await self._route(publications)
        except BaseException:
            self._room.leave(len(publications), size)
            raise
        commit = asyncio.create_task(self._commit(intakes, atomic))
        self._commits.add(commit)
        commit.add_done_callback(lambda done: self._committed(done, len(publications), size))
        return commit

    async def unknown(self, account_ids: Iterable[int]) -> frozenset[int]:
        """Those of the accounts that there are not, as far as is known here.

        Raises:
            Unavailable: the store failed.
        """
        try:
            return frozenset([id_ for id_ in set(account_ids) if await self._accounts.account(id_) is None])
        except StoreFailed as error:
            raise _away() from error

    async def quiet(self) -> None:
        """Returns when no commit is under way."""
        while self._commits:
            await asyncio.wait(self._commits)

    async def _in_time(self, publications: Sequence[Publication], patience: float) -> None:
        """Takes a batch off what its accounts may publish, once they may."""
        loop = asyncio.get_running_loop()
        end = loop.time() + patience
        while True:
            try:
                return self._rates.take(publications, loop.time())
            except ResourceExhausted as error:
                if loop.time() + error.retry_delay > end:
                    raise
                await asyncio.sleep(error.retry_delay)

    async def _route(self, publications: Sequence[Publication]) -> list[Intake]:
        now = self._clock.now()
        try:
            configs = {id_: await self._accounts.account(id_) for id_ in {p.event.account_id for p in publications}}
        except StoreFailed as error:
            raise _away() from error
        intakes = []
        asked = firings = 0
        loop = asyncio.get_running_loop()
        turn_time = loop.time()
        for each in publications:
            config = configs[each.event.account_id]
            routed = route(each.event, config, now)
            for trigger in routed.failed:
                self._failed(each.event.account_id, trigger)
            firings += len(routed.firings)
            if firings > MOST_FIRINGS and len(publications) > 1:
                raise ResourceExhausted(TOO_MANY, QUEUE_RETRY_SECONDS, "deliveries of one batch")
            asked += routed.asked
            if asked >= ASKED_AT_ONCE or (asked and loop.time() - turn_time > LONGEST_TURN):
                asked = 0
                await asyncio.sleep(0)
                turn_time = loop.time()
            intakes.append(remembered(Intake(each.event, each.digest, now, routed.firings, routed.note), config))
        return intakes

    async def _commit(self, intakes: Sequence[Intake], atomic: bool) -> list[IntakeResult]:
        try:
            results = await self._store.ingest(intakes, atomic=atomic)
        except StoreFailed as error:
            raise _away() from error
        claims = [claim for result in results for claim in result.claims]
        if claims:
            self._take(claims)
        for status, number in Counter([result.status for result in results]).items():
            self._count(status, number)
        # Without the claims: whoever is slow to take the answer holds no event in memory by it.
        return [IntakeResult(each.status, each.deliveries) if each.claims else each for each in results]

    def _committed(self, commit: asyncio.Task[list[IntakeResult]], events: int, size: int) -> None:
        self._commits.discard(commit)
        self._room.leave(events, size)
        if not commit.cancelled():
            commit.exception()  # the caller may be gone


def _away() -> Unavailable:
    return Unavailable("the store cannot commit at the moment", STORE_RETRY_SECONDS, reason="STORE_FAILED")
