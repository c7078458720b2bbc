"""A bound on how many come at the same time: for each of those that they belong to, and for all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from hookline_runtime.errors import ResourceExhausted

_RETRY_SECONDS = 1.0


class Crowd:
    """Lets in ``each`` at once for one, ``all_`` for all: who floods or dawdles takes the places of one only.

    ``full`` says in words that there are no more.
    """

    def __init__(self, each: int, all_: int, full: str = "too many requests come at once") -> None:
        self._each = each
        self._all = all_
        self._full = full
        self._inside: Counter[Hashable] = Counter()

    @contextmanager
    def inside(self, whose: Hashable) -> Iterator[None]:
        """One more, for as long as the block lasts.

        Raises:
            ResourceExhausted: there are as many as may be.
        """
        if self._inside[whose] >= self._each or self._inside.total() >= self._all:
            raise ResourceExhausted(self._full, _RETRY_SECONDS, reason="TOO_MANY_AT_ONCE")
        self._inside[whose] += 1
        try:
            yield
        finally:
            self._inside[whose] -= 1
            if not self._inside[whose]:
                del self._inside[whose]
