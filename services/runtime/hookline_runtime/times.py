"""Times and spans of requests as numbers, once it is certain that they are what they claim to be.

The rules in the protos compare them only: what is no time (nanos of more than a second) passes there.
"""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from hookline_runtime.errors import InvalidArgument, Violation

_NANOS = 1_000_000_000


def micros_of(field: str, stamp: Timestamp) -> int:
    """A time in microseconds since the epoch; 0 for one that is not set.

    Raises:
        InvalidArgument: at ``field``; it is none that a Timestamp can stand for.
    """
    try:
        return stamp.ToMicroseconds()
    except ValueError:
        reason = "must be a time in the years 1 to 9999, with nanos from 0 to 999999999"
        raise InvalidArgument(Violation(field, reason)) from None


def span_of(field: str, span: Duration) -> int:
    """A span in microseconds, what is finer cut off.

    Raises:
        InvalidArgument: at ``field``; its seconds and nanos have different signs, or its nanos are a second or more.
    """
    if abs(span.nanos) >= _NANOS:
        raise InvalidArgument(Violation(field, "must have nanos from -999999999 to 999999999"))
    if span.seconds * span.nanos < 0:
        raise InvalidArgument(Violation(field, "must have seconds and nanos of the same sign"))
    return span.ToMicroseconds()
