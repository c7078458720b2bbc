"""Latencies: percentiles over buckets, held against percentiles over the spans themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hookline_dispatcher.activity.latencies import Latencies, bucket_of, span_of

SPANS = st.integers(0, 1 << 50)


@given(SPANS)
def test_a_bucket_stands_for_its_spans_to_a_sixteenth(span: int) -> None:
    assert abs(span_of(bucket_of(span)) - span) * 16 <= max(span, 16)


@given(SPANS, SPANS)
def test_buckets_are_in_the_order_of_spans(one: int, other: int) -> None:
    assert (bucket_of(one) <= bucket_of(other)) or one > other
    assert bucket_of(span_of(bucket_of(one))) == bucket_of(one)


@given(st.lists(SPANS, min_size=1, max_size=200), st.sampled_from([1, 50, 99, 100]))
def test_a_percentile_is_that_of_the_spans(spans: list[int], percent: int) -> None:
    latencies = Latencies()
    for span in spans:
        latencies.add(span)
    exact = sorted(spans)[-(-len(spans) * percent // 100) - 1]
    assert latencies.percentile(percent) == span_of(bucket_of(exact))
    assert latencies.number == len(spans)


def test_a_clock_that_went_back_measures_nothing_below_nought() -> None:
    latencies = Latencies()
    latencies.add(-5)
    assert (latencies.number, latencies.percentile(50)) == (1, 0)
    assert Latencies().percentile(99) == 0
