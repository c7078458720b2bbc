"""Activity of an account: points of five seconds and an hour of minutes, by a clock that is set."""

from __future__ import annotations

from hookline_dispatcher.activity.book import ActivityBook
from hookline_dispatcher.activity.points import POINTS, SPAN, Activity, Point
from hookline_dispatcher.core.instants import HOUR, MINUTE, SECOND
from hookline_runtime.clock import ManualClock

START = 1_700_000_040 * SECOND
ONE = (1, 2, 3, 4, 5)
NONE = (0, 0, 0, 0, 0)


def test_a_point_is_shown_once_it_has_ended() -> None:
    activity = Activity(START)
    activity.happened(ONE, START + SECOND)
    activity.attempted(8, START + SECOND)
    activity.attempted(9, START + 2 * SECOND)
    activity.delivered(15, START + 2 * SECOND)
    assert activity.points(0, START + 4 * SECOND) == []
    assert activity.points(0, START + SPAN) == [Point(START, ONE, 2, 8, 9, 15, 15)]
    assert activity.points(START, START + SPAN) == []


def test_points_within_which_nothing_happened_stand_between_the_others() -> None:
    activity = Activity(START)
    activity.happened(ONE, START)
    activity.happened(ONE, START + 2 * SPAN)
    expected = [Point(START, ONE), Point(START + SPAN), Point(START + 2 * SPAN, ONE)]
    assert activity.points(0, START + 3 * SPAN) == expected
    assert activity.points(START, START + 3 * SPAN) == expected[1:]


def test_points_are_those_of_ten_minutes_at_most() -> None:
    activity = Activity(START)
    for number in range(2 * POINTS):
        activity.happened((number, 0, 0, 0, 0), START + number * SPAN)
    found = activity.points(0, START + 2 * POINTS * SPAN)
    assert [each.happened[0] for each in found] == list(range(POINTS, 2 * POINTS))
    later = activity.points(0, START + 10 * POINTS * SPAN)
    assert len(later) == POINTS
    assert {each.happened for each in later} == {NONE}


def test_the_first_point_may_be_the_rest_of_one() -> None:
    activity = Activity(START + SECOND)
    activity.happened(ONE, START + SECOND)
    assert activity.points(0, START + SPAN) == [Point(START, ONE)]
    assert activity.hour(START + SPAN) == (START + SECOND, ONE)


def test_an_hour_is_sixty_minutes_with_the_present_one() -> None:
    activity = Activity(START)
    for number in range(120):
        activity.happened((1, 0, 0, 0, number), START + number * MINUTE)
    now = START + 119 * MINUTE + 30 * SECOND
    since, (events, *_, cancelled) = activity.hour(now)
    assert since == START + 60 * MINUTE
    assert (events, cancelled) == (60, sum(range(60, 120)))
    assert activity.hour(now + 3 * HOUR)[1] == NONE


def test_a_clock_that_goes_back_loses_nothing() -> None:
    activity = Activity(START)
    activity.happened(ONE, START + SPAN)
    activity.happened(ONE, START)
    assert activity.hour(START + 2 * SPAN)[1] == tuple(2 * each for each in ONE)


def test_of_too_many_accounts_the_one_idle_for_longest_begins_anew() -> None:
    clock = ManualClock(START)
    book = ActivityBook(clock, most=2)
    clock.time += MINUTE
    for account in (1, 2, 1, 3):
        book.happened({account: ONE})
    assert book.of(1).hour(clock.time) == (START, tuple(2 * each for each in ONE))
    assert book.of(2).hour(clock.time) == (clock.time, NONE)
    assert book.of(3).hour(clock.time) == (START, ONE)
