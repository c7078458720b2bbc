"""What publishing came to so far, with a progress bar on a terminal."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from hookline_cli.publishing.batches import Refused
from hookline_cli.publishing.stream import Settled

SHOWN_REFUSALS = 100


class Tally:
    """Counts what was settled, tells each refusal, and moves the bar; a context manager.

    The bar is drawn on standard error and only where that is a terminal; total is None where it is not known.
    """

    def __init__(self, notes: Console, total: int | None, tell: Callable[[Refused], None]) -> None:
        self.taken = self.duplicates = self.deliveries = self.failed = 0
        self._tell = tell
        self._start = time.monotonic()
        columns = [TextColumn("publishing"), BarColumn(), TaskProgressColumn(), MofNCompleteColumn()]
        self._bar = Progress(
            *columns,
            TextColumn("{task.fields[rate]}/s"),
            TimeElapsedColumn(),
            console=notes,
            disable=not notes.is_terminal,
        )
        self._task = self._bar.add_task("", total=total, rate="0")

    def __enter__(self) -> "Tally":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def settle(self, settled: Settled) -> None:
        """Adds one answer."""
        self.taken += settled.taken
        self.duplicates += settled.duplicates
        self.deliveries += settled.deliveries
        for refused in settled.refused:
            self.failed += 1
            if self.failed <= SHOWN_REFUSALS:
                self._tell(refused)
        self._bar.update(self._task, completed=self.taken + self.failed, rate=f"{self.rate():,.0f}")

    def rate(self) -> float:
        """Events taken per second so far."""
        return self.taken / max(time.monotonic() - self._start, 1e-6)

    def summary(self) -> dict[str, Any]:
        """The counts as JSON."""
        return {
            "published": self.taken,
            "duplicates": self.duplicates,
            "failed": self.failed,
            "deliveries": self.deliveries,
            "seconds": round(time.monotonic() - self._start, 3),
            "events_per_second": round(self.rate(), 1),
        }

    def sentence(self) -> Text:
        """The counts for a person."""
        text = Text(f"{self.taken} published, {self.deliveries} deliveries, {self.rate():,.0f} events/s")
        if self.duplicates:
            text.append(f", {self.duplicates} were there already")
        if self.failed:
            text.append(f", {self.failed} refused", style="red")
        return text
