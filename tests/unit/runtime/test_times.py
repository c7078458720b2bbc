import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.times import micros_of, span_of

YEAR_10000 = 253_402_300_800
MICROS = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)


@settings(max_examples=50)
@given(MICROS)
def test_times_and_spans_are_read_back(micros: int) -> None:
    stamp, span = Timestamp(), Duration()
    stamp.FromMicroseconds(micros)
    span.FromMicroseconds(micros)
    assert (micros_of("at", stamp), span_of("for", span)) == (micros, micros)


@pytest.mark.parametrize(
    "stamp",
    [Timestamp(seconds=YEAR_10000), Timestamp(seconds=5, nanos=-1), Timestamp(seconds=5, nanos=10**9)],
)
def test_what_is_no_time_is_refused(stamp: Timestamp) -> None:
    with pytest.raises(InvalidArgument) as refused:
        micros_of("a.b", stamp)
    reason = "must be a time in the years 1 to 9999, with nanos from 0 to 999999999"
    assert refused.value.violations == (Violation("a.b", reason),)


@pytest.mark.parametrize(
    "span, reason",
    [
        (Duration(seconds=5, nanos=-1), "must have seconds and nanos of the same sign"),
        (Duration(seconds=-5, nanos=1), "must have seconds and nanos of the same sign"),
        (Duration(seconds=5, nanos=10**9), "must have nanos from -999999999 to 999999999"),
        (Duration(nanos=-(10**9)), "must have nanos from -999999999 to 999999999"),
    ],
)
def test_what_is_no_span_is_refused(span: Duration, reason: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        span_of("a.b", span)
    assert refused.value.violations == (Violation("a.b", reason),)
