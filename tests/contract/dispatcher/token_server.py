"""A token server on loopback (RFC 6749, section 4.4): keeps who asked and answers as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs


class TokenServer:
    """Gives tokens by number, or the one that is set; `wrong` has it answer something else."""

    def __init__(self) -> None:
        self.given = 0
        self.token = ""
        self.wrong: bytes | None = None
        self.port = 0
        self.asked: list[tuple[str, dict[str, list[str]]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                body = await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r\n")[0]))
                self.asked.append((head, parse_qs(body.decode())))
                self.given += 1
                token = {
                    "access_token": self.token or f"token-{self.given}",
                    "token_type": "bearer",
                    "expires_in": 3600,
                }
                content = json.dumps(token).encode()
                granted = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content)
                writer.write(granted if self.wrong is None else self.wrong)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def token_server() -> AsyncIterator[TokenServer]:
    """One that listens."""
    made = TokenServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
