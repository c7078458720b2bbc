"""A connection to a server that can be cut: a relay on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CHUNK = 65_536


@dataclass
class Relay:
    """Passes bytes on to a port of this machine while it is ``whole``."""

    to_port: int = 0
    port: int = 0
    whole: bool = True
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Breaks what there is, and lets nobody through until it is whole again."""
        self.whole = False
        for writer in self._writers:
            writer.transport.abort()

    async def took(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves a connection."""
        if not self.whole:
            writer.transport.abort()
            return
        there, to = await asyncio.open_connection("127.0.0.1", self.to_port)
        both = {writer, to}
        self._writers |= both
        try:
            await asyncio.gather(_pass_on(reader, to), _pass_on(there, writer))
        finally:
            self._writers -= both
            for each in both:
                each.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def relaying() -> AsyncIterator[Relay]:
    """A relay that runs, and lets nobody through until it is told where to and is whole."""
    relay = Relay(whole=False)
    server = await asyncio.start_server(relay.took, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        relay.cut()
        server.close()
        await server.wait_closed()
