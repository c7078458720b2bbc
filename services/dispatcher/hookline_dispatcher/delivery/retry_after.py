"""What a receiver's ``Retry-After`` asks for, in either of its two forms; a pure function.

Source: RFC 9110, section 10.2.3 (the field) and section 5.6.7 (its dates, the two obsolete forms included).
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

from hookline_dispatcher.core.instants import SECOND

_DELAY = re.compile(r"[0-9]+")
_MOST_DIGITS = 12
_LONGEST_DATE = 64


def retry_after(value: str, now: int) -> int | None:
    """The span from ``now`` that the value asks to wait, in microseconds, at least 0; None when it is garbage."""
    text = value.strip(" \t")
    if _DELAY.fullmatch(text):
        digits = text.lstrip("0") or "0"
        # A number that is out of all proportion is still a wait, as long as there is (RFC 9111, section 1.2.2).
        return int(digits if len(digits) <= _MOST_DIGITS else "9" * _MOST_DIGITS) * SECOND
    if len(text) > _LONGEST_DATE:
        return None
    try:
        date = parsedate_to_datetime(text)
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        return max(0, int(date.timestamp()) * SECOND - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
