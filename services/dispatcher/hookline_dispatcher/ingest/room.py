"""The bounded room for what waits to be committed: so many events, so many bytes, and not one more.

Who does not wait is refused with a delay; who waits gets in in order of arrival. Something larger than the whole room
gets in when the room is empty, or it never would.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass

from hookline_runtime.errors import ResourceExhausted

RETRY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait at once, and be kept."""

    events: int = 20_000
    size: int = 64 * 1024 * 1024
    """Bytes, about as they came."""
    deliveries: int = 10_000_000
    """How many deliveries may wait in lanes before no event is taken any more."""
    stored: int = 0
    """Bytes that the events of an account may take up while they are kept; 0: any number."""


class Room:
    """Counts what is inside."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._events = 0
        self._size = 0
        self._queue: deque[tuple[int, int, asyncio.Future[None]]] = deque()

    @property
    def events(self) -> int:
        """How many events are inside."""
        return self._events

    async def enter(self, events: int, size: int, patience: float) -> None:
        """Gets in, after at most ``patience`` seconds. Whoever got in leaves with the same figures.

        Raises:
            ResourceExhausted: there was no room.
        """
        if not self._queue and self._fits(events, size):
            self._add(events, size)
            return
        if patience <= 0:
            raise _full()
        turn = asyncio.get_running_loop().create_future()
        self._queue.append((events, size, turn))
        try:
            async with asyncio.timeout(patience):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.leave(events, size)
            else:
                with contextlib.suppress(ValueError):
                    self._queue.remove((events, size, turn))
                self._admit()
            if isinstance(error, TimeoutError):
                raise _full() from None
            raise

    def leave(self, events: int, size: int) -> None:
        """Makes room."""
        self._add(-events, -size)
        self._admit()

    def _admit(self) -> None:
        while self._queue:
            events, size, turn = self._queue[0]
            if not self._fits(events, size):
                return
            self._queue.popleft()
            if not turn.done():
                self._add(events, size)
                turn.set_result(None)

    def _fits(self, events: int, size: int) -> bool:
        within = self._events + events <= self._bounds.events and self._size + size <= self._bounds.size
        return within or not self._events

    def _add(self, events: int, size: int) -> None:
        self._events += events
        self._size += size


def _full() -> ResourceExhausted:
    return ResourceExhausted("too many events wait to be committed", RETRY_SECONDS, "events waiting for commit")
