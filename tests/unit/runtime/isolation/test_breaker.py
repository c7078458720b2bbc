from __future__ import annotations

from hookline_runtime.isolation.breaker import FIRST, FORGIVEN_AFTER, LONGEST, Breaker


def test_pauses_double_up_to_the_longest() -> None:
    breaker, now, pauses = Breaker(), 100.0, []
    for _ in range(9):
        breaker = breaker.struck(now)
        pauses.append(breaker.pause)
        assert breaker.left(now) == breaker.pause
        now = breaker.until
        assert breaker.left(now) == 0
    assert pauses == [FIRST, 2, 4, 8, 16, 32, LONGEST, LONGEST, LONGEST]


def test_who_has_run_well_for_long_enough_begins_anew() -> None:
    breaker = Breaker().struck(100.0)
    for _ in range(3):
        breaker = breaker.struck(breaker.until)
    soon, late = (breaker.until + breaker.pause * times for times in (FORGIVEN_AFTER, FORGIVEN_AFTER + 1))
    assert breaker.struck(soon).pause == 2 * breaker.pause
    assert breaker.struck(late).pause == FIRST
