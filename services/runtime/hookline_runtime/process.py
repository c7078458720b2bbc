"""A service as a process: its event loop, the signals that end it, and the parent it must not outlive.

SIGTERM and SIGINT ask it to stop, a second one ends it at once. When ``HOOKLINE_PARENT_PIPE`` holds
the number of a file descriptor, the process also stops once that pipe closes: its parent keeps the
other end open and never writes, so the pipe closes with the parent, however that ends. This needs
nothing but pipes, and no other process can be taken for a parent that is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
import uvloop

PARENT_PIPE = "HOOKLINE_PARENT_PIPE"
SIGNALS = (signal.SIGTERM, signal.SIGINT)

_log = structlog.get_logger(__name__)


class Stop:
    """The wish that this process stop; set once, with the first reason."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.reason = ""

    def request(self, reason: str) -> None:
        """Asks the process to stop."""
        if not self._event.is_set():
            self.reason = reason
            self._event.set()
            _log.info("stopping", reason=reason)

    @property
    def requested(self) -> bool:
        """Whether somebody has asked."""
        return self._event.is_set()

    async def wait(self) -> str:
        """Waits until somebody asks; the reason."""
        await self._event.wait()
        return self.reason


Main = Callable[[Stop], Coroutine[Any, Any, int | None]]


def run(main: Main) -> int:
    """Runs ``main`` on a fresh event loop until it returns; its exit status, 0 for None.

    ``main`` is given the ``Stop`` that signals and the parent's end set; it has to heed it.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_watched(main)) or 0


def refuse(error: Exception) -> None:
    """Says on standard error why the process does not start; to nobody where that cannot be written."""
    with contextlib.suppress(OSError):
        print(error, file=sys.stderr)


def flush() -> None:
    """Writes what standard output and error still hold and drops what cannot be written.

    Python would try it again as it ends, and make of any exit status 120.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


async def _watched(main: Main) -> int | None:
    stop = Stop()
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, _on_signal, stop, number)
    pipe = os.environ.pop(PARENT_PIPE, None)  # children of ours have another parent
    transport = await _watch_parent(int(pipe), stop) if pipe else None
    try:
        return await main(stop)
    finally:
        if transport is not None:
            transport.close()
        for number in SIGNALS:
            loop.remove_signal_handler(number)


def _on_signal(stop: Stop, number: signal.Signals) -> None:
    if stop.requested:
        os._exit(128 + number)
    stop.request(number.name)


async def _watch_parent(descriptor: int, stop: Stop) -> asyncio.ReadTransport:
    loop = asyncio.get_running_loop()
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    transport, _ = await loop.connect_read_pipe(lambda: _ParentPipe(stop), pipe)
    return transport


class _ParentPipe(asyncio.Protocol):
    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def eof_received(self) -> None:
        self._stop.request("the parent is gone")
