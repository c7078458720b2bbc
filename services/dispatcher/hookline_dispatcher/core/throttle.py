"""The throttle: at most N requests in any sliding 60 seconds, as the receiver sees it.

Requests get slots ``(60 + g) / N`` seconds apart and may leave only within ``[slot, slot + g]``. Number N after any
request then leaves more than ``60 + g - g = 60`` seconds after it, however late within its slot either of them left,
so no window of 60 seconds sees more than N, its two ends included. The price is ``g / 60`` of the rate (1.6 % at one
second). All that is to be kept is one moment: the next slot. A worker that comes after ``slot + g`` sends nothing and
gives the delivery back.
"""

from __future__ import annotations

from dataclasses import dataclass

from .instants import MINUTE, SECOND

GRACE = SECOND
"""How long after the beginning of its slot a request may still leave."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One request's turn: it may leave in ``[start_time, leave_by_time]``; the next turn begins at ``next_time``."""

    start_time: int
    leave_by_time: int
    next_time: int


def spacing(requests_per_minute: int) -> int:
    """The span between two slots: N of them are longer than ``60 + g`` seconds, by N microseconds at most."""
    return (MINUTE + GRACE) // requests_per_minute + 1


def take_slot(next_slot_time: int, now: int, requests_per_minute: int) -> Slot | None:
    """The slot to use now, or None when it has not begun.

    A slot that passed unused is lost: there is no burst after a pause.
    """
    if now < next_slot_time:
        return None
    start = next_slot_time if now <= next_slot_time + GRACE // 2 else now
    return Slot(start, start + GRACE, start + spacing(requests_per_minute))
