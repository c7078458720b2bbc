"""The publishing streams together: how many there are, and how much memory their batches may take up.

A part of the room before the commit is never taken by streams, so that single requests, which do not wait, find some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from hookline_runtime.budget import Budget
from hookline_runtime.errors import ResourceExhausted

Counted = TypeVar("Counted")

MIB = 1024 * 1024
MOST = 32
"""Streams in all."""
MOST_OF_ONE = 8
"""Streams opened with one key."""
MOST_OF_ACCOUNT = MOST // 2
"""Streams opened with the keys of one account, however many it has: others find half of all places free of it."""
RETRY_SECONDS = 5.0
PARSED = 4 * MIB
"""Bytes, as they came, of the batches that are parsed and checked at once."""
UNCOMMITTED = 24 * MIB
"""Bytes of the batches that wait for their commit."""


class Streams:
    """Counts the streams that are open, and what they hold."""

    def __init__(
        self, most: int = MOST, most_of_one: int = MOST_OF_ONE, most_of_account: int = MOST_OF_ACCOUNT
    ) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._most_of_account = most_of_account
        self._open: Counter[str] = Counter()
        self._of_accounts: Counter[int] = Counter()
        self.parsed = Budget(PARSED)
        self.uncommitted = Budget(UNCOMMITTED)

    @contextmanager
    def entered(self, key: str, account_id: int) -> Iterator[None]:
        """Counts one more for as long as it is held.

        Args:
            key: The application id that opened it.
            account_id: Whose key it is; 0 for an operator's, which is bounded by itself and in all alone.

        Raises:
            ResourceExhausted: there are too many already.
        """
        if self._open[key] >= self._most_of_one:
            raise ResourceExhausted("this key has too many publishing streams open", RETRY_SECONDS, "streams of a key")
        if account_id and self._of_accounts[account_id] >= self._most_of_account:
            raise ResourceExhausted(
                "this account has too many publishing streams open", RETRY_SECONDS, "streams of an account"
            )
        if self._open.total() >= self._most:
            raise ResourceExhausted("too many publishing streams are open", RETRY_SECONDS, "streams")
        self._open[key] += 1
        self._of_accounts[account_id] += 1
        try:
            yield
        finally:
            _take_away(self._open, key)
            _take_away(self._of_accounts, account_id)


def _take_away(counts: Counter[Counted], one: Counted) -> None:
    counts[one] -= 1
    if not counts[one]:
        del counts[one]
