"""HTTP/1.1 that waits not for ever for a client that takes nothing of its answer: what it does not take lies in memory.

A client may well send for long before it reads (ADR 16), and may read slowly. So a connection is ended only when for
some time nothing has moved on it, in neither direction, while there is something left to send.
"""

from __future__ import annotations

import asyncio

from hookline_gateway.declining_protocol import DecliningProtocol


class UnreadProtocol(DecliningProtocol):
    """One connection: an answer that waits for its client goes on within ``unread_seconds``, or ends."""

    unread_seconds = 30.0

    _look: asyncio.TimerHandle | None = None
    _moves = 0

    def connection_lost(self, exc: Exception | None) -> None:
        """Looks no more."""
        if self._look is not None:
            self._look.cancel()
            self._look = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes what came."""
        self._moves += 1
        super().data_received(data)

    def pause_writing(self) -> None:
        """More waits for the client than should."""
        super().pause_writing()
        self._wait_for_client()

    def resume_writing(self) -> None:
        """The client took some of it."""
        self._moves += 1
        super().resume_writing()

    def on_response_complete(self) -> None:
        """An answer is whole, and the connection closed after it, or open for another request."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._wait_for_client()

    def timeout_keep_alive_handler(self) -> None:
        """No other request came: the connection is closed once the client has taken what is left."""
        super().timeout_keep_alive_handler()
        self._wait_for_client()

    def _wait_for_client(self) -> None:
        if self._look is None and self.transport.get_write_buffer_size():
            self._look = self.loop.call_later(self.unread_seconds, self._still_unread, self._moved())

    def _moved(self) -> tuple[int, int]:
        return self._moves, self.transport.get_write_buffer_size()

    def _still_unread(self, before: tuple[int, int]) -> None:
        self._look = None
        if self._moved() == before:
            self.transport.abort()
        else:
            self._wait_for_client()
