"""The publishing streams together: how many there are, and how much memory their batches may take up.

A part of the room before the commit is never taken by streams, so that single requests, which do not wait, find some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from hookline_runtime.budget import Budget
from hookline_runtime.errors import ResourceExhausted

MIB = 1024 * 1024
MOST = 32
"""Streams in all."""
MOST_OF_ONE = 8
"""Streams opened with one key."""
RETRY_SECONDS = 5.0
PARSED = 4 * MIB
"""Bytes, as they came, of the batches that are parsed and checked at once."""
UNCOMMITTED = 24 * MIB
"""Bytes of the batches that wait for their commit."""


class Streams:
    """Counts the streams that are open, and what they hold."""

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._open: Counter[str] = Counter()
        self.parsed = Budget(PARSED)
        self.uncommitted = Budget(UNCOMMITTED)

    @contextmanager
    def entered(self, key: str) -> Iterator[None]:
        """Counts one more for as long as it is held; ``key`` is the application id that opened it.

        Raises:
            ResourceExhausted: there are too many already.
        """
        if self._open[key] >= self._most_of_one:
            raise ResourceExhausted("this key has too many publishing streams open", RETRY_SECONDS, "streams of a key")
        if self._open.total() >= self._most:
            raise ResourceExhausted("too many publishing streams are open", RETRY_SECONDS, "streams")
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
