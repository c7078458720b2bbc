"""HTTP/1.1 where nobody is upgraded: who offers HTTP/2 or a WebSocket is answered in HTTP/1.1.

Some clients offer HTTP/2 with every request, Java's own among them. The parser ends a request that offers an upgrade
before its body, which it takes for the other protocol. So such a request is parsed anew, without its offer.
"""

from __future__ import annotations

import httptools

from hookline_gateway.pipelining_protocol import PipeliningProtocol


class DecliningProtocol(PipeliningProtocol):
    """One connection, HTTP/1.1 from its begin to its end."""

    _declining = False

    def data_received(self, data: bytes) -> None:
        """Takes what came; what is no HTTP ends the connection."""
        self._unset_keepalive_if_required()
        rest: memoryview | None = memoryview(data)
        try:
            while rest is not None:
                rest = self._feed(rest)
        except httptools.HttpParserError:
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._declining = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A request has its headers: it is answered, unless it comes once more without its offer."""
        self._declining = self.parser.should_upgrade()
        if not self._declining:
            super().on_headers_complete()
        elif self.parser.get_method() == b"CONNECT":
            raise ValueError("a tunnel is no upgrade that could be declined")

    def on_message_complete(self) -> None:
        """A request has ended."""
        if not self._declining:
            super().on_message_complete()

    def _feed(self, data: memoryview) -> memoryview | None:
        """Parses up to the end of the data, or of a request's headers that hold an offer: what follows these."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._parse_without_offer()
            return data[offer.args[0] :]
        return None

    def _parse_without_offer(self) -> None:
        version = self.parser.get_http_version().encode()
        head = [b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, version)]
        head += (b"%b: %b" % pair for pair in self.headers if pair[0] != b"upgrade")
        self.parser = httptools.HttpRequestParser(self)
        # As uvicorn's own parser: what follows a request with Connection: close does not undo its answer.
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.parser.feed_data(b"\r\n".join([*head, b"", b""]))
