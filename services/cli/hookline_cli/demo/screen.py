"""What a person sees while the demo runs: a table that moves on a terminal, elsewhere a line now and then."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.live import Live
from rich.table import Table

from hookline_cli.output import Output

_NOTE_SECONDS = 5.0


@contextmanager
def screen(output: Output, table: Callable[[], Table], progress: Callable[[], str]) -> Iterator[Callable[[], None]]:
    """Yields what shows the next frame; call it as often as things change."""
    console = output.console
    if output.json or not console.is_terminal or console.is_dumb_terminal:
        yield _notes(output, progress)
        return
    with Live(table(), console=console, auto_refresh=False, transient=True) as live:
        yield lambda: live.update(table(), refresh=True)


def _notes(output: Output, progress: Callable[[], str]) -> Callable[[], None]:
    due = time.monotonic() + _NOTE_SECONDS

    def frame() -> None:
        nonlocal due
        if time.monotonic() >= due:
            due += _NOTE_SECONDS
            output.note(progress())

    return frame
