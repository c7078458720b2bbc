from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.campaign.dates import Day, Moment, microseconds, read_date, shifted, until_date, until_field
from hookline_builtin.campaign.elements import Span, TimeOfDay, Unit, UntilDate, UntilField
from hookline_builtin.triggers.values import as_day, as_moment
from hookline_plugin import Value

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
APIA = ZoneInfo("Pacific/Apia")


def at(text: str) -> int:
    return microseconds(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-03-01", Day(date(2026, 3, 1))),
        (" 2026-03-01 ", Day(date(2026, 3, 1))),
        ("2026-03-01T08:30:00Z", Moment(at("2026-03-01T08:30:00+00:00"))),
        ("2026-03-01t08:30:00z", Moment(at("2026-03-01T08:30:00+00:00"))),
        ("2026-03-01 08:30:00", Moment(at("2026-03-01T08:30:00+00:00"))),
        ("2026-03-01T08:30:00.1234567+02:00", Moment(at("2026-03-01T06:30:00.123456+00:00"))),
        ("2016-12-31T23:59:60Z", Moment(at("2016-12-31T23:59:59+00:00"))),
        (1514940140, Moment(1514940140_000000)),
        ("1514940140", Moment(1514940140_000000)),
        (1514940140.9, Moment(1514940140_000000)),
        (-1, Moment(-1_000000)),
        (0, None),
        ("0", None),
        ("", None),
        (None, None),
        (True, None),
        ("1.5", None),
        ("2026-02-29", None),
        ("2026-13-01", None),
        ("2026-3-1", None),
        ("2026-03-01T25:00:00Z", None),
        ("2026-03-01T08:00:00+99:00", None),
        ("٢٠٢٦-٠٣-٠١", None),
        ("999999999999", None),
        (10**30, None),
        (float("nan"), None),
        ("1" * 10_000, None),
        ([], None),
    ],
)
def test_dates_are_read(value: Value, read: Day | Moment | None) -> None:
    assert read_date(value) == read


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01T08:30",
        "2026-03-01 08:30+02:00",
        "2026-03-01t08:30:00z",
        " 2026-03-01T08:30:00Z ",
        "2016-12-31T23:59:60Z",
        "2026-03-01T08:30:00.5-11:30",
        "2026-03-01T08:60",
        "2026-03-01T08:30:61Z",
        "2026-03-01T08:30.5",
        "2026-03-01T08",
        "-1",
        1514940140,
    ],
)
def test_a_wait_takes_for_a_date_what_a_condition_and_a_rule_do(value: Value) -> None:
    read, moment = read_date(value), as_moment(value)
    assert read == (None if moment is None else Moment(microseconds(moment)))


@pytest.mark.parametrize("value", [" 2026-03-01 ", "2026-03-01", "2026-02-29", "2026-3-1"])
def test_and_the_same_for_a_day(value: Value) -> None:
    day = as_day(value)
    assert read_date(value) == (None if day is None else Day(day))


@pytest.mark.parametrize(
    ("start", "span", "zone", "end"),
    [
        ("2026-01-31T12:00:00+00:00", Span(1, Unit.MONTHS), UTC, "2026-02-28T12:00:00+00:00"),
        ("2024-01-31T12:00:00+00:00", Span(1, Unit.MONTHS), UTC, "2024-02-29T12:00:00+00:00"),
        ("2026-01-31T12:00:00+00:00", Span(-11, Unit.MONTHS), UTC, "2025-02-28T12:00:00+00:00"),
        ("2026-11-30T12:00:00+00:00", Span(14, Unit.MONTHS), UTC, "2028-01-30T12:00:00+00:00"),
        ("2026-01-31T12:00:00+00:00", Span(2, Unit.WEEKS), UTC, "2026-02-14T12:00:00+00:00"),
        ("2026-01-31T12:00:00+00:00", Span(90, Unit.MINUTES), UTC, "2026-01-31T13:30:00+00:00"),
        # The clock goes from 2:00 to 3:00 on 29 March and from 3:00 to 2:00 on 25 October.
        ("2026-03-28T09:00:00+01:00", Span(1, Unit.DAYS), BERLIN, "2026-03-29T09:00:00+02:00"),
        ("2026-03-28T09:00:00+01:00", Span(24, Unit.HOURS), BERLIN, "2026-03-29T10:00:00+02:00"),
        ("2026-03-28T02:30:00+01:00", Span(1, Unit.DAYS), BERLIN, "2026-03-29T03:30:00+02:00"),
        ("2026-10-24T02:30:00+02:00", Span(1, Unit.DAYS), BERLIN, "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T02:30:00+01:00", Span(1, Unit.DAYS), BERLIN, "2026-10-26T02:30:00+01:00"),
        ("2026-10-24T09:00:00+02:00", Span(1, Unit.WEEKS), BERLIN, "2026-10-31T09:00:00+01:00"),
        # Samoa had no 30 December 2011.
        ("2011-12-29T12:00:00-10:00", Span(1, Unit.DAYS), APIA, "2011-12-31T12:00:00+14:00"),
    ],
)
def test_spans_go_by_the_calendar_and_the_clock(start: str, span: Span, zone: tzinfo, end: str) -> None:
    assert shifted(at(start), span, zone) == at(end)


