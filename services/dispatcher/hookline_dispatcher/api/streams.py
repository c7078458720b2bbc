"""How many streams publish at once: each may hold several megabytes before the first of its events is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from hookline_runtime.errors import ResourceExhausted

MOST = 64
"""Streams in all."""
MOST_OF_ONE = 16
"""Streams opened with one key."""
RETRY_SECONDS = 5.0


class Streams:
    """Counts the streams that are open."""

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._open: Counter[str] = Counter()

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
