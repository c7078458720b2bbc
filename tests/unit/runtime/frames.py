"""A client of HTTP/2 that sends whatever frames it is told to, which no library of gRPC would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.unit.runtime.rig import BOUND

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 3, 4, 6, 7, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
CANCEL, REFUSED_STREAM, ENHANCE_YOUR_CALM = 8, 7, 11


@dataclass(frozen=True)
class Frame:
    kind: int
    flags: int
    stream: int
    payload: bytes = b""

    def __bytes__(self) -> bytes:
        head = len(self.payload).to_bytes(3, "big") + bytes((self.kind, self.flags))
        return head + self.stream.to_bytes(4, "big") + self.payload


def field(name: str, value: str) -> bytes:
    """A header as it is, neither compressed nor remembered (RFC 7541, 6.2.2)."""
    return b"\0" + b"".join(_length(len(each)) + each.encode() for each in (name, value))


def _length(number: int) -> bytes:
    if number < 127:
        return bytes((number,))
    number -= 127
    rest = bytearray()
    while number >= 128:
        rest.append(number % 128 | 128)
        number //= 128
    return bytes((127, *rest, number))


def headers(stream: int, path: str, *more: tuple[str, str], flags: int = END_HEADERS) -> Frame:
    """The begin of a call, which is all that comes of it."""
    fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"), ("te", "trailers")]
    block = b"".join(field(*each) for each in (*fields, ("content-type", "application/grpc"), *more))
    return Frame(HEADERS, flags, stream, block)


def reset(stream: int) -> Frame:
    return Frame(RESET, 0, stream, CANCEL.to_bytes(4, "big"))


class Wire:
    """A connection that has been greeted."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, frames: Iterable[Frame]) -> bool:
        """Sends them; whether the server still takes any."""
        try:
            for number, frame in enumerate(frames):
                self._writer.write(bytes(frame))
                if number % 100 == 99:
                    await self._writer.drain()
            await self._writer.drain()
        except ConnectionError:
            return False
        return True

    async def until(self, kind: int, stream: int = 0, flags: int = 0) -> Frame | None:
        """The next frame of a kind, on a stream and with flags; None where the connection ends before."""
        try:
            async with asyncio.timeout(BOUND):
                while True:
                    frame = await self._read()
                    if (frame.kind, frame.stream, frame.flags & flags) == (kind, stream, flags):
                        return frame
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def acknowledge(self) -> None:
        """Acknowledges the server's settings, which from then on hold."""
        await self.until(SETTINGS)
        await self.send([Frame(SETTINGS, ACK, 0)])

    async def answered(self) -> bool:
        """Whether the server has read all that was sent and still talks."""
        if not await self.send([Frame(SETTINGS, 0, 0)]):
            return False
        return await self.until(SETTINGS, flags=ACK) is not None

    async def _read(self) -> Frame:
        head = await self._reader.readexactly(9)
        payload = await self._reader.readexactly(int.from_bytes(head[:3], "big"))
        return Frame(head[3], head[4], int.from_bytes(head[5:], "big"), payload)


@asynccontextmanager
async def wire(port: int) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(PREFACE + bytes(Frame(SETTINGS, 0, 0)))
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
