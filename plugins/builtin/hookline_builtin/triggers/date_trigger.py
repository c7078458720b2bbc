"""Triggers that come with the calendar: on the date in a field, or so long before or after it.

In a date field a day is meant, which comes when it begins, in UTC; in a timestamp a moment. Days, weeks and months are
counted on the calendar, and a moment keeps its time of day. Where the kind of the field is not known, a value that is
written as a day is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b

from hookline_builtin.triggers.relative_date import RelativeDate, Unit
from hookline_builtin.triggers.rule import Rule
from hookline_builtin.triggers.rule_events import BEFORE, FIELD, RELATIVE_DATE
from hookline_builtin.triggers.values import as_day, as_moment, is_day
from hookline_plugin.encoder import Value

DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = (Unit.DAYS, Unit.WEEKS, Unit.MONTHS)
_NO_DATES = (0, "0")
"""How some producers write that there is no date."""


@dataclass(frozen=True, slots=True)
class Coming:
    """When a trigger comes, in microseconds since the epoch, and whether the day is meant that begins then."""

    time: int
    whole_day: bool

    def past(self, now: int) -> bool:
        """Whether it is over: a moment once it has come, a day once it has ended."""
        return self.time + (DAY if self.whole_day else 0) <= now


@dataclass(frozen=True, slots=True)
class DateTrigger:
    """A trigger that comes with a date; `kind` is the field's, empty where it is not known."""

    event: str
    params: Mapping[str, str]
    field: str
    kind: str
    offset: RelativeDate

    @property
    def name(self) -> str:
        """What it is called in memories, in every version of the rule that has it; no id of an event has a blank."""
        told = "\n".join((self.event, *(f"{name}={value}" for name, value in sorted(self.params.items()))))
        return f"date {blake2b(told.encode(errors='surrogatepass'), digest_size=8).hexdigest()}"

    def coming(self, value: Value) -> Coming | None:
        """Say when it comes for a value of the field; None where that is no date."""
        if value in _NO_DATES:
            return None
        try:
            if self.kind == "date" or (not self.kind and isinstance(value, str) and is_day(value)):
                day = as_day(value)
                return None if day is None else Coming(self._counted(day), True)
            moment = as_moment(value)
            if moment is None:
                return None
            day = moment.astimezone(UTC).date()
            return Coming(self._counted(day) + _microseconds(moment) - _beginning(day), False)
        except (ValueError, OverflowError):
            return None

    def _counted(self, day: date) -> int:
        return _beginning(self.offset.day(_beginning(day)))


def date_triggers(rule: Rule) -> tuple[DateTrigger, ...]:
    """Give those triggers of a rule that come with a date."""
    timed = (each for each in rule.triggers if each is not None and each.kind.timed)
    return tuple(
        DateTrigger(each.kind.event, each.params, each.params[FIELD], each.field_kind, _offset(each.params))
        if each.kind.event == RELATIVE_DATE
        else DateTrigger(each.kind.event, each.params, each.params[FIELD], each.field_kind, RelativeDate())
        for each in timed
    )


def _offset(params: Mapping[str, str]) -> RelativeDate:
    count = int(params["number"])
    return RelativeDate(-count if params["option"] == BEFORE else count, _UNITS[int(params["units"])])


def _beginning(day: date) -> int:
    return (day - _EPOCH.date()).days * DAY


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
