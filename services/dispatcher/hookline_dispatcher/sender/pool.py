"""The connections of a sender: the idle ones to be used again, all of them to be closed in the end.

The one used last is taken first, so that the surplus of a burst grows old and is closed. A connection is idle only
while nothing is going on on it; when its end is seen it takes itself out.
"""

import asyncio
import math
from collections.abc import Callable

from hookline_runtime.tls.to_receivers import ReceiverTls

from .connection import Connection
from .limits import Limits
from .model import Endpoint, Route


class Pool:
    """Keeps every open connection, and idle ones within the limits; moments are seconds of the sender's clock."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._by_route: dict[Route, list[Connection]] = {}
        self._by_age: dict[Connection, float] = {}  # in order of the moment they became idle
        self._open: set[Connection] = set()
        self._all_closed: asyncio.Future[None] | None = None
        self._sweep_timer: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> int:
        """How many connections are idle."""
        return len(self._by_age)

    @property
    def open(self) -> int:
        """How many connections are open, idle or in use."""
        return len(self._open)

    def take(self, route: Route, now: float, *, most_idle: float = math.inf) -> Connection | None:
        """Return the connection of `route` that became idle last, None where there is none that is fresh."""
        idle = self._by_route.get(route)
        if idle and now - self._by_age[idle[-1]] >= most_idle:
            return None  # others may still use it
        while idle:
            connection = idle.pop()
            since = self._by_age.pop(connection)
            if now - since < self._kept_for(connection) and not connection.closing:
                return connection
            connection.abort()
        return None

    def put(self, connection: Connection, now: float) -> None:
        """Keep `connection`, at the cost of the oldest where there are too many; one that has ended is let go."""
        if connection.closing:
            return
        idle = self._by_route.get(connection.route)
        if idle is None:
            idle = self._by_route[connection.route] = []
        idle.append(connection)
        self._by_age[connection] = now
        if len(idle) > self._limits.idle_per_endpoint:
            idle[0].abort()
        if len(self._by_age) > self._limits.idle_total:
            self.drop_oldest()
        if self._sweep_timer is None:
            self._sweep_later()

    async def aclose(self) -> None:
        """Close every connection, those in use too, and return when their sockets are closed."""
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()
            self._sweep_timer = None
        if self._all_closed is None:
            self._all_closed = asyncio.get_running_loop().create_future()
        for connection in tuple(self._open):
            connection.abort()
        if self._open:
            await asyncio.shield(self._all_closed)

    # What a connection tells.

    def opened(self, connection: Connection) -> None:
        """Keep `connection` until its socket is closed."""
        self._open.add(connection)

    def closed(self, connection: Connection) -> None:
        """Forget `connection`."""
        self._open.discard(connection)
        if not self._open and self._all_closed is not None and not self._all_closed.done():
            self._all_closed.set_result(None)

    def dropped(self, connection: Connection) -> None:
        """Take `connection` out of the idle ones, if it is there."""
        if self._by_age.pop(connection, None) is None:
            return
        idle = self._by_route[connection.route]
        idle.remove(connection)

    def drop_oldest(self) -> bool:
        """Close the connection that is idle longest; say whether there was one."""
        for connection in self._by_age:
            connection.abort()
            return True
        return False

    def drop_of(self, tls: ReceiverTls) -> None:
        """Close the idle connections that show and trust what these settings say."""
        for route in [route for route in self._by_route if not isinstance(route, Endpoint) and route[1] == tls]:
            for connection in tuple(self._by_route[route]):
                connection.abort()

    def _kept_for(self, connection: Connection) -> float:
        return self._limits.idle_time if connection.used else self._limits.unused_time

    def _sweep_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweep_timer = loop.call_later(max(self._limits.idle_time / 4, 0.01), self._sweep)

    def _sweep(self) -> None:
        now = self._clock()
        for connection in [each for each, since in self._by_age.items() if now - since >= self._kept_for(each)]:
            connection.abort()
        for route in [route for route, idle in self._by_route.items() if not idle]:
            del self._by_route[route]
        self._sweep_timer = None
        if self._by_route:
            self._sweep_later()
