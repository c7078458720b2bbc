"""One structured line for each attempt: enough to find it again, and nothing that is the customer's.

It names the host of the receiver, never path, query, headers or body. Where the level is above info it costs a test.
"""

from __future__ import annotations

from typing import Any

import structlog

from .core.retry import Decision
from .store.model import AttemptRecord, Claim


class AttemptLog:
    """Writes the lines; made once logging is configured, so that a line does not set up a logger of its own."""

    def __init__(self, enabled: bool) -> None:
        self._info: Any = structlog.get_logger(__name__).bind().info if enabled else None

    def attempt(self, claim: Claim, host: str, record: AttemptRecord, decision: Decision) -> None:
        """Writes the line of one attempt; ``host`` is empty when nothing was sent."""
        if self._info is None:
            return
        self._info(
            "attempt",
            delivery_id=claim.delivery_id,
            account_id=claim.target.account_id,
            target=f"{claim.target.kind}/{claim.target.id}",
            number=claim.number,
            host=host,
            outcome=record.outcome.name.lower(),
            status_code=record.status_code,
            latency_ms=record.latency / 1000,
            follows=type(decision).__name__,
        )
