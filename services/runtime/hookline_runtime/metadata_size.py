"""How much metadata a call may bring, all of its frames together.

gRPC has a bound of its own, which most blocks of megabytes get past when each of their frames holds whole fields. Here
metadata is counted once it is all there, so that no call keeps more than it may.
"""

from __future__ import annotations

from collections.abc import Iterable

from hookline_runtime.errors import InvalidArgument, Violation

_OF_A_FIELD = 32
"""What a field counts beside its name and its value (RFC 9113, 6.5.2)."""


def check_metadata(metadata: Iterable[tuple[str, str | bytes]], most: int) -> None:
    """Passes metadata of at most ``most`` bytes.

    Raises:
        InvalidArgument: it is larger.
    """
    if sum(len(name) + len(value) + _OF_A_FIELD for name, value in metadata) > most:
        raise InvalidArgument(Violation("", f"the metadata must not be larger than {most} bytes"))
