"""Days that are counted from another: so many days, weeks or calendar months before or after it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

MAX_OFFSET = 10_000
_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1)


class Unit(Enum):
    """What is counted; the values are the contract's names."""

    DAYS = "DATE_UNIT_DAYS"
    WEEKS = "DATE_UNIT_WEEKS"
    MONTHS = "DATE_UNIT_MONTHS"


@dataclass(frozen=True, slots=True)
class RelativeDate:
    """A day `offset` units after another, before it where `offset` is below 0."""

    offset: int = 0
    unit: Unit = Unit.DAYS

    def day(self, now: int) -> date:
        """Give the day counted from that of `now`, microseconds since the epoch, in UTC.

        A day that the month does not have is its last one; beyond the years 1 to 9999 it is the first or last day.
        """
        return _counted(now // _DAY, self.offset, self.unit)


@lru_cache(maxsize=1024)
def _counted(today: int, offset: int, unit: Unit) -> date:
    try:
        day = _EPOCH + timedelta(days=today)
        if unit is Unit.MONTHS:
            return _months_later(day, offset)
        return day + timedelta(days=offset * (7 if unit is Unit.WEEKS else 1))
    except OverflowError:
        return date.max if offset > 0 else date.min


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
