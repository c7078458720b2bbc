"""A bound on how many requests a bin, and all bins together, receive at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from hookline_runtime.errors import ResourceExhausted

_RETRY_SECONDS = 1.0


class Crowd:
    """Lets in ``each`` at once for a bin, ``all_`` for all: who floods or dawdles takes the places of one bin only."""

    def __init__(self, each: int, all_: int) -> None:
        self._each = each
        self._all = all_
        self._inside: Counter[str] = Counter()

    @contextmanager
    def inside(self, bin_id: str) -> Iterator[None]:
        """One more, for as long as the block lasts.

        Raises:
            ResourceExhausted: there are as many as may be.
        """
        if self._inside[bin_id] >= self._each or self._inside.total() >= self._all:
            raise ResourceExhausted("too many requests come at once", _RETRY_SECONDS, reason="TOO_MANY_AT_ONCE")
        self._inside[bin_id] += 1
        try:
            yield
        finally:
            self._inside[bin_id] -= 1
            if not self._inside[bin_id]:
                del self._inside[bin_id]
