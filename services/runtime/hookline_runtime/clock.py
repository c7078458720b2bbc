"""Time as the services count it: whole microseconds since the epoch, in UTC.

Who needs the time is given a ``Clock``, so that a test can hold it still.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol


def now() -> int:
    """The wall clock's time in microseconds since the epoch."""
    return time.time_ns() // 1000


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> int:
        """The time in microseconds since the epoch."""
        ...


class SystemClock:
    """The wall clock."""

    def now(self) -> int:
        """The time in microseconds since the epoch."""
        return now()


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until it is set, for tests."""

    time: int = 0

    def now(self) -> int:
        """The time in microseconds since the epoch, as last set."""
        return self.time
