"""Wrong keys from one address are answered ever more slowly. Pure: time is an argument, and nothing waits here.

Right keys are let through before anybody looks here, from whatever address: behind one there may be many callers, as
behind the gateway. Secrets have 256 random bits and are not guessed; what is bounded is what trying costs us.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import unquote

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 5.0
MOST_ADDRESSES = 10_000
MOST_SLOWED = 64
"""Answers that are held back at once; of one address a quarter of them."""
_MINUTE = 60.0
_NETWORK = 64


@dataclass(slots=True)
class _Tried:
    """How many wrong keys count, as of a time in seconds, and how many answers are held back."""

    count: float
    time: float
    slowed: int = 0


class WrongKeys:
    """``per_minute`` wrong keys of an address are answered at once, or all for 0; above, each takes twice as long."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._tried: OrderedDict[str, _Tried] = OrderedDict()
        self._slowed = 0

    def __len__(self) -> int:
        """How many addresses are known, at most 10,000."""
        return len(self._tried)

    def came(self, address: str, now: float) -> float:
        """Counts a wrong key, and gives the seconds to hold its answer back."""
        if not self._per_minute:
            return 0.0
        tried = self._tried.setdefault(address, _Tried(0.0, now))
        self._tried.move_to_end(address)
        if len(self._tried) > MOST_ADDRESSES:
            self._tried.popitem(last=False)
        left = tried.count - (now - tried.time) * self._per_minute / _MINUTE
        # What counts is bounded, so that an address that stops is as good as new within minutes.
        tried.count, tried.time = min(max(0.0, left) + 1, 2.0 * self._per_minute + 10), now
        above = tried.count - self._per_minute
        return 0.0 if above <= 0 else min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(above, 10))

    def hold(self, address: str) -> bool:
        """Whether one more answer may be held back; if so, ``release`` is called when it no longer is."""
        tried = self._tried.get(address)
        if tried is None or self._slowed >= MOST_SLOWED or tried.slowed >= MOST_SLOWED // 4:
            return False
        self._slowed += 1
        tried.slowed += 1
        return True

    def release(self, address: str) -> None:
        """Says that an answer is no longer held back."""
        self._slowed -= 1
        if tried := self._tried.get(address):
            tried.slowed = max(0, tried.slowed - 1)


def address_of(peer: str) -> str:
    """Who counts as one, of a peer as gRPC tells it: an address, or a network of IPv6 such as one household has."""
    host = unquote(peer).partition(":")[2].rpartition(":")[0].strip("[]")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address.packed, _NETWORK), strict=False))
    return host
