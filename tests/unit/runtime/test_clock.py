from __future__ import annotations

import time

from hookline_runtime import clock


def test_the_time_is_in_microseconds() -> None:
    before = time.time_ns() // 1000
    assert before <= clock.now() <= clock.SystemClock().now() <= time.time_ns() // 1000


def test_a_manual_clock_stands_still() -> None:
    manual = clock.ManualClock(5)
    assert (manual.now(), manual.now()) == (5, 5)
    manual.time = 6
    assert manual.now() == 6
