from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_dispatcher.core.instants import DAY, HOUR, NEVER, SECOND
from hookline_dispatcher.core.lane import HALF_OPEN_AFTER, Lane, LanePolicy, Switch
from hookline_dispatcher.core.retry import Schedule

NOW = 1_700_000_000 * SECOND
CAP = 64
SCHEDULE = Schedule()


def failed(lane: Lane, now: int, *, times: int = 1, hold_time: int = 0, others: int = 0) -> Lane:
    for _ in range(times):
        lane = lane.after_failure(
            now, hold_time=hold_time, schedule=SCHEDULE, random=lambda: 0.0, others_in_flight=others
        )
    return lane


HALF_OPEN = failed(Lane(), NOW, times=HALF_OPEN_AFTER)
THROTTLED = LanePolicy(requests_per_minute=60)


@pytest.mark.parametrize(
    ("lane", "due", "in_flight", "ready"),
    [
        (Lane(), NOW, 0, NOW),
        (Lane(), NOW, CAP - 1, NOW),
        (Lane(), NOW, CAP, NEVER),
        (Lane(), NEVER, 0, NEVER),
        (Lane(hold_time=NOW + 5), NOW, 0, NOW + 5),
        (Lane(hold_time=NOW - 5), NOW, 0, NOW),
        (Lane(THROTTLED, next_slot_time=NOW + 7), NOW, 0, NOW + 7),
        (Lane(THROTTLED, next_slot_time=NOW + 7, hold_time=NOW + 9), NOW, 0, NOW + 9),
        (Lane(next_slot_time=NOW + 7), NOW, 0, NOW),
        (Lane(switch=Switch.PAUSED), NOW, 0, NEVER),
        (Lane(switch=Switch.OFF), NOW, 0, NEVER),
        (Lane(failures=4), NOW, 4, NOW),
        (Lane(failures=5), NOW, 0, NOW),
        (Lane(failures=5), NOW, 1, NEVER),
    ],
)
def test_ready_time_is_the_latest_of_what_it_waits_for(lane: Lane, due: int, in_flight: int, ready: int) -> None:
    assert lane.ready_time(due, in_flight, CAP) == ready


@pytest.mark.parametrize(
    ("lane", "waiting", "in_flight", "takes"),
    [
        (Lane(), 0, 0, True),
        (Lane(), 0, CAP - 1, True),
        (Lane(), 0, CAP, False),
        (Lane(), 1, 0, False),
        (Lane(THROTTLED), 0, 0, False),
        (Lane(LanePolicy(ordered=True)), 0, 0, False),
        (Lane(switch=Switch.PAUSED), 0, 0, False),
        (Lane(switch=Switch.OFF), 0, 0, False),
        (Lane(failures=5), 0, 0, False),
        (Lane(failures=4), 0, 0, True),
        (Lane(hold_time=NOW + 1), 0, 0, False),
        (Lane(hold_time=NOW), 0, 0, True),
    ],
)
def test_a_fresh_delivery_leaves_at_once_only_past_nothing(
    lane: Lane, waiting: int, in_flight: int, takes: bool
) -> None:
    assert lane.takes_fresh(waiting, in_flight, CAP, NOW) is takes


def test_five_failures_in_a_row_make_it_half_open_and_hold_it() -> None:
    assert not failed(Lane(), NOW, times=4).half_open
    assert failed(Lane(), NOW, times=4).hold_time == 0
    assert HALF_OPEN.half_open
    assert HALF_OPEN.limit(CAP) == 1
    assert HALF_OPEN.hold_time == NOW + 5 * SECOND


def test_probes_keep_the_pace_of_the_schedule() -> None:
    lane, waits = HALF_OPEN, []
    for _ in range(12):
        now = lane.hold_time
        lane = failed(lane, now)
        waits.append((lane.hold_time - now) // SECOND)
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]


