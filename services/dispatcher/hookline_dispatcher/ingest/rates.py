"""How many events an account may publish in a second. Pure: time is an argument.

An account has an allowance that fills up to ``burst`` at its rate. A batch is taken while anything is left, however
large it is, and what it takes beyond that is owed: so no batch is too large ever to be taken, and on average the rate
holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hookline_runtime.errors import ResourceExhausted

MOST_ACCOUNTS = 10_000
_TINY = 1e-6
"""Sums of fractions are off by less."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Events a second, and how many at once after a quiet time; 0 a second stands for any number."""

    per_second: float = 0.0
    burst: int = 1


class _OfAccount(Protocol):
    @property
    def account_id(self) -> int: ...


class _Published(Protocol):
    @property
    def event(self) -> _OfAccount: ...


class PublishRates:
    """The allowances of accounts; who has used up nothing costs nothing."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full: dict[int, float] = {}
        """When the allowance of an account is full again, in seconds."""

    def take(self, publications: Sequence[_Published], now: float) -> None:
        """Counts a batch at ``now``, in seconds.

        Raises:
            ResourceExhausted: an account in it has used up its allowance; nothing is counted.
        """
        rate = self._rate
        asked: dict[int, int]
        if not rate.per_second or not publications:
            return
        if len(publications) == 1:  # by far the most, and counting takes longer than all the rest
            asked = {publications[0].event.account_id: 1}
        else:
            asked = Counter([each.event.account_id for each in publications])
        span = rate.burst / rate.per_second
        for account_id in asked:
            late = self._full.get(account_id, now) - now - span
            if late >= -_TINY:
                raise ResourceExhausted(
                    f"the account may publish {rate.per_second:g} events a second",
                    max(late, 1 / rate.per_second),
                    "events published per second",
                    reason="PUBLISH_RATE_EXCEEDED",
                    metadata={"account_id": str(account_id)},
                )
        for account_id, number in asked.items():
            self._full[account_id] = max(self._full.get(account_id, now), now) + number / rate.per_second
        if len(self._full) > MOST_ACCOUNTS:
            self._full = {account_id: full for account_id, full in self._full.items() if full > now}
