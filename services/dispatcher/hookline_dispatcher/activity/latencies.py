"""How long things took, as a histogram over whole numbers whose buckets are an eighth of their span wide.

A span of microseconds falls into a bucket by its four leading bits, so a percentile is right to a sixteenth, and adding
one costs a few operations on small numbers.
"""

from __future__ import annotations

_LEADING = 4
_SUB = 1 << (_LEADING - 1)


def bucket_of(span: int) -> int:
    """The bucket of a span in microseconds; those below 16 have one each."""
    if span < 2 * _SUB:
        return max(span, 0)
    shift = span.bit_length() - _LEADING
    return (shift << (_LEADING - 1)) + (span >> shift)


def span_of(bucket: int) -> int:
    """The middle of a bucket, in microseconds."""
    if bucket < 2 * _SUB:
        return bucket
    shift = (bucket >> (_LEADING - 1)) - 1
    return (((bucket & (_SUB - 1)) | _SUB) << shift) + (1 << shift >> 1)


class Latencies:
    """Counts spans by bucket."""

    __slots__ = ("_buckets", "number")

    def __init__(self) -> None:
        self._buckets: dict[int, int] = {}
        self.number = 0

    def add(self, span: int) -> None:
        """Counts a span in microseconds."""
        bucket = bucket_of(span)
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self.number += 1

    def percentile(self, percent: int) -> int:
        """What that many of a hundred took at most, in microseconds; 0 where nothing was counted."""
        left = -(-self.number * percent // 100)
        for bucket in sorted(self._buckets):
            left -= self._buckets[bucket]
            if left <= 0:
                return span_of(bucket)
        return 0
