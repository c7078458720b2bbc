"""How many calls are under way at once, and how many of them are of one caller."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hookline_runtime.errors import ResourceExhausted

RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Most:
    """How many calls there may be, all together and of one caller."""

    calls: int
    of_one: int


def of_keys(limit: int) -> Most:
    """For calls with a key: no key has more than three quarters, so that none shuts out the others."""
    return Most(limit, max(1, limit * 3 // 4))


def of_strangers(limit: int) -> Most:
    """For calls that ask for no key, such as health: a quarter beside the others, of one machine half of that."""
    calls = max(32, limit // 4)
    return Most(calls, calls // 2)


class UnderWay:
    """The calls under way; a caller without a name, such as another service, counts among all of them alone."""

    def __init__(self, most: Most) -> None:
        self._most = most
        self._calls = 0
        self._of_one: Counter[str] = Counter()

    def check(self) -> None:
        """Makes sure that there is room for one more call, whosever.

        Raises:
            ResourceExhausted: there is none.
        """
        if self._calls >= self._most.calls:
            raise ResourceExhausted("the server has too many calls at once", RETRY_SECONDS, "concurrent calls")

    def enter(self, caller: str) -> None:
        """Counts a call that begins; each has to ``leave``.

        Raises:
            ResourceExhausted: there is no room for it, and it does not count.
        """
        self.check()
        if caller:
            if self._of_one[caller] >= self._most.of_one:
                raise ResourceExhausted(
                    "too many calls of this caller are under way", RETRY_SECONDS, "concurrent calls of one caller"
                )
            self._of_one[caller] += 1
        self._calls += 1

    def leave(self, caller: str) -> None:
        """Counts a call no more."""
        self._calls -= 1
        if caller:
            self._of_one[caller] -= 1
            if not self._of_one[caller]:
                del self._of_one[caller]
