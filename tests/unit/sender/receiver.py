"""A receiver that misbehaves as told: real sockets, one script per connection."""

import asyncio
import contextlib
import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from hookline_dispatcher.sender.model import Endpoint, Outgoing

BOUND = 10.0  # seconds a test waits for anything
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


@dataclass
class Visit:
    """One connection, as a script sees it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    receiver: "Receiver"

    async def read_request(self) -> bytes | None:
        """Read and record one whole request; None when the sender has gone."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await self.reader.readexactly(int(length[1])) if length else b""
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        self.receiver.requests.append(head + body)
        return head + body

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self) -> None:
        """Wait until the sender has closed the connection."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65536):
                pass

    def reset(self) -> None:
        """Close with RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Visit], Awaitable[None]]


@dataclass
class Receiver:
    """Where the scripted receiver listens and what it saw."""

    endpoint: Endpoint
    requests: list[bytes] = field(default_factory=list)
    visits: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)  # set when a connection has ended

    def request(self, method: bytes = b"POST", body: bytes = b"{}", target: bytes = b"/hook") -> Outgoing:
        headers = [(b"webhook-id", b"msg_1"), (b"user-agent", b"test")]
        return Outgoing(method, self.endpoint, target, headers, body)


@contextlib.asynccontextmanager
async def receiving(
    *scripts: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Receiver]:
    """Run a receiver whose n-th connection follows the n-th script, and the last script from then on."""
    running: set[asyncio.Task[None]] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        script = scripts[min(receiver.visits, len(scripts) - 1)]
        receiver.visits += 1
        try:
            await script(Visit(reader, writer, receiver))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            running.discard(task)
            writer.close()
            receiver.ended.set()

    server = await asyncio.start_server(visit, host, 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    receiver = Receiver(Endpoint("https" if tls else "http", host, port))
    try:
        yield receiver
    finally:
        server.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def eventually(condition: Callable[[], bool]) -> None:
    """Return when `condition` holds; a bound keeps a broken test from hanging."""
    async with asyncio.timeout(BOUND):
        while not condition():
            await asyncio.sleep(0.001)


# Scripts.


def answers(*pieces: bytes) -> Script:
    """Answer every request with `pieces`, each its own write."""

    async def script(visit: Visit) -> None:
        while await visit.read_request() is not None:
            for piece in pieces:
                await visit.write(piece)

    return script


def answers_and_closes(*pieces: bytes) -> Script:
    """Answer one request, then close."""

    async def script(visit: Visit) -> None:
        await visit.read_request()
        for piece in pieces:
            await visit.write(piece)

    return script


def answers_and_resets(data: bytes) -> Script:
    """Answer one request, then reset the connection once the sender has had the bytes."""

    async def script(visit: Visit) -> None:
        await visit.read_request()
        await visit.write(data)
        await asyncio.sleep(0.05)  # an RST overtakes what has not been read
        visit.reset()

    return script


async def resets(visit: Visit) -> None:
    """Reset the connection after the request."""
    await visit.read_request()
    visit.reset()


async def stays_silent(visit: Visit) -> None:
    """Read and never answer."""
    await visit.gone()


async def drips(visit: Visit) -> None:
    """Send an answer without end, a byte at a time."""
    await visit.read_request()
    await visit.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        await visit.write(b"a")
        await asyncio.sleep(0.01)


async def floods_head(visit: Visit) -> None:
    """Send headers without end."""
    await visit.read_request()
    await visit.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        await visit.write(b"X-Padding: " + b"a" * 1000 + b"\r\n")


async def floods_body(visit: Visit) -> None:
    """Send a body without end."""
    await visit.read_request()
    await visit.write(b"HTTP/1.1 201 Created\r\n\r\n")
    while True:
        await visit.write(b"b" * 65536)


async def floods_chunks(visit: Visit) -> None:
    """Send the smallest chunks without end."""
    await visit.read_request()
    await visit.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await visit.write(b"1\r\nc\r\n" * 1000)


async def floods_interim(visit: Visit) -> None:
    """Send interim answers without end."""
    await visit.read_request()
    while True:
        await visit.write(b"HTTP/1.1 102 Processing\r\n\r\n")


async def answers_before_reading(visit: Visit) -> None:
    """Refuse a large request as soon as its head is there, without reading its body."""
    await visit.reader.readuntil(b"\r\n\r\n")
    await visit.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
    await visit.gone()


def sequence(*scripts: Sequence[bytes]) -> Script:
    """Answer the n-th request of a connection with the n-th pieces, then close."""

    async def script(visit: Visit) -> None:
        for pieces in scripts:
            if await visit.read_request() is None:
                return
            for piece in pieces:
                await visit.write(piece)

    return script
