"""When a wait ends: dates, spans and clocks, in microseconds since the epoch.

Days, weeks and months are counted on the calendar and the clock of the map's time zone, so that nine o'clock stays
nine o'clock through a change to or from daylight saving. A time that the clock skips is taken as far after the gap
as it stands within it; of a time that comes twice the first is meant.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import assert_never

from hookline_builtin.campaign.elements import Span, TimeOfDay, Unit, UntilDate, UntilField
from hookline_builtin.triggers.values import as_moment, is_day
from hookline_plugin.encoder import Value

_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = re.compile(r"-?[0-9]{1,12}")
_FIXED = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3600}


@dataclass(frozen=True, slots=True)
class Day:
    """A date without a time."""

    date: date


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, in microseconds since the epoch."""

    time: int


def read_date(value: Value) -> Day | Moment | None:
    """Read a field's value as conditions do: `YYYY-MM-DD`, RFC 3339, or Unix seconds as number or text; else None.

    A time without an offset is one of UTC. Zero is how some producers write that there is no date: it reads as none.
    """
    try:
        match value:
            case bool():
                return None
            case int():
                return _unix(value)
            case float():
                return _unix(int(value))
            case str():
                return _text(value.strip())
            case _:
                return None
    except (ValueError, OverflowError):
        return None


def _text(text: str) -> Day | Moment | None:
    if is_day(text):
        return Day(date.fromisoformat(text))
    if _SECONDS.fullmatch(text):
        return _unix(int(text))
    moment = as_moment(text)
    return None if moment is None else Moment(microseconds(moment))


def _unix(seconds: int) -> Moment | None:
    if seconds == 0:
        return None
    _EPOCH + timedelta(seconds=seconds)  # raises where no calendar goes
    return Moment(seconds * _SECOND)


def microseconds(moment: datetime) -> int:
    """Give a moment, which has a time zone, as microseconds since the epoch."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def shifted(moment: int, span: Span, zone: tzinfo) -> int:
    """Give the moment that lies a span after another one; raises OverflowError beyond the calendar."""
    if span.unit in _FIXED:
        return moment + span.amount * _FIXED[span.unit] * _SECOND
    return _by_calendar(_local(moment, zone), span, zone)


def _by_calendar(local: datetime, span: Span, zone: tzinfo) -> int:
    match span.unit:
        case Unit.DAYS:
            local += timedelta(days=span.amount)
        case Unit.WEEKS:
            local += timedelta(weeks=span.amount)
        case _:
            months = local.year * 12 + local.month - 1 + span.amount
            year, month = divmod(months, 12)
            if not 1 <= year <= 9999:
                raise OverflowError("the calendar ends with the year 9999")
            local = local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1]))
    return microseconds(local.replace(tzinfo=zone))


def _local(moment: int, zone: tzinfo) -> datetime:
    # Without its zone: arithmetic and comparison go by the clock then.
    return (_EPOCH + timedelta(microseconds=moment)).astimezone(zone).replace(tzinfo=None, fold=0)


def until_date(until: UntilDate, zone: tzinfo) -> int:
    """Give the moment of a day at a time of day; raises ValueError for a day that no calendar has."""
    return microseconds(
        datetime(until.year, until.month, until.day, until.time_of_day.hour, until.time_of_day.minute, tzinfo=zone)
    )


def until_field(until: UntilField, value: Value, zone: tzinfo) -> int | None:
    """Give the moment that a field's value, offset and time of day come to; None where the value is no date."""
    try:
        match read_date(value):
            case None:
                return None
            case Day(day):
                return _on_day(until, day, until.time_of_day or TimeOfDay(), zone)
            case Moment(moment) if until.time_of_day is None:
                return shifted(moment, until.offset, zone)
            case Moment(moment):
                return _on_day(until, _local(moment, zone).date(), until.time_of_day, zone)
            case unexpected:
                assert_never(unexpected)
    except (ValueError, OverflowError):
        return None


def _on_day(until: UntilField, day: date, at: TimeOfDay, zone: tzinfo) -> int:
    local = datetime.combine(day, time(at.hour, at.minute))
    if until.offset.unit in _FIXED:
        return shifted(microseconds(local.replace(tzinfo=zone)), until.offset, zone)
    return _by_calendar(local, until.offset, zone)
