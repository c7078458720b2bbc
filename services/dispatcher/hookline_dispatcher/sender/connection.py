"""One connection to a receiver: requests leave on it and answers are read from it, one at a time.

It is idle or has one exchange going on. Whatever ends an exchange (an answer, a failure, the deadline, the peer) sets
the exchange's future exactly once. Bytes that nobody asked for, and the peer's end while idle, close it.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from hookline_dispatcher.core.retry import Outcome

from .limits import Limits
from .model import Answered, Failed, NoAnswer, Route
from .reasons import TIMED_OUT, tls_reason
from .response import HeadTooLarge, Malformed, ResponseReader


@dataclass(frozen=True, slots=True)
class Gone:
    """The peer closed the connection before it sent a byte of an answer; latencies are as in `Failed`."""

    latency: int
    connect_latency: int


Ended = Answered | Failed | Gone


class Owner(Protocol):
    """Who keeps connections, and is told how they are."""

    def opened(self, connection: "Connection") -> None:
        """Hear that it stands."""

    def dropped(self, connection: "Connection") -> None:
        """Hear that it is of no more use."""

    def closed(self, connection: "Connection") -> None:
        """Hear that its socket is closed."""


class Connection(asyncio.Protocol):
    """A connection whose address the guard has checked; moments are seconds of `clock`."""

    __slots__ = (
        "_clock",
        "_connect_latency",
        "_deadline",
        "_first_byte_latency",
        "_loop",
        "_owner",
        "_reader",
        "_started",
        "_timer",
        "_timer_due",
        "_transport",
        "_waiter",
        "closing",
        "route",
        "used",
    )

    def __init__(self, route: Route, owner: Owner, limits: Limits, clock: Callable[[], float]) -> None:
        self.route = route
        self.closing = False
        self.used = False
        self._clock = clock
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._reader = ResponseReader(limits)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Ended] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = self._started = self._deadline = 0.0
        self._connect_latency = 0
        self._first_byte_latency: int | None = None

    @property
    def reusable(self) -> bool:
        """Whether another request may leave on it."""
        return not self.closing and self._waiter is None

    def exchange(
        self, wire: bytes, *, no_body: bool, started: float, deadline: float, connect_latency: int = 0
    ) -> asyncio.Future[Ended]:
        """Write a request and return the future of what comes of it, at the latest at `deadline`.

        `connect_latency` is what connecting took of the time since `started`; 0 stands for a connection that was kept.
        """
        waiter = self._waiter = self._loop.create_future()
        self.used = True
        self._started = started
        self._connect_latency = connect_latency
        self._first_byte_latency = None
        self._reader.expect(no_body=no_body)
        if self._transport is None or self.closing:
            self._ended()
            return waiter
        self._arm(deadline)
        self._transport.write(wire)
        return waiter

    def abort(self) -> None:
        """Close it now, without waiting for anything."""
        self._drop()
        self._settle(self._failed(Outcome.PROTOCOL_ERROR, "the connection was closed"))

    def given_up(self) -> None:
        """Hear that whoever opened it was cancelled: uvloop then closes it without a call of `connection_lost`."""
        self.closing = True
        self._owner.closed(self)

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._owner.opened(self)

    def data_received(self, data: bytes) -> None:
        """Read on in the answer."""
        if self._waiter is None:
            self._drop()
            return
        first = self._first_byte_latency is None
        if first:
            self._first_byte_latency = self._latency()
        try:
            if not self._reader.feed(data):
                return
        except Malformed as error:
            self._fail(Outcome.PROTOCOL_ERROR, str(error))
        except HeadTooLarge:
            self._fail(Outcome.TOO_LARGE, "the head of the receiver's answer is too large")
        else:
            # Most answers come in one piece: its moment is that of the first byte and of the last.
            self._answered(self._first_byte_latency if first else None)

    def eof_received(self) -> None:
        """End the exchange at once: closing would first flush what is still to be written."""
        self._ended()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the exchange."""
        self._ended(exc)
        self._transport = None
        self._owner.closed(self)

    # How an exchange ends.

    def _answered(self, latency: int | None = None) -> None:
        transport = self._transport
        # A request that is not wholly written leaves the connection in the middle of it.
        if not self._reader.reusable or transport is None or transport.get_write_buffer_size():
            self._drop()
        latency = self._latency() if latency is None else latency
        self._settle(self._reader.answer(latency, self._connect_latency, self._first_byte_latency))

    def _ended(self, exc: Exception | None = None) -> None:
        if self._waiter is None:
            self._drop()
        elif exc is None and self._reader.end():
            self._answered()
        elif isinstance(exc, ssl.SSLError):
            self._fail(Outcome.TLS_FAILED, tls_reason(exc))
        elif self._reader.untouched:
            self._drop()
            self._settle(Gone(self._latency(), self._connect_latency))
        else:
            self._fail(Outcome.PROTOCOL_ERROR, "the receiver closed the connection in the middle of its answer")

    def _fail(self, outcome: NoAnswer, reason: str) -> None:
        self._drop()
        self._settle(self._failed(outcome, reason))

    def _failed(self, outcome: NoAnswer, reason: str) -> Failed:
        return Failed(
            outcome,
            reason,
            self._latency(),
            connect_latency=self._connect_latency,
            first_byte_latency=self._first_byte_latency,
        )

    def _settle(self, ended: Ended) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(ended)

    def _drop(self) -> None:
        if self.closing:
            return
        self.closing = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()
        self._owner.dropped(self)

    def _latency(self) -> int:
        return int((self._clock() - self._started) * 1_000_000)

    # One timer serves many exchanges: it is moved only for an earlier deadline, and looks again when it fires.

    def _arm(self, deadline: float) -> None:
        self._deadline = deadline
        if self._timer is not None:
            if self._timer_due <= deadline:
                return
            self._timer.cancel()
        self._start_timer(deadline, self._clock())

    def _start_timer(self, deadline: float, now: float) -> None:
        self._timer_due = deadline
        self._timer = self._loop.call_later(max(deadline - now, 0.001), self._look)

    def _look(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        now = self._clock()
        if now < self._deadline:
            self._start_timer(self._deadline, now)
        else:
            self._fail(Outcome.TIMEOUT, TIMED_OUT)
