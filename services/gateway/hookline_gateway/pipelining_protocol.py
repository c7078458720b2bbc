"""uvicorn's HTTP/1.1, in which the request that is being answered learns that its client is gone.

uvicorn tells the newest request of a connection alone. An older one, behind which another waits, would be answered as
if somebody listened: a stream for ever, and everything else into a connection that is closed.
"""

from __future__ import annotations

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


class PipeliningProtocol(HttpToolsProtocol):
    """One connection, whose requests may be sent before the answers to those before them have come."""

    _answering: RequestResponseCycle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        super().connection_lost(exc)
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)
