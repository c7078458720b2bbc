"""A receiver for benches: answers every POST with 204 as fast as Python can, in a process of its own.

It counts requests and, where the body carries ``data[sent]`` (``time.monotonic_ns`` of the publisher), how long the
event took from there to here.
"""

import asyncio
import os
import re
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, ClassVar, cast

import uvloop

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
SENT = re.compile(rb"data%5Bsent%5D=(\d+)")
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Counting(asyncio.Protocol):
    """One connection; requests come one after the other."""

    count = 0
    latencies: ClassVar[list[int]] = []

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answers each whole request."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            found = LENGTH.search(self._buffer, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < whole:
                return
            if sent := SENT.search(self._buffer, end, whole):
                Counting.latencies.append(time.monotonic_ns() - int(sent[1]))
            self._buffer = self._buffer[whole:]
            Counting.count += 1
            self._transport.write(ANSWER)


def serve(pipe: Connection, core: int) -> None:
    """Listens until told to stop; answers "count" and "latencies" over the pipe."""
    os.sched_setaffinity(0, {core})

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Counting, "127.0.0.1", 0, backlog=4096)
        pipe.send(server.sockets[0].getsockname()[1])
        while (asked := await loop.run_in_executor(None, pipe.recv)) != "stop":
            if asked == "count":
                pipe.send(Counting.count)
            else:
                pipe.send(Counting.latencies)
                Counting.latencies = []

    uvloop.run(run())


class Receiver:
    """The receiver's process, pinned to ``core``."""

    def __init__(self, core: int) -> None:
        self._pipe, other = get_context("spawn").Pipe()
        self._process = get_context("spawn").Process(target=serve, args=(other, core), daemon=True)
        self._process.start()
        self.port: int = self._pipe.recv()

    def ask(self, what: str) -> Any:
        """``count`` or ``latencies`` (nanoseconds, since last asked)."""
        self._pipe.send(what)
        return self._pipe.recv()

    def stop(self) -> None:
        """Ends the process."""
        self._pipe.send("stop")
        self._process.join()
