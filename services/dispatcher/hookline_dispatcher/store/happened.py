"""What happened to an account's events and deliveries, counted per commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum


class Happening(IntEnum):
    """What is counted; the places in the counts of an account."""

    EVENT = 0
    DELIVERED = 1
    RETRIED = 2
    DEAD = 3
    CANCELLED = 4


Happened = Mapping[int, Sequence[int]]
"""By account, how often each ``Happening`` happened; accounts that nothing happened to are left out."""
