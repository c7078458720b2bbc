"""What a bin is, and what it keeps of a request. Times are in microseconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["verified", "wrong", "none", "no_secret", "unchecked"]
"""What is known of a signature.

``none``: the request has none. ``no_secret``: it has one, and the bin no secret. ``unchecked``: not all of the body was
read, or is kept.
"""

Part = Literal["path", "query", "headers", "body"]


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin; ``account_id`` is 0 where an operator made it, ``status`` is what it answers."""

    id: str
    account_id: int
    expire_time: int
    status: int = 200
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as it came.

    ``size`` is how many bytes of the body were read, ``complete`` whether that was all of it, ``cut`` which parts are
    kept in part only. ``timestamp`` is the sender's, in seconds, and ``webhook_id`` empty where there is none.
    """

    receive_time: int
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    size: int
    complete: bool
    cut: tuple[Part, ...]
    verdict: Verdict
    timestamp: int | None
    webhook_id: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A request in its bin: ``number`` counts from 1, ``attempt`` among those of the same webhook-id."""

    number: int
    attempt: int
    arrival: Arrival
