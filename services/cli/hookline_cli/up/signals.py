"""Ending on SIGTERM, SIGINT and a terminal that goes away: the first signal asks, each further one insists."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
        # What is ignored from the start stays so: that is how `nohup` asks to outlive the terminal.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, cancel)
    try:
        await task
    except asyncio.CancelledError:
        if not signalled.is_set():
            raise
