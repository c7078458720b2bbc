"""A real HTTP receiver on loopback: keeps what came and answers as it is told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

BOUND = 10.0


@dataclass(frozen=True, slots=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"


@dataclass
class Receiver:
    """``answer`` gives status and further header lines; ``gate`` holds answers back while it is closed."""

    answer: Callable[[Received], tuple[int, str]] = lambda _: (200, "")
    received: list[Received] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    connections: set[asyncio.StreamWriter] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?k=v"

    async def until(self, number: int) -> list[Received]:
        """What came, once there are that many."""
        await until(lambda: len(self.received) >= number)
        return self.received

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                self.received.append(request)
                await self.gate.wait()
                status, more = self.answer(request)
                writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: 2\r\n{more}\r\nok".encode())
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.connections.discard(writer)


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = first.split(" ")
    return Received(path, headers, body, method)


@asynccontextmanager
async def receiving(
    answer: Callable[[Received], tuple[int, str]] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver() if answer is None else Receiver(answer)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        receiver.gate.set()
        server.close()
        for writer in receiver.connections:
            writer.close()
        await until(lambda: not receiver.connections)


async def until(condition: Callable[[], bool]) -> None:
    """Waits for a condition to hold."""
    async with asyncio.timeout(BOUND):
        while not condition():
            await asyncio.sleep(0.002)
