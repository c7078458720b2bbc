"""Lines of a file or of standard input, as they come, in bounded memory.

A thread reads, because reading may block for ever; it is a daemon, so that it holds up nobody's exit.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator

from hookline_cli.event_lines import MAX_LINE_BYTES

_CHUNK_BYTES = 1 << 17
_CHUNKS_AHEAD = 4


async def chunks(descriptor: int) -> AsyncIterator[bytes]:
    """What the descriptor yields, as it comes."""
    queue: asyncio.Queue[bytes | OSError] = asyncio.Queue(_CHUNKS_AHEAD)
    arguments = (descriptor, queue, asyncio.get_running_loop())
    threading.Thread(target=_pump, args=arguments, daemon=True, name="hookline-reader").start()
    while chunk := await queue.get():
        if isinstance(chunk, OSError):
            raise chunk
        yield chunk


def _pump(descriptor: int, queue: asyncio.Queue[bytes | OSError], loop: asyncio.AbstractEventLoop) -> None:
    while True:
        chunk: bytes | OSError
        try:
            chunk = os.read(descriptor, _CHUNK_BYTES)
        except OSError as error:
            chunk = error
        put = queue.put(chunk)
        try:
            asyncio.run_coroutine_threadsafe(put, loop).result()
        except (RuntimeError, asyncio.CancelledError):
            # The loop has ended: nobody wants more.
            put.close()
            return
        if not chunk or isinstance(chunk, OSError):
            return


async def line_groups(source: AsyncIterator[bytes]) -> AsyncIterator[list[tuple[int, bytes]]]:
    """Whole lines with their numbers from 1, in groups as they arrive; blank lines are skipped.

    A line over the limit is cut to one byte more than it, so that it is refused without being kept.
    """
    number, rest = 0, b""
    async for chunk in source:
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[: MAX_LINE_BYTES + 1]
        group = [(number + index, line) for index, line in enumerate(lines, 1) if line.strip()]
        number += len(lines)
        if group:
            yield group
    if rest.strip():
        yield [(number + 1, rest)]
