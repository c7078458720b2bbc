from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_dispatcher.core.instants import DAY, HOUR, SECOND
from hookline_dispatcher.core.retry import (
    MAX_UNKNOWN,
    Dead,
    Decision,
    Delivered,
    Outcome,
    Result,
    RetryAt,
    Schedule,
    TargetGone,
    decide,
    uses_retry,
)

NOW = 1_700_000_000 * SECOND
SCHEDULE = Schedule()
FAILURES = [outcome for outcome in Outcome if outcome not in (Outcome.DELIVERED, Outcome.UNKNOWN)]
fractions = st.floats(0, 1, exclude_max=True)


def follow_up(
    result: Result, *, failures: int = 0, unknowns: int = 0, max_retries: int = 10, random: float = 0.0
) -> Decision:
    return decide(
        result,
        failures=failures,
        unknowns=unknowns,
        max_retries=max_retries,
        schedule=SCHEDULE,
        now=NOW,
        random=lambda: random,
    )


@pytest.mark.parametrize(
    ("retry", "longest"),
    [(1, 5), (2, 10), (3, 20), (4, 40), (9, 1280), (10, 2560), (11, 3600), (12, 3600), (180, 3600)],
)
def test_the_schedule_doubles_from_five_seconds_up_to_an_hour(retry: int, longest: int) -> None:
    assert SCHEDULE.longest(retry) == longest * SECOND


@given(retry=st.integers(1, 181), random=fractions)
def test_a_wait_is_between_half_of_the_longest_and_the_longest(retry: int, random: float) -> None:
    wait, longest = SCHEDULE.wait(retry, lambda: random), min(5 * SECOND * 2 ** (retry - 1), HOUR)
    assert longest / 2 <= wait <= longest <= HOUR


def test_jitter_uses_the_whole_span() -> None:
    assert SCHEDULE.wait(3, lambda: 0.0) == 20 * SECOND
    assert SCHEDULE.wait(3, lambda: 0.5) == 15 * SECOND
    assert SCHEDULE.wait(3, lambda: 1 - 2**-53) == 10 * SECOND + 1


@given(
    failures=st.integers(0, 200),
    asked=st.one_of(st.none(), st.integers(-HOUR, 3 * DAY)),
    status=st.sampled_from([0, 301, 404, 429, 500, 502, 503, 504]),
    random=fractions,
)
def test_every_wait_is_within_its_bounds(failures: int, asked: int | None, status: int, random: float) -> None:
    decision = follow_up(Result(Outcome.REJECTED, status, asked), failures=failures, max_retries=201, random=random)
    assert isinstance(decision, RetryAt)
    wait, longest = decision.due_time - NOW, SCHEDULE.longest(failures + 1)
    if asked is not None and status in (429, 502, 503, 504):
        assert max(longest / 2, min(asked, DAY)) <= wait <= max(longest, min(asked, DAY))
        assert decision.hold_time == decision.due_time
    else:
        assert longest / 2 <= wait <= longest
        assert decision.hold_time == 0


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize(
    ("asked", "wait"),
    [(0, 5 * SECOND), (4 * SECOND, 5 * SECOND), (6 * SECOND, 6 * SECOND), (DAY, DAY), (DAY + 1, DAY), (400 * DAY, DAY)],
)
def test_retry_after_is_honoured_between_the_backoff_and_a_day_and_holds_the_lane(
    status: int, asked: int, wait: int
) -> None:
    result = Result(Outcome.REJECTED, status, asked, "busy")
    assert follow_up(result) == RetryAt(NOW + wait, "busy", NOW + wait)


@pytest.mark.parametrize("status", [400, 404, 408, 500, 501, 301])
def test_retry_after_with_another_status_is_ignored(status: int) -> None:
    assert follow_up(Result(Outcome.REJECTED, status, HOUR, "no")) == RetryAt(NOW + 5 * SECOND, "no")


def test_the_last_failure_still_holds_the_lane_for_as_long_as_was_asked() -> None:
    result = Result(Outcome.REJECTED, 429, HOUR, "busy")
    assert follow_up(result, failures=10) == Dead("busy", NOW + HOUR)


@pytest.mark.parametrize("failures", [0, 10, 200])
def test_success_is_success_at_any_attempt(failures: int) -> None:
    assert follow_up(Result(Outcome.DELIVERED, 204), failures=failures, max_retries=0) == Delivered()


@pytest.mark.parametrize("failures", [0, 10])
def test_gone_switches_the_target_off_at_once(failures: int) -> None:
    assert follow_up(Result(Outcome.REJECTED, 410, HOUR, "gone"), failures=failures) == TargetGone("gone")


@pytest.mark.parametrize("outcome", FAILURES)
@pytest.mark.parametrize("max_retries", [0, 1, 10, 180])
def test_a_delivery_is_attempted_once_more_than_it_may_be_retried(outcome: Outcome, max_retries: int) -> None:
    result = Result(outcome, reason="no")
    attempts = 0
    decision: Decision = RetryAt(NOW, "")
    while isinstance(decision, RetryAt):
        decision = follow_up(result, failures=attempts, max_retries=max_retries)
        attempts += 1
    assert decision == Dead("no")
    assert attempts == max_retries + 1


@pytest.mark.parametrize("max_retries", [0, 10])
def test_an_unknown_attempt_is_repeated_at_once_and_free_five_times(max_retries: int) -> None:
    unknown = Result(Outcome.UNKNOWN, reason="worker died")
    for unknowns in range(MAX_UNKNOWN):
        assert follow_up(unknown, failures=10, unknowns=unknowns, max_retries=max_retries) == RetryAt(
            NOW, "worker died"
        )
    assert MAX_UNKNOWN == 5


def test_the_sixth_unknown_attempt_is_a_failure_like_any_other() -> None:
    unknown = Result(Outcome.UNKNOWN, reason="worker died")
    assert follow_up(unknown, unknowns=5, max_retries=0) == Dead("worker died")
    assert follow_up(unknown, unknowns=5, failures=2) == RetryAt(NOW + 20 * SECOND, "worker died")


def test_want_of_something_here_is_free_five_times_and_waits_longer_each_time() -> None:
    own = Result(Outcome.NOT_CONNECTED, reason="no more sockets", own=True)
    for unknowns in range(MAX_UNKNOWN):
        wait = 5 * SECOND * 2**unknowns
        assert follow_up(own, unknowns=unknowns, max_retries=0) == RetryAt(NOW + wait, "no more sockets", own=True)
        assert not uses_retry(own.outcome, unknowns, own=True)
    assert follow_up(own, unknowns=MAX_UNKNOWN, max_retries=0) == Dead("no more sockets")
    assert follow_up(own, unknowns=MAX_UNKNOWN) == RetryAt(NOW + 5 * SECOND, "no more sockets")
    assert uses_retry(own.outcome, MAX_UNKNOWN, own=True)
