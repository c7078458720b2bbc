"""Metadata is counted with what each field costs beside its bytes."""

from __future__ import annotations

import pytest

from hookline_runtime.errors import InvalidArgument
from hookline_runtime.metadata_size import check_metadata


def test_what_is_within_the_bound_passes() -> None:
    check_metadata([], 0)
    check_metadata([("api-key", "x" * 10), ("trace-bin", b"\0" * 5)], 7 + 10 + 9 + 5 + 2 * 32)


@pytest.mark.parametrize("metadata", [[("a", "x" * 1_000)], [("a", "")] * 32, [("a-bin", b"\0" * 1_000)]])
def test_what_is_larger_is_refused(metadata: list[tuple[str, str | bytes]]) -> None:
    with pytest.raises(InvalidArgument, match="must not be larger than 1024 bytes"):
        check_metadata(metadata, 1_024)
