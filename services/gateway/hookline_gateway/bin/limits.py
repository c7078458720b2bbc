"""How much is kept, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
DAY = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class BinLimits:
    """The bounds of all bins together and of each; ``lifetime`` is in microseconds.

    ``all_bytes`` bounds what the requests of all bins take. Beyond it the account that takes most loses its oldest.
    """

    all_bytes: int
    bins: int = 1000
    account_bins: int = 20
    requests: int = 100
    lifetime: int = DAY
    body: int = 256 * KIB
    headers: int = 32 * KIB
    line: int = 8 * KIB
    page_bytes: int = 4096 * KIB
