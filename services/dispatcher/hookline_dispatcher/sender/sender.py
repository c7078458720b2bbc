"""The sender: one request in, one value out, within one deadline.

A request that was written to a used connection which the peer then closed without a byte of an answer is sent once more
on a new connection. That is the usual race with a receiver that closes idle connections, and almost always the request
was never read. Failing instead would bring the same request again as a retry of the delivery, only later, so this makes
no duplicate that would not come anyway; the `webhook-id` tells a receiver of those that come. A request that has a slot
(`leave_by`) is not sent again: the receiver may have read it, and would see two requests in one slot of its throttle.
It takes only connections that were used a moment ago, so that it hardly ever meets that race; where connecting takes
longer than a slot lasts, it takes any, and the connection that came too late is kept for the next slot.
"""

import asyncio
import math
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from hookline_dispatcher.core.retry import Outcome
from hookline_runtime.egress.addresses import Address

from .connection import Connection, Ended, Gone
from .contexts import Contexts, UnusableTls
from .dial import HandshakeFailed, connect, open_connection
from .guard import AddressRefused, Guard, NameNotResolved
from .limits import Limits
from .model import Failed, Late, NoAnswer, Outgoing, Route, SendResult
from .pool import Pool
from .proxy import NotReached, Proxy, ProxyFailed
from .reasons import OUT_OF_SOCKETS, connect_reason
from .request import encode_request

T = TypeVar("T")
_MAX_ADDRESSES = 8
_MAX_SLOW = 4_096
_CONNECT_SHARE = 5.0  # seconds for one address while others are left


