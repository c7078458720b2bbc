from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hookline_dispatcher.core.instants import MINUTE, SECOND
from hookline_dispatcher.core.throttle import GRACE, spacing, take_slot

NOW = 1_700_000_000 * SECOND
rates = st.integers(1, 180)


def most_in_a_minute(sent: list[int]) -> int:
    """The most that any window of 60 seconds holds, both of its ends included."""
    first = most = 0
    for last, moment in enumerate(sent):
        while moment - sent[first] > MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most


def simulate(rate: int, seed: int, *, span: int, lateness: float, trouble: float) -> list[int]:
    """A worker under backlog, as its receiver sees it: it looks for a slot at some time and sends at some later one.

    Sometimes it looks too early, sends late within its slot, comes too late and gives the delivery back, or dies.
    """
    chance = random.Random(seed)  # a seed makes a failure repeatable
    now, next_slot, sent = NOW, 0, []
    while now < NOW + span:
        now += int(chance.expovariate(1 / lateness))
        slot = take_slot(next_slot, now, rate)
        if slot is None:
            now = next_slot - (SECOND // 10 if chance.random() < 0.2 else 0)
            now += int(chance.uniform(0, lateness))
            slot = take_slot(next_slot, max(now, NOW), rate)
            if slot is None:
                now = next_slot
                continue
        next_slot = slot.next_time
        if chance.random() < trouble:
            now += int(chance.choice([GRACE + 1, 5 * SECOND, 90 * SECOND]))
            continue
        leaves = max(now, slot.start_time) + int(chance.uniform(0, GRACE))
        if chance.random() < 0.3:
            leaves = slot.leave_by_time
        if leaves <= slot.leave_by_time:
            sent.append(leaves)
    return sent


@given(rate=rates, seed=st.integers(0, 10**6), lateness=st.sampled_from([1, 1000, 100_000, 900_000]))
@example(rate=1, seed=0, lateness=1)
@example(rate=60, seed=0, lateness=1)
@example(rate=61, seed=0, lateness=1)
@example(rate=180, seed=0, lateness=1)
@settings(max_examples=60, deadline=None)
def test_no_minute_ever_sees_more_than_the_rate(rate: int, seed: int, lateness: float) -> None:
    sent = simulate(rate, seed, span=6 * MINUTE, lateness=lateness, trouble=0.02)
    assert most_in_a_minute(sorted(sent)) <= rate


@given(rate=rates, lags=st.lists(st.integers(0, GRACE), min_size=40, max_size=400))
@settings(max_examples=60, deadline=None)
def test_the_bound_holds_for_the_worst_choice_of_moments_within_slots(rate: int, lags: list[int]) -> None:
    next_slot, sent = NOW, []
    for lag in lags:
        slot = take_slot(next_slot, next_slot, rate)
        assert slot is not None
        sent.append(slot.start_time + lag)
        next_slot = slot.next_time
    assert most_in_a_minute(sorted(sent)) <= rate


@pytest.mark.parametrize("rate", range(1, 181))
def test_at_least_95_percent_is_used_under_backlog(rate: int) -> None:
    chance = random.Random(rate)
    now, next_slot, taken, span = NOW, NOW, 0, 100 * MINUTE
    while now < NOW + span:
        slot = take_slot(next_slot, now, rate)
        if slot is None:
            # The timer fires a little late, and now and then the event loop was busy for a while.
            lateness = 400_000 if chance.random() < 0.05 else 20_000
            now = next_slot + chance.randrange(lateness)
            continue
        taken += 1
        next_slot = slot.next_time
        now += 100
    assert taken >= 0.95 * rate * span / MINUTE


@pytest.mark.parametrize("rate", range(1, 181))
def test_a_rate_of_slots_takes_longer_than_a_minute_and_the_grace(rate: int) -> None:
    assert 0 < rate * spacing(rate) - (MINUTE + GRACE) <= rate


@pytest.mark.parametrize(
    ("come", "start"),
    [(0, 0), (1, 0), (GRACE // 2, 0), (GRACE // 2 + 1, GRACE // 2 + 1), (GRACE, GRACE), (90 * SECOND, 90 * SECOND)],
)
def test_a_late_worker_catches_up_a_little_or_loses_its_slot(come: int, start: int) -> None:
    slot = take_slot(NOW, NOW + come, 60)
    assert slot is not None
    assert (slot.start_time, slot.leave_by_time) == (NOW + start, NOW + start + GRACE)
    assert slot.next_time == NOW + start + spacing(60)


def test_before_its_time_there_is_no_slot() -> None:
    assert take_slot(NOW, NOW - 1, 60) is None


def test_there_is_no_burst_after_a_pause() -> None:
    first = take_slot(NOW, NOW + 10 * MINUTE, 180)
    assert first is not None
    assert take_slot(first.next_time, NOW + 10 * MINUTE, 180) is None
