from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from hookline_gateway.rate_window import SECOND, WINDOW, RateWindows

GAPS = st.lists(st.integers(0, 40 * SECOND) | st.integers(0, 400).map(lambda gap: gap * SECOND // 10), max_size=60)
LIMITS = st.integers(1, 6)


def times(gaps: list[int]) -> list[int]:
    return list(accumulate(gaps))


@given(GAPS, LIMITS)
def test_no_window_of_a_minute_has_more_than_the_limit(gaps: list[int], limit: int) -> None:
    windows = RateWindows[int]()
    let_in = [now for now in times(gaps) if windows.take(1, limit, now).allowed]
    for now in let_in:
        assert len([each for each in let_in if now - WINDOW < each <= now]) <= limit


@given(GAPS, LIMITS)
def test_who_is_refused_had_used_up_the_minute(gaps: list[int], limit: int) -> None:
    windows = RateWindows[int]()
    let_in: list[int] = []
    for now in times(gaps):
        standing = windows.take(1, limit, now)
        in_window = len([each for each in let_in if each > now - WINDOW])
        assert standing.allowed is (in_window < limit)
        if standing.allowed:
            let_in.append(now)
        assert standing.remaining == limit - in_window - standing.allowed
        assert standing.limit == limit


@given(GAPS, LIMITS)
def test_who_waits_for_the_reset_is_let_in(gaps: list[int], limit: int) -> None:
    windows = RateWindows[int]()
    for now in times(gaps):
        standing = windows.take(1, limit, now)
        assert 1 <= standing.reset <= 60
        if not standing.allowed:
            assert windows.take(1, limit, now + standing.reset * SECOND).allowed
            return


@given(GAPS, LIMITS)
def test_refusals_do_not_count(gaps: list[int], limit: int) -> None:
    windows, patient = RateWindows[int](), RateWindows[int]()
    for now in times(gaps):
        allowed = windows.take(1, limit, now).allowed
        if not allowed:
            windows.take(1, limit, now)
        assert not allowed or patient.take(1, limit, now).allowed


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 20 * SECOND)), max_size=60))
def test_accounts_do_not_share_a_window_and_quiet_ones_are_forgotten(steps: list[tuple[int, int]]) -> None:
    together, alone = RateWindows[int](), {account: RateWindows[int]() for account in (1, 2, 3)}
    last: dict[int, int] = {}
    for (account, _), now in zip(steps, times([gap for _, gap in steps]), strict=True):
        standing = together.take(account, 2, now)
        assert standing == alone[account].take(account, 2, now)
        if standing.allowed:
            last[account] = now
        assert len(together) == len([each for each in last.values() if each > now - WINDOW])


def test_a_limit_that_was_lowered_counts_at_once() -> None:
    windows = RateWindows[int]()
    for now in range(10):
        assert windows.take(1, 10, now * SECOND).allowed
    standing = windows.take(1, 2, 10 * SECOND)
    assert (standing.allowed, standing.remaining, standing.reset) == (False, 0, 58)
    assert windows.take(1, 2, 68 * SECOND).allowed


def test_the_headers() -> None:
    assert RateWindows[int]().take(1, 180, 5).headers() == {
        "x-rate-limit-limit": "180",
        "x-rate-limit-remaining": "179",
        "x-rate-limit-reset": "60",
    }


def test_what_is_given_back_does_not_count() -> None:
    windows = RateWindows[str]()
    assert windows.take("a", 2, 1).allowed
    assert windows.take("a", 2, 2).allowed
    windows.give_back("a", 1)
    windows.give_back("a", 1)
    assert windows.take("a", 2, 3).allowed
    assert not windows.take("a", 2, 4).allowed
    for taken in (2, 3):
        windows.give_back("a", taken)
    assert len(windows) == 0
