"""Acks that a client has not read yet: in memory up to a bound, then in a temporary file.

Most clients of HTTP send their whole body before they read the first byte of the answer. If acks could
not wait anywhere, both sides would in the end wait for each other (ADR 16).
"""

from __future__ import annotations

import asyncio
from tempfile import SpooledTemporaryFile

IN_MEMORY = 1 << 20
ON_DISK = 1 << 28
_PIECE = 1 << 16


class AckSpool:
    """Bytes in at one end, pieces of them out at the other; for one writer and one reader."""

    def __init__(self, in_memory: int = IN_MEMORY, most: int = ON_DISK) -> None:
        self._file = SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115 - close() closes it
        self._most = most
        self._read = 0
        self._written = 0
        self._ended = False
        self._changed = asyncio.Event()

    async def put(self, data: bytes) -> None:
        """Adds bytes; waits while as many as there may be are unread."""
        while self._written - self._read > self._most:
            await self._change()
        self._file.seek(self._written)
        self._file.write(data)
        self._written += len(data)
        self._changed.set()

    def end(self) -> None:
        """Says that nothing more comes."""
        self._ended = True
        self._changed.set()

    async def get(self) -> bytes:
        """The next bytes; none once all that came was read and nothing more comes."""
        while self._read == self._written:
            if self._ended:
                return b""
            await self._change()
        self._file.seek(self._read)
        piece = self._file.read(min(_PIECE, self._written - self._read))
        self._read += len(piece)
        if self._read == self._written:
            self._file.seek(0)
            self._file.truncate()
            self._read = self._written = 0
        self._changed.set()
        return piece

    def close(self) -> None:
        """Lets go of what is left."""
        self._file.close()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
