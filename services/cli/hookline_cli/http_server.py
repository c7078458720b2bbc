"""A small HTTP/1.1 server on asyncio: what the sink and the metrics page stand on.

One request at a time per connection, answered in order; keep-alive, Content-Length and chunked request bodies.
A handler gets the whole request and returns the whole response. A body over the limit is answered with 413,
nonsense with 400.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import httptools

from hookline_cli.address import Address

MAX_BODY_BYTES = 8 << 20
_MAX_PENDING = 16
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are in lower case, a repeated header keeps its last value."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Response:
    """One response; Content-Length and Connection are added by the server."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Handler = Callable[[Request], Awaitable[Response]]


class _TooLarge(Exception):
    """The body is over the limit."""


class _Connection(asyncio.Protocol):
    def __init__(self, handler: Handler, connections: "set[_Connection]") -> None:
        self._handler = handler
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._requests: asyncio.Queue[tuple[Request, bool] | int] = asyncio.Queue()
        self._reset()

    def _reset(self) -> None:
        self._target = b""
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._connections.add(self)
        self._worker = asyncio.get_running_loop().create_task(self._answer_all())

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self._worker.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._requests.put_nowait(HTTPStatus.BAD_REQUEST)
        except httptools.HttpParserError as error:
            too_large = isinstance(error.__context__, _TooLarge)
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST
            self._requests.put_nowait(status)
        if self._requests.qsize() >= _MAX_PENDING:
            self.transport.pause_reading()

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        if self._headers.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > MAX_BODY_BYTES:
            raise _TooLarge

    def on_message_complete(self) -> None:
        method, target = self._parser.get_method().decode(), self._target.decode("latin-1")
        request = Request(method, target, self._headers, bytes(self._body))
        self._requests.put_nowait((request, self._parser.should_keep_alive()))
        self._reset()

    async def _answer_all(self) -> None:
        while True:
            item = await self._requests.get()
            if isinstance(item, int):
                self._write(Response(item), "GET", False)
                return
            request, keep_alive = item
            response = await self._handler(request)
            self._write(response, request.method, keep_alive)
            if not keep_alive:
                return
            if self._requests.empty():
                self.transport.resume_reading()

    def _write(self, response: Response, method: str, keep_alive: bool) -> None:
        bodiless = response.status in (204, 304)
        lines = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, 'Unknown')}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if not bodiless:
            lines.append(f"content-length: {len(response.body)}")
        if not keep_alive:
            lines.append("connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.transport.write(head if bodiless or method == "HEAD" else head + response.body)
        if not keep_alive:
            self.transport.close()


class HttpServer:
    """Listens on an address and gives every request to a handler; use as an asynchronous context manager."""

    def __init__(self, handler: Handler, listen: Address) -> None:
        self._handler = handler
        self._listen = listen
        self._connections: set[_Connection] = set()

    async def __aenter__(self) -> "HttpServer":
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Begins to listen; raises OSError when the address is taken."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Connection(self._handler, self._connections), self._listen.host, self._listen.port
        )

    @property
    def address(self) -> Address:
        """Where it listens, with the real port."""
        host, port = self._server.sockets[0].getsockname()[:2]
        return Address(str(host), int(port))

    async def close(self) -> None:
        """Stops listening and closes every connection."""
        self._server.close()
        for connection in list(self._connections):
            connection.transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self._server.wait_closed()
