"""One structured line for each attempt: enough to find it again, and nothing that is the customer's.

It names the host of the receiver, never path, query, headers or body. Where the level is above info it costs a test.
"""

from __future__ import annotations

from hookline_dispatcher.core.retry import Decision
from hookline_dispatcher.store.model import AttemptRecord, Claim
from hookline_runtime.logs import PlainLines


class AttemptLog:
    """Writes the lines, where there is somewhere to write them."""

    def __init__(self, lines: PlainLines | None) -> None:
        self._lines = lines

    def attempt(self, claim: Claim, host: str, record: AttemptRecord, decision: Decision) -> None:
        """Writes the line of one attempt; ``host`` is empty when nothing was sent, or nobody knows whether it was."""
        if self._lines is None:
            return
        self._lines.write(
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
