"""The router: one loop that tells definitions with memory what happened, and commits what follows.

It takes what waits in batches, each decided as a whole from one reading and committed in one transaction; nobody else
writes what it reads, and what changed nevertheless makes a turn void, which is then decided anew. Between batches it
follows changes of definitions. It sleeps until the next timer is due, until the store calls, or for ``LOOK_SECONDS``,
so that a call that was missed costs that long.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

import structlog

from hookline_dispatcher.config.triggers import FindSource, Trigger
from hookline_dispatcher.core.instants import NEVER, SECOND
from hookline_dispatcher.store.model import Claim, IntakeStatus, StoreFailed
from hookline_dispatcher.store.routing import Retry, Route, RouteFigures, Turn, What, Work
from hookline_runtime.clock import Clock

from .deciding import Decider
from .following import Follower
from .foreign import Answers
from .gathering import Accounts, Gatherer, Read
from .spending import Spending
from .telling import Teller

BATCH = 256
"""How many routes, and how many timers, are decided at once."""
DECIDED_AT_ONCE = 20
"""How many of them before others get their turn on the event loop."""
LOOK_SECONDS = 2.0
PAUSE_SECONDS = 1.0
"""How long it waits when the store fails, or when too many deliveries wait."""
FOLLOW_EVERY = 20
"""After how many batches a step after changes is taken although more waits."""
FIGURES_SECONDS = 10.0
PLUGIN_SECONDS = 0.1
"""How long a batch waits, at most, for plugins that run apart."""
MOST_WAITING = 1_000_000
"""Deliveries that may wait in lanes while it goes on."""

_log = structlog.get_logger(__name__)

Take = Callable[[Iterable[Claim]], None]


class Router:
    """Works off routes and timers until it is cancelled.

    Args:
        store: Where they are.
        accounts: The configuration.
        find_source: Compiles earlier versions of definitions.
        take: Given the claims of deliveries that were born leased, once they are committed.
        clock: The time.
        failed: Told of definitions whose step failed.
        figures: Told now and then how much waits.
        most_waiting: Deliveries that may wait in lanes while it goes on.
    """

    def __init__(
        self,
        store: Read,
        accounts: Accounts,
        find_source: FindSource,
        take: Take,
        clock: Clock,
        failed: Callable[[int, Trigger], None] = lambda account_id, trigger: None,
        figures: Callable[[RouteFigures], None] = lambda figures: None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._store = store
        self._take = take
        self._clock = clock
        self._failed = failed
        self._figures = figures
        self._most_waiting = most_waiting
        self._gatherer = Gatherer(store, accounts, find_source)
        self._follower = Follower(store, accounts)
        self.spending = Spending()
        self.answers = Answers()
        self._wake = asyncio.Event()
        self._now = 0
        self._careful = 0
        """How many batches are to be of one, after one that could not be committed."""
        self._next_time = NEVER
        self._batches = 0
        store.on_routed(self.wake)

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Goes on until it is cancelled; what fails is done again."""
        await self._try(self._store.recheck_held)
        measured = asyncio.create_task(self._measure())
        try:
            while True:
                self._wake.clear()
                if not await self._try(self.turn):
                    await self._sleep()
        finally:
            measured.cancel()
            self.answers.stop()

    async def turn(self) -> bool:
        """One batch, or where nothing waits one step after changes; False: there is nothing to do.

        Raises:
            StoreFailed: it is to be done again.
        """
        if self._store.waiting >= self._most_waiting:
            await asyncio.sleep(PAUSE_SECONDS)
            return True
        # A step's time is never before an earlier one's, whatever the clock does.
        self._now = max(self._now, self._clock.now())
        work = await self._store.work(self._now, BATCH)
        self._next_time = work.next_time
        self._batches += 1
        idle = not work.routes and not work.timers
        if idle or self._batches % FOLLOW_EVERY == 0:
            followed = await self._follower.step()
            if idle:
                return followed
        await self._batch(_first(work) if self._careful else work)
        self._careful = max(0, self._careful - 1)
        return True

    async def _batch(self, work: Work) -> None:
        turns = await self._decide(work)
        try:
            await self._commit(turns)
        except StoreFailed:
            raise
        except Exception:
            if self._careful:
                _log.exception("what could not be stored is set aside")
                await self._commit([_set_aside(turn) for turn in turns])
            self._careful = 2 * BATCH

    async def _commit(self, turns: Sequence[Turn]) -> None:
        results = await self._store.take_turns(turns)
        claims = [claim for result in results for claim in result.claims]
        if claims:
            self._take(claims)
        if any(result.status is IntakeStatus.CONFLICT for result in results):
            await asyncio.sleep(0.05)

    async def _decide(self, work: Work) -> list[Turn]:
        material = await self._gatherer.gather(work, self._now)
        loop = asyncio.get_running_loop()
        until = loop.time() + PLUGIN_SECONDS
        while True:
            fresh = replace(
                material,
                memories=dict(material.memories),
                objects=dict(material.objects),
                parsed={},
                spending=self.spending,
                answers=self.answers,
            )
            teller = Teller(fresh)
            turns = await self._turns(work, Decider(fresh, teller))
            if teller.missing:
                material.named.update(await self._gatherer.named(teller.missing))
                continue
            if teller.wanted and await self.answers.ask(teller.wanted, until - loop.time()):
                continue
            for account_id, trigger in teller.failed:
                self._failed(account_id, trigger)
            for used in teller.used:
                self.answers.forget(used)
            return turns

    async def _turns(self, work: Work, decider: Decider) -> list[Turn]:
        turns: list[Turn] = []
        for number, route in enumerate(work.routes):
            if number % DECIDED_AT_ONCE == DECIDED_AT_ONCE - 1:
                await asyncio.sleep(0)
            try:
                turns.append(decider.route(route))
            except Exception:  # a bug here must hold up nobody else
                _log.exception("what cannot be decided is set aside", account_id=route.object.account_id)
                turns.append(_set_aside(Turn(route)))
        for number, timer in enumerate(work.timers):
            if number % DECIDED_AT_ONCE == DECIDED_AT_ONCE - 1:
                await asyncio.sleep(0)
            try:
                turn = decider.timer(timer)
            except Exception:
                _log.exception("what cannot be decided is set aside", account_id=timer.post.account_id)
                turn = _set_aside(Turn(timer=timer))
            if turn is not None:
                turns.append(turn)
        return turns

    async def _sleep(self) -> None:
        seconds = min(LOOK_SECONDS, max(0, self._next_time - self._clock.now()) / SECOND)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _measure(self) -> None:
        while True:
            with contextlib.suppress(StoreFailed):
                self._figures(await self._store.route_figures())
            await asyncio.sleep(FIGURES_SECONDS)

    async def _try(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Whether there may be more to do."""
        try:
            return bool(await work())
        except StoreFailed as error:
            _log.warning("the store fails; what waits is told later", reason=str(error))
            await asyncio.sleep(PAUSE_SECONDS)
            return True


def _first(work: Work) -> Work:
    """One piece of work."""
    if work.routes:
        return replace(work, routes=work.routes[:1], timers=())
    return replace(work, timers=work.timers[:1])


def _set_aside(turn: Turn) -> Turn:
    """A turn that leaves nothing but what it came from, for people to look at."""
    reason = "it could not be decided, or what it came to not be stored"
    if turn.route:
        return Turn(turn.route, retries=(Retry(turn.route, NEVER, reason, set_aside=True),))
    assert turn.timer is not None, "a turn is of a route or of a timer"
    timer = turn.timer
    own = Route(0, timer.post.object, "", What.TIMER, timer.post.kind, timer.post.id, 0, 0, timer.key, timer.due_time)
    return Turn(timer=timer, retries=(Retry(own, NEVER, reason, set_aside=True),))