@pytest.mark.parametrize(("later", "others"), [(0, 0), (1, 58), (5 * SECOND - 1, 0), (20 * SECOND, 3)])
def test_failures_that_were_under_way_when_it_became_half_open_do_not_slow_its_probes(later: int, others: int) -> None:
    straggler = failed(HALF_OPEN, NOW + later, others=others)
    assert straggler.hold_time == HALF_OPEN.hold_time
    assert straggler.failures == HALF_OPEN.failures


def test_a_straggler_may_still_ask_for_a_longer_wait() -> None:
    assert failed(HALF_OPEN, NOW + 1, hold_time=NOW + HOUR).hold_time == NOW + HOUR


@pytest.mark.parametrize("failures", [1, 4, 5, 50])
def test_the_first_success_closes_it(failures: int) -> None:
    closed = Lane(failures=failures, first_failure_time=NOW - DAY, hold_time=NOW - 1).after_success(NOW)
    assert closed == Lane(last_success_time=NOW)


def test_a_success_under_way_ends_the_hold_of_probes_but_not_a_receivers_own() -> None:
    assert HALF_OPEN.after_success(NOW + 1).hold_time == 0
    asked = failed(Lane(), NOW, hold_time=NOW + HOUR)
    assert asked.after_success(NOW + 1).hold_time == NOW + HOUR


def test_a_shorter_hold_does_not_end_a_longer_one() -> None:
    lane = failed(failed(Lane(), NOW, hold_time=NOW + HOUR), NOW + 1, hold_time=NOW + SECOND)
    assert lane.hold_time == NOW + HOUR


@pytest.mark.parametrize("switch", [Switch.ACTIVE, Switch.PAUSED])
def test_five_days_of_nothing_but_failures_switch_it_off(switch: Switch) -> None:
    lane = failed(Lane(switch=switch), NOW, times=5)
    almost = failed(lane, NOW + 5 * DAY - 1)
    assert almost.switch is switch
    off = failed(lane, NOW + 5 * DAY)
    assert (off.switch, off.reason, off.switch_time) == (Switch.OFF, "nothing but failures for 5 days", NOW + 5 * DAY)


def test_a_success_in_between_begins_the_days_anew() -> None:
    lane = failed(failed(Lane(), NOW, times=5).after_success(NOW + DAY), NOW + 2 * DAY, times=5)
    assert failed(lane, NOW + 6 * DAY).switch is Switch.ACTIVE
    assert failed(lane, NOW + 7 * DAY).switch is Switch.OFF


def test_a_rare_failure_a_week_does_not_switch_it_off() -> None:
    assert failed(failed(Lane(), NOW), NOW + 7 * DAY).switch is Switch.ACTIVE


def test_what_is_off_keeps_its_reason() -> None:
    lane = failed(Lane().switched(Switch.OFF, "by hand", NOW), NOW, times=5)
    assert failed(lane, NOW + 9 * DAY).reason == "by hand"


def test_switched_back_on_it_starts_healthy_but_keeps_its_throttle() -> None:
    lane = failed(Lane(THROTTLED, next_slot_time=NOW + 9), NOW, times=7).switched(Switch.OFF, "by hand", NOW)
    assert lane.switched(Switch.ACTIVE, "", NOW + 1) == Lane(THROTTLED, switch_time=NOW + 1, next_slot_time=NOW + 9)


@given(
    failures=st.integers(0, 40),
    hold_time=st.integers(0, 2 * NOW),
    switch=st.sampled_from(Switch),
    in_flight=st.integers(0, 70),
    rate=st.integers(0, 180),
)
def test_a_lane_is_ready_only_by_time_while_it_is_active_and_has_room(
    failures: int, hold_time: int, switch: Switch, in_flight: int, rate: int
) -> None:
    lane = Lane(LanePolicy(rate), switch, failures=failures, hold_time=hold_time, next_slot_time=NOW)
    ready = lane.ready_time(NOW, in_flight, CAP)
    has_room = in_flight < (1 if failures >= 5 else CAP)
    assert (ready < NEVER) is (switch is Switch.ACTIVE and has_room)
    assert ready >= NOW
