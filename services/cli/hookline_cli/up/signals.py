"""Ending on SIGTERM and SIGINT: the first one asks, each further one insists."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

_ENDING = (signal.SIGINT, signal.SIGTERM)


def run_until_signalled(main: Coroutine[Any, Any, None]) -> None:
    """Runs to the end; a signal cancels what runs, and that counts as a clean end."""
    asyncio.run(_run(main))


async def _run(main: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(main)
    signalled = asyncio.Event()

    def cancel() -> None:
        signalled.set()
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, cancel)
    try:
        await task
    except asyncio.CancelledError:
        if not signalled.is_set():
            raise