NOON = TimeOfDay(12, 0)


@pytest.mark.parametrize(
    ("until", "value", "zone", "end"),
    [
        (UntilField("f"), "2026-03-29", BERLIN, "2026-03-29T00:00:00+01:00"),
        (UntilField("f", time_of_day=NOON), "2026-03-29", BERLIN, "2026-03-29T12:00:00+02:00"),
        (UntilField("f", time_of_day=TimeOfDay(2, 30)), "2026-03-29", BERLIN, "2026-03-29T03:30:00+02:00"),
        (UntilField("f", Span(-1, Unit.DAYS), NOON), "2026-03-29", BERLIN, "2026-03-28T12:00:00+01:00"),
        (UntilField("f", Span(-2, Unit.HOURS), NOON), "2026-03-29", UTC, "2026-03-29T10:00:00+00:00"),
        (UntilField("f", Span(1, Unit.MONTHS)), "2026-01-31", NEW_YORK, "2026-02-28T00:00:00-05:00"),
        (UntilField("f"), "2026-03-29T23:30:00Z", NEW_YORK, "2026-03-29T23:30:00+00:00"),
        (UntilField("f", time_of_day=NOON), "2026-03-30T01:30:00Z", NEW_YORK, "2026-03-29T12:00:00-04:00"),
        (UntilField("f", Span(1, Unit.DAYS)), "2026-03-28T08:00:00Z", BERLIN, "2026-03-29T07:00:00+00:00"),
        (UntilField("f", Span(1, Unit.HOURS)), 1514940140, UTC, "2018-01-03T01:42:20+00:00"),
    ],
)
def test_dates_in_fields_take_offset_and_time_of_day(until: UntilField, value: Value, zone: tzinfo, end: str) -> None:
    assert until_field(until, value, zone) == at(end)


@pytest.mark.parametrize(
    ("until", "value"),
    [
        (UntilField("f", Span(120, Unit.MONTHS)), "9999-12-31"),
        (UntilField("f", Span(-120, Unit.MONTHS)), "0001-01-01"),
        (UntilField("f", Span(3650, Unit.DAYS)), "9999-12-31"),
        (UntilField("f", Span(-521, Unit.WEEKS)), "0001-01-01"),
        (UntilField("f", time_of_day=NOON), "0001-01-01T00:00:00Z"),
        (UntilField("f"), "no date"),
    ],
)
def test_what_no_calendar_has_is_no_date(until: UntilField, value: Value) -> None:
    assert until_field(until, value, NEW_YORK) is None


def test_a_day_of_the_author() -> None:
    assert until_date(UntilDate(2026, 7, 1, TimeOfDay(9, 30)), BERLIN) == at("2026-07-01T09:30:00+02:00")


values: st.SearchStrategy[Value] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str) | st.dates().map(str)
)


@settings(max_examples=300, deadline=None)
@given(
    values,
    st.builds(Span, st.integers(-3650, 3650), st.sampled_from(Unit)),
    st.none() | st.builds(TimeOfDay, st.integers(0, 23), st.integers(0, 59)),
    st.sampled_from((UTC, BERLIN, NEW_YORK, APIA)),
)
def test_no_value_breaks_a_wait(value: Value, offset: Span, clock: TimeOfDay | None, zone: tzinfo) -> None:
    due = until_field(UntilField("f", offset, clock), value, zone)
    assert due is None or abs(due) < 2**63


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 4_000_000_000_000_000),
    st.integers(1, 500),
    st.sampled_from(Unit),
    st.sampled_from((UTC, BERLIN, NEW_YORK, APIA)),
)
def test_a_wait_for_a_span_takes_time(start: int, amount: int, unit: Unit, zone: tzinfo) -> None:
    assert shifted(start, Span(amount, unit), zone) > start
