"""Reading answers off a connection's bytes, HTTP/1.1 (RFC 9112), without any I/O.

However the bytes are cut into pieces, the result is the same, and what is held of an answer is bounded. The parser is
llhttp in its strict mode: what it calls malformed is malformed, no leniency is switched on.
"""

import httptools

from .limits import Limits
from .model import Answered

_OPENING = b"HTTP/1."
_HEADER_OVERHEAD = 4  # colon, blank and line end
_STATUS_WITHOUT_BODY = frozenset((204, 304))


class Malformed(Exception):
    """The bytes are not an HTTP answer; the text is fit for the customer."""


class _Enough(Exception):
    """The parser is to stop: the answer is complete as far as it is read."""


class HeadTooLarge(Exception):
    """The head of the answer is larger than is read."""


class ResponseReader:
    """Reads one answer after another: `expect`, then `feed` until it says True or `end` decides."""

    __slots__ = (
        "_body",
        "_cut",
        "_ended",
        "_head_bytes",
        "_head_done",
        "_head_measured",
        "_headers",
        "_interim",
        "_interim_size",
        "_keep_alive",
        "_limits",
        "_no_body",
        "_opened",
        "_opening",
        "_parser",
        "_pieces",
        "_room",
        "_seen",
        "_status",
        "complete",
        "reusable",
    )

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parser = httptools.HttpResponseParser(self)
        self.expect(no_body=False)

    def expect(self, *, no_body: bool) -> None:
        """Get ready for the next answer; `no_body` says that its request was HEAD."""
        self.complete = self.reusable = False
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._room = self._limits.body_kept
        self._cut = self._head_done = self._head_measured = self._ended = self._keep_alive = self._opened = False
        self._opening = b""
        self._head_bytes = self._interim = self._interim_size = self._pieces = self._seen = self._status = 0
        self._no_body = no_body

    @property
    def untouched(self) -> bool:
        """Whether no byte of the answer has come yet."""
        return self._seen == 0

    def feed(self, data: bytes) -> bool:
        """Take the next bytes and say whether the answer is complete; `reusable` then says if the connection is.

        Raises Malformed, HeadTooLarge.
        """
        if not self._opened:
            if self._seen or not data.startswith(_OPENING):
                self._check_opening(data)
            else:
                self._opened = True
        self._seen += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._stop(error)
        if self._seen > self._limits.head_read:
            self._check_size()
        return self.complete

    def end(self) -> bool:
        """Say whether the answer is complete now that the connection has ended: one without a length is."""
        if not self._head_done or self.complete:
            return self.complete
        names = {name.lower(): value for name, value in self._headers}
        coding = names.get(b"transfer-encoding")
        if coding is not None:
            self.complete = coding.rpartition(b",")[2].strip().lower() != b"chunked"
        else:
            self.complete = b"content-length" not in names
        return self.complete

    def answer(
        self, latency: int, connect_latency: int | None = None, first_byte_latency: int | None = None
    ) -> Answered:
        """Return the complete answer as it is reported."""
        headers = self._headers
        if self._seen > self._limits.head_kept:
            headers = self._kept_headers()
        lowered = tuple([(name.lower(), value) for name, value in headers])
        body, head_cut = b"".join(self._body), len(headers) < len(self._headers)
        return Answered(self._status, lowered, body, self._cut, latency, connect_latency, first_byte_latency, head_cut)

    def _check_opening(self, data: bytes) -> None:
        opening = self._opening = self._opening + data[: len(_OPENING)]
        if opening.startswith(_OPENING):
            self._opened = True
        elif not _OPENING.startswith(opening):
            raise Malformed("the receiver's answer is not HTTP/1.1")

    def _stop(self, error: Exception) -> None:
        self.reusable = False
        cause = error.__context__
        if isinstance(cause, Malformed):
            raise cause
        if not self.complete:
            raise Malformed("the receiver's answer is not valid HTTP") from None

    def _check_size(self) -> None:
        limits = self._limits
        if not self._head_done:
            self._head_bytes = self._seen
        elif not self._head_measured:  # once: a body may come in a million pieces
            self._head_bytes = self._head_size()
            self._head_measured = True
        if self._head_bytes > limits.head_read:
            raise HeadTooLarge
        if not self.complete and self._seen > self._head_bytes + limits.body_read:
            self.complete = self._cut = True
            self.reusable = False

    def _head_size(self) -> int:
        return self._interim_size + sum(len(name) + len(value) + _HEADER_OVERHEAD for name, value in self._headers)

    def _kept_headers(self) -> list[tuple[bytes, bytes]]:
        room = self._limits.head_kept
        kept = []
        for name, value in self._headers:
            room -= len(name) + len(value) + _HEADER_OVERHEAD
            if room < 0:
                break
            kept.append((name, value))
        return kept

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Take note of bytes after a complete answer: nobody asked for them."""
        if self.complete:
            self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; those after the body (trailers) are left out."""
        if not self._head_done:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Decide whether a body follows."""
        if self.complete:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self._count_interim(status)
            return
        self._status = status
        self._head_done = True
        self._keep_alive = self._parser.should_keep_alive()
        self.complete = self._no_body or status in _STATUS_WITHOUT_BODY
        if self._no_body and not self._says_empty(status):
            # The parser waits for a body that is not to come: what comes in its place, nobody asked for.
            self._keep_alive = False

    def on_body(self, data: bytes) -> None:
        """Keep what there is room for."""
        if self.complete:
            self.reusable = False
            return
        self._pieces += 1
        if self._pieces > self._limits.body_pieces:
            # Each costs a call: a megabyte of them, a byte each, would hold up everybody for a tenth of a second.
            self.complete = self._cut = True
            self.reusable = False
            raise _Enough
        room = self._room
        if len(data) > room:
            self._cut = True
            data = data[:room]
        if data:
            self._body.append(data)
            self._room = room - len(data)

    def on_message_complete(self) -> None:
        """Complete the answer, or go on to the next where this one was interim."""
        if self._head_done and not self._ended:
            self.complete = self._ended = True
            self.reusable = self._keep_alive

    def _says_empty(self, status: int) -> bool:
        """Whether the head says that no body follows, also where its request was not HEAD."""
        lengths = [value for name, value in self._headers if name.lower() == b"content-length"]
        return status in _STATUS_WITHOUT_BODY or lengths == [b"0"]

    def _count_interim(self, status: int) -> None:
        self._interim += 1
        if status < 100 or status == 101:
            raise Malformed("the receiver's answer has a status that was not asked for")
        if self._interim > self._limits.interim_answers:
            raise Malformed("the receiver sent too many interim answers")
        self._interim_size = self._head_size()
        self._headers.clear()
