"""The elements of a campaign map, as values.

A contact comes to rest at three kinds only: an entry that settles, a wait, and a goal that it has yet to reach. All
others are passed in the step that reaches them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hookline_builtin.campaign.language import Condition
from hookline_plugin.trigger import Compiled


class Unit(StrEnum):
    """What a span counts. Seconds, minutes and hours are lengths; days, weeks and months go by the calendar."""

    SECONDS = "SPAN_UNIT_SECONDS"
    MINUTES = "SPAN_UNIT_MINUTES"
    HOURS = "SPAN_UNIT_HOURS"
    DAYS = "SPAN_UNIT_DAYS"
    WEEKS = "SPAN_UNIT_WEEKS"
    MONTHS = "SPAN_UNIT_MONTHS"


@dataclass(frozen=True, slots=True)
class Span:
    """So many of a unit; an offset may be negative, a wait may not."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time on the clock of the map's time zone."""

    hour: int = 0
    minute: int = 0


class WhenMissing(StrEnum):
    """What a wait does where its date is missing or cannot be read."""

    SKIP = "WHEN_MISSING_SKIP"
    LEAVE = "WHEN_MISSING_LEAVE"


@dataclass(frozen=True, slots=True)
class UntilField:
    """Until the date in a field, moved by an offset, at a time of day; None keeps the time that the field has."""

    field: str
    offset: Span = Span(0, Unit.DAYS)
    time_of_day: TimeOfDay | None = None
    when_missing: WhenMissing = WhenMissing.SKIP


@dataclass(frozen=True, slots=True)
class UntilDate:
    """Until a day, at a time of day."""

    year: int
    month: int
    day: int
    time_of_day: TimeOfDay = TimeOfDay()


Until: TypeAlias = Span | UntilField | UntilDate


@dataclass(frozen=True, slots=True)
class Entry:
    """Where contacts come in. With `settle` they wait here until so long (µs) nothing of the kind has happened."""

    id: str
    triggers: Compiled
    next: str
    settle: int = 0
    longest: int = 0

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids that it leads to."""
        return (self.next,)


@dataclass(frozen=True, slots=True)
class Wait:
    """Where contacts rest for a time."""

    id: str
    until: Until
    next: str

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids that it leads to."""
        return (self.next,)


@dataclass(frozen=True, slots=True)
class Fork:
    """A condition with a way for yes and one for no."""

    id: str
    condition: Condition
    yes: str
    no: str

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids that it leads to."""
        return (self.yes, self.no)


@dataclass(frozen=True, slots=True)
class Split:
    """Ways with weights; the same contact takes the same one again."""

    id: str
    ways: tuple[tuple[int, str], ...]

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids that it leads to."""
        return tuple(next_id for _, next_id in self.ways)


@dataclass(frozen=True, slots=True)
class Goal:
    """What contacts are to do; one that does it jumps here from where it waits.

    Who comes by the way waits here until it happens, or passes with `pass_through`.
    """

    id: str
    triggers: Compiled
    next: str
    pass_through: bool = False

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids that it leads to."""
        return (self.next,)


class Change(StrEnum):
    """What happens to a tag."""

    ADD = "TAG_CHANGE_ADD"
    REMOVE = "TAG_CHANGE_REMOVE"


@dataclass(frozen=True, slots=True)
class TagChange:
    """Adds a tag or takes it away."""

    id: str
    tag_id: int
    add: bool
    next: str

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids that it leads to."""
        return (self.next,)


@dataclass(frozen=True, slots=True)
class Send:
    """Fires a webhook."""

    id: str
    webhook_id: int
    next: str

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids that it leads to."""
        return (self.next,)


@dataclass(frozen=True, slots=True)
class End:
    """Where contacts leave the map."""

    id: str

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids that it leads to: none."""
        return ()


Element: TypeAlias = Entry | Wait | Fork | Split | Goal | TagChange | Send | End
