"""What the writer keeps beside the file and must keep in step with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.store.happened import Happened

from .arrivals import Arrivals
from .blocks import Blocks
from .lanes import Lanes
from .log import Log
from .numbers import Numbers
from .stored import Stored
from .tally import Tally


@dataclass(slots=True)
class Memory:
    """All of it as one; ``soonest`` is the earliest ready time of a lane that this transaction touched."""

    lanes: Lanes
    log: Log
    arrivals: Arrivals
    tally: Tally
    stored: Stored
    blocks: Blocks
    numbers: Sequence[Numbers]
    now: Callable[[], int]
    soonest: int = NEVER

    def begin(self) -> None:
        """A transaction begins."""
        self.soonest = NEVER

    def flush(self) -> None:
        """Writes what is only in memory."""
        self.soonest = min(self.soonest, self.lanes.flush(self.now()))
        self.log.flush()
        self.tally.flush()
        self.stored.flush()
        self.blocks.flush()

    def committed(self) -> tuple[int, int, Happened]:
        """It was committed: when its first lane is ready, how many deliveries it called off, what happened."""
        self.lanes.committed()
        self.stored.committed()
        if self.lanes.starved and self.lanes.in_flight < self.lanes.caps.total:
            self.lanes.starved = False
            self.soonest = min(self.soonest, self.now())
        for numbers in self.numbers:
            numbers.committed()
        return self.soonest, self.log.committed(), self.tally.committed()

    def rolled_back(self) -> None:
        """It was rolled back."""
        self.lanes.rolled_back()
        self.log.rolled_back()
        self.arrivals.rolled_back()
        self.tally.rolled_back()
        self.stored.rolled_back()
        self.blocks.rolled_back()
        for numbers in self.numbers:
            numbers.rolled_back()
