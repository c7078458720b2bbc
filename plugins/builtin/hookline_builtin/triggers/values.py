"""What the values in an event's data are taken for: text, numbers, truth, days, moments and lists.

Every function gives None for a value that is not of its kind; none raises, whatever the value. Days and times of day
are those of UTC. Text is compared without regard to case; nothing else about it is normalized.
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hookline_plugin.encoder import Value

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_SECONDS = re.compile(r"-?[0-9]{1,12}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIST_MARK = "*/*"
_TRUTH = {"": False, "0": False, "false": False, "1": True, "true": True}


MOST_TEXT = 8_192
"""Characters of a text that are looked at, so that no text makes a rule with many conditions slow."""


def as_text(value: Value) -> str | None:
    """Take a scalar for text in one case: nothing is empty text, true is 1, false is 0; text is cut at MOST_TEXT."""
    if isinstance(value, str):
        return value[:MOST_TEXT].casefold()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float)):
        try:
            return str(value)
        except ValueError:  # more digits than Python writes
            return None
    return None


def as_number(value: Value) -> Decimal | int | None:
    """Take a number, or text that is one in plain decimal, for a number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    return None


def as_truth(value: Value) -> bool | None:
    """Take true, 1, "1" and "true" for true, and false, 0, "0", "false" and nothing for false."""
    if isinstance(value, bool):
        return value
    text = as_text(value)
    return None if text is None else _TRUTH.get(text)


def as_moment(value: Value) -> datetime | None:
    """Take seconds since the epoch, a day (its first moment) or a time in the manner of RFC 3339 for a moment.

    A time without an offset is one of UTC; a leap second is the last of its minute; blanks around a text do not count.
    """
    try:
        if isinstance(value, str):
            return _written_moment(value.strip())
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _EPOCH + timedelta(seconds=value)
    except (ValueError, OverflowError):
        return None
    return None


def _written_moment(text: str) -> datetime | None:
    if _MOMENT.fullmatch(text):
        seconds = ":59" if text[16:19] == ":60" else text[16:19]
        moment = datetime.fromisoformat((text[:16] + seconds + text[19:]).upper())
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    if _DAY.fullmatch(text):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return _EPOCH + timedelta(seconds=int(text)) if _SECONDS.fullmatch(text) else None


def as_day(value: Value) -> date | None:
    """Take what is a moment for its day in UTC."""
    try:
        if isinstance(value, str) and _DAY.fullmatch(value.strip()):
            return date.fromisoformat(value.strip())
        moment = as_moment(value)
        return None if moment is None else moment.astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None


def as_items(value: Value) -> Sequence[str] | None:
    """Take a list, or text with `*/*` between the items as the original writes it, for the texts of its items."""
    if value is None:
        return ()
    if isinstance(value, str):
        return [item for item in value.casefold().split(_LIST_MARK) if item]
    if isinstance(value, Sequence):
        return [text for text in map(as_text, value) if text]
    return None


def as_identity(value: Value) -> str | None:
    """Take a related object, or its id, for the id as text."""
    return as_text(value.get("id")) if isinstance(value, Mapping) else as_text(value)


def is_number(text: str) -> bool:
    """Say whether a text is a number in plain decimal."""
    return _NUMBER.fullmatch(text) is not None


def is_day(text: str) -> bool:
    """Say whether a text is a day that exists, such as 2026-01-31."""
    return _DAY.fullmatch(text) is not None and as_moment(text) is not None


def is_moment(text: str) -> bool:
    """Say whether a text is a day and a time of day that exist, such as 2026-01-31T08:00:00Z."""
    return _MOMENT.fullmatch(text) is not None and as_moment(text) is not None
