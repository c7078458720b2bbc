"""What a person sees while the demo runs: tables that move on a terminal, elsewhere a line now and then."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import RenderableType
from rich.live import Live

from hookline_cli.output import Output

_NOTE_SECONDS = 5.0


@contextmanager
def screen(
    output: Output, tables: Callable[[], RenderableType], progress: Callable[[], str]
) -> Iterator[Callable[[], None]]:
    """Yields what shows the next frame; call it as often as things change."""
    console = output.console
    if output.json or not console.is_terminal or console.is_dumb_terminal:
        yield _notes(output, progress)
        return
    with Live(tables(), console=console, auto_refresh=False, transient=True) as live:
        yield lambda: live.update(tables(), refresh=True)


def _notes(output: Output, progress: Callable[[], str]) -> Callable[[], None]:
    due = time.monotonic() + _NOTE_SECONDS

    def frame() -> None:
        nonlocal due
        if time.monotonic() >= due:
            due += _NOTE_SECONDS
            output.note(progress())

    return frame
