"""Ending on SIGTERM, SIGINT and a terminal that goes away: the first signal asks, each further one insists."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from hookline_cli.failure import Interrupted

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_OUTPUTS = (1, 2)


def run_until_signalled(main: Coroutine[Any, Any, None], note: Callable[[str], None]) -> None:
    """Runs to the end; a signal cancels what runs.

    Raises Interrupted when that came before `main` was in `until_signalled`. note is called with what a person should
    know at the first signal.
    """
    asyncio.run(_run(main, note))


async def until_signalled(work: Awaitable[None]) -> None:
    """Waits for work that a signal may end at any time: from here on being signalled is a clean end."""
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def _run(main: Coroutine[Any, Any, None], note: Callable[[str], None]) -> None:
    task = asyncio.ensure_future(main)
    seen: list[signal.Signals] = []
    terminals = [each for each in _OUTPUTS if os.isatty(each)]

    def on_signal(number: signal.Signals) -> None:
        if number is signal.SIGHUP:
            _let_go(terminals)
        elif not seen:
            note("stopping: what is under way finishes first; Ctrl-C again ends it at once")
        # A terminal that closes may be told twice, by the shell and by the system: that insists on nothing.
        if not (seen and number is signal.SIGHUP):
            task.cancel()
        seen.append(number)

    loop = asyncio.get_running_loop()
    for number in _ENDING:
        # What is ignored from the start stays so: that is how `nohup` asks to outlive the terminal.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, on_signal, number)
    try:
        await task
    except asyncio.CancelledError:
        if not seen:
            raise
        raise Interrupted(seen[0]) from None


def _let_go(terminals: list[int]) -> None:
    """Sends nowhere what would go to a terminal: it is gone, and writing to it fails."""
    null = os.open(os.devnull, os.O_WRONLY)
    for each in terminals:
        os.dup2(null, each)
    os.close(null)
