"""HTTP/1.1 with bounds on what is no body: the time of a request's headers, and the size of all that is around a body.

Without them a client that sends a byte now and then, or headers or trailers without end, holds a connection or memory
for nothing. The body itself is not bounded here: whoever answers does that, and streams last. What is refused here is
answered by a status alone, with the headers that every answer has.
"""

from __future__ import annotations

import asyncio

from hookline_gateway.security_headers import EVERY_ANSWER
from hookline_gateway.unread_protocol import UnreadProtocol

MOST_HEADER_BYTES = 64 * 1024
_TOO_LARGE = b"431 Request Header Fields Too Large"
_HEADERS = "".join(f"{name}: {value}\r\n" for name, value in EVERY_ANSWER.items()).encode()


class BoundedProtocol(UnreadProtocol):
    """One connection: within ``seconds`` of its begin, or of a request's first byte, the headers have ended."""

    seconds = 10.0

    _deadline: asyncio.TimerHandle | None = None
    _in_headers = False
    _in_request = False
    _piece_bytes = 0
    _first_bytes = 0
    _counts = False
    _bare_bytes = 0
    _status = b"400 Bad Request"

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes what came; where no request is being answered, it must soon become one."""
        if self._idle():
            self._wait()
        self._piece_bytes = len(data)
        self._counts = True
        super().data_received(data)
        if self._counts and self._in_request:
            self._bare_bytes += len(data)
            if self._bare_bytes > MOST_HEADER_BYTES:
                self._refuse(_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_headers = self._in_request = True
        self._first_bytes = self._piece_bytes
        self._begin_to_count()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A request is one: whoever answers it bounds it."""
        # Most come in pieces that hold together less than all of them may be.
        pieces = self._first_bytes + self._bare_bytes + self._piece_bytes
        if pieces > MOST_HEADER_BYTES and self._head_bytes() > MOST_HEADER_BYTES:
            self._status = _TOO_LARGE
            raise ValueError("the headers are too large")
        self._in_headers = False
        self._wait_no_more()
        super().on_headers_complete()
        if not self._declining:
            self.headers = []  # trailers come as headers do, and are nobody's

    def on_body(self, body: bytes) -> None:
        """A part of the body, whose size is bounded by whoever reads it."""
        self._begin_to_count()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Nothing more of the request comes: uvicorn itself bounds how long the next one may take to begin."""
        super().on_message_complete()
        self._in_request = False
        self._wait_no_more()

    def send_400_response(self, msg: str) -> None:
        """Refuses what is no HTTP; uvicorn's words say no more than the status."""
        self._refuse(self._status)

    def _begin_to_count(self) -> None:
        # Of a piece in which a request or a part of a body begins, nobody says how much is neither.
        self._counts = False
        self._bare_bytes = 0

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self._too_late)

    def _wait_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        if not self._idle():
            return  # a request that was sent before is still answered; what comes after it will be waited for anew
        if self._in_headers:
            self._refuse(b"408 Request Timeout")
        else:
            self.transport.close()

    def _refuse(self, status: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._unanswered():
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\n" + _HEADERS + b"connection: close\r\ncontent-length: 0\r\n\r\n"
            )
        self.transport.close()

    def _unanswered(self) -> bool:
        """Whether an answer that is written now would stand in no other."""
        return self._idle() or not (self.pipeline or self.cycle.response_started)


def bounded(seconds: float, unread_seconds: float) -> type[BoundedProtocol]:
    """The protocol with so many seconds for the headers of a request, and for a client that takes nothing."""
    return type("BoundedProtocol", (BoundedProtocol,), {"seconds": seconds, "unread_seconds": unread_seconds})
