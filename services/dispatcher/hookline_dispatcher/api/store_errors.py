"""What a store that fails, or has no room for what is noted of a change, means to a caller: come back later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hookline_dispatcher.store.model import StoreFailed
from hookline_dispatcher.store.notes import OutboxFull
from hookline_runtime.errors import Unavailable

RETRY_SECONDS = 1.0
FULL_RETRY_SECONDS = 10.0


@contextmanager
def store_in_use() -> Iterator[None]:
    """Turns StoreFailed and OutboxFull into Unavailable, around the calls of one RPC."""
    try:
        yield
    except StoreFailed as error:
        raise Unavailable("the store fails at the moment", RETRY_SECONDS, reason="STORE_FAILED") from error
    except OutboxFull as error:
        raise Unavailable(
            "nothing can be changed until the registry is there: too many entries of the audit log wait for it",
            FULL_RETRY_SECONDS,
            reason="AUDIT_OUTBOX_FULL",
        ) from error
