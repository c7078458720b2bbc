"""What a failing store means to a caller: come back later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hookline_dispatcher.store.model import StoreFailed
from hookline_runtime.errors import Unavailable

RETRY_SECONDS = 1.0


@contextmanager
def store_in_use() -> Iterator[None]:
    """Turns StoreFailed into Unavailable, around the calls of one RPC."""
    try:
        yield
    except StoreFailed as error:
        raise Unavailable("the store fails at the moment", RETRY_SECONDS, reason="STORE_FAILED") from error