class Sender:
    """Sends requests over kept connections; lives in one event loop.

    `clock` counts seconds and is the base of `leave_by`: ``time.monotonic``, which is also what ``loop.time()`` counts
    on every loop that the suite runs on.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        proxy: Proxy | None = None,
        limits: Limits = Limits(),
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard = guard
        self._reach = connect if proxy is None else proxy.reach
        self._limits = limits
        self._clock = clock
        self._pool = Pool(limits, clock)
        self._contexts = Contexts(ssl_context, self._pool.drop_of)
        self._slow: set[Route] = set()  # connecting took longer than a slot lasts
        self._stopped = False

    async def send(self, request: Outgoing, *, timeout: float, leave_by: float | None = None) -> SendResult:
        """Send `request` and return what came of it, at the latest after `timeout` seconds.

        Nothing leaves after the moment `leave_by`: Late then says so. What the network or the receiver does comes back
        as a value; raises ValueError for a request that cannot be written (see `encode_request`), RuntimeError when
        the sender is closed. Cancelling closes the connection in use.
        """
        if self._stopped:
            raise RuntimeError("the sender is closed")
        wire = encode_request(request)
        started = self._clock()
        deadline = started + timeout
        connection = self._pool.take(request.route, started, most_idle=self._most_idle(request, leave_by))
        if connection is None:
            return await self._send_fresh(request, wire, started, deadline, leave_by)
        if leave_by is not None and self._clock() > leave_by:
            self._pool.put(connection, started)
            return Late()
        ended = await self._exchange(connection, request, wire, started, deadline)
        if not isinstance(ended, Gone):
            return ended
        if leave_by is not None:
            return _gone(ended)
        return await self._send_fresh(request, wire, started, deadline, leave_by)

    async def aclose(self) -> None:
        """Close every connection, those in use too, and return when their sockets are closed."""
        self._stopped = True
        await self._pool.aclose()

    async def _exchange(
        self,
        connection: Connection,
        request: Outgoing,
        wire: bytes,
        started: float,
        deadline: float,
        connect_latency: int = 0,
    ) -> Ended:
        no_body = request.method == b"HEAD"
        try:
            ended = await connection.exchange(
                wire, no_body=no_body, started=started, deadline=deadline, connect_latency=connect_latency
            )
        except BaseException:
            connection.abort()
            raise
        if connection.reusable:
            self._pool.put(connection, self._clock())
        return ended

    async def _send_fresh(
        self, request: Outgoing, wire: bytes, started: float, deadline: float, leave_by: float | None
    ) -> SendResult:
        dialled = await self._dial_in_time(request, started, deadline)
        if isinstance(dialled, Failed):
            return dialled
        connected = self._clock()
        if leave_by is not None and connected > leave_by:
            self._dialled_late(dialled)
            return Late()
        # Never 0, which stands for a connection that was kept.
        connect_latency = max(1, int((connected - started) * 1_000_000))
        ended = await self._exchange(dialled, request, wire, started, deadline, connect_latency)
        return _gone(ended) if isinstance(ended, Gone) else ended

    def _most_idle(self, request: Outgoing, leave_by: float | None) -> float:
        return math.inf if leave_by is None or request.route in self._slow else self._limits.slot_idle_time

    def _dialled_late(self, connection: Connection) -> None:
        if len(self._slow) >= _MAX_SLOW:
            self._slow.clear()
        self._slow.add(connection.route)
        self._pool.put(connection, self._clock())

    async def _dial_in_time(self, request: Outgoing, started: float, deadline: float) -> Connection | Failed:
        outcome: NoAnswer
        own, refusal = False, None
        try:
            async with asyncio.timeout(deadline - self._clock()):
                return await self._dial(request, deadline)
        except TimeoutError:
            outcome, reason = Outcome.TIMEOUT, "no connection came about in time"
        except NameNotResolved as error:
            outcome, reason = Outcome.NAME_NOT_RESOLVED, str(error)
        except AddressRefused as error:
            outcome, reason, refusal = Outcome.ADDRESS_REFUSED, str(error), error.why
        except (HandshakeFailed, UnusableTls) as error:
            outcome, reason = Outcome.TLS_FAILED, str(error)
        except ProxyFailed as error:
            outcome, reason, own = Outcome.NOT_CONNECTED, str(error), True
        except NotReached as error:
            outcome, reason = Outcome.NOT_CONNECTED, str(error)
        except OSError as error:
            outcome, reason, own = Outcome.NOT_CONNECTED, connect_reason(error), error.errno in OUT_OF_SOCKETS
        return Failed(outcome, reason, int((self._clock() - started) * 1_000_000), own, refusal)

    async def _dial(self, request: Outgoing, deadline: float) -> Connection:
        endpoint, route = request.endpoint, request.route
        addresses = (await self._with_sockets(partial(self._guard.resolve, endpoint)))[:_MAX_ADDRESSES]
        context = await self._contexts.of(request.tls)
        sock = await self._connect_any(addresses, endpoint.port, deadline)
        connection = await open_connection(sock, endpoint, context, lambda: self._connection(route))
        if self._stopped:  # meanwhile; `aclose` has not seen this one
            connection.abort()
        return connection

    async def _connect_any(self, addresses: Sequence[Address], port: int, deadline: float) -> socket.socket:
        """Try the addresses in their order; all but the last get only a share of the time that is left."""
        *others, last = addresses
        for place, address in enumerate(others):
            share = (deadline - self._clock()) / (len(addresses) - place)
            try:
                async with asyncio.timeout(min(share, _CONNECT_SHARE)):
                    return await self._with_sockets(partial(self._reach, address, port))
            except OSError:  # the timeout's own is one too
                continue
        return await self._with_sockets(partial(self._reach, last, port))

    async def _with_sockets(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do `work`; where the sockets have run out, close the connection that is idle longest and do it once more."""
        try:
            return await work()
        except OSError as error:
            if error.errno not in OUT_OF_SOCKETS or not self._pool.drop_oldest():
                raise
        await asyncio.sleep(0)  # the socket is closed a round later
        return await work()

    def _connection(self, route: Route) -> Connection:
        return Connection(route, self._pool, self._limits, self._clock)


def _gone(gone: Gone) -> Failed:
    reason = "the receiver closed the connection without an answer"
    return Failed(Outcome.PROTOCOL_ERROR, reason, gone.latency, connect_latency=gone.connect_latency)
