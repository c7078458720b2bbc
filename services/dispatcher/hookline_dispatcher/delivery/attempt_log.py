"""One structured line for each attempt: enough to find it again, and nothing that is the customer's.

It names the host of the receiver, never path, query, headers or body; nor a host in which a merge field stands, since
that is made of somebody's data, nor where it led. Where the level is above info it costs a test.
"""

from __future__ import annotations

from hookline_dispatcher.core.retry import Decision
from hookline_dispatcher.sender.model import Refusal
from hookline_dispatcher.store.model import AttemptRecord, Claim, TargetKey
from hookline_runtime.logs import PlainLines


class AttemptLog:
    """Writes the lines, where there is somewhere to write them."""

    def __init__(self, lines: PlainLines | None) -> None:
        self._lines = lines

    def attempt(
        self, claim: Claim, host: str, record: AttemptRecord, decision: Decision, refusal: Refusal | None = None
    ) -> None:
        """Writes the line of one attempt.

        Args:
            claim: What was attempted.
            host: Where to; empty when nothing was sent, or nobody knows whether it was.
            record: What is kept of it.
            decision: What follows.
            refusal: Why its address was refused, if it was.
        """
        if self._lines is None:
            return
        self._lines.write(
            "attempt",
            delivery_id=claim.delivery_id,
            number=claim.number,
            follows=type(decision).__name__,
            **_facts(claim.target, host, record, refusal),
        )

    def test(self, target: TargetKey, host: str, record: AttemptRecord, refusal: Refusal | None = None) -> None:
        """Writes the line of a test: a request that left like any other, of no delivery."""
        if self._lines is not None:
            facts = _facts(target, host, record, refusal)
            self._lines.write("attempt", delivery_id=0, number=1, follows="Test", **facts)


def _facts(
    target: TargetKey, host: str, record: AttemptRecord, refusal: Refusal | None
) -> dict[str, str | int | float]:
    facts: dict[str, str | int | float] = {
        "account_id": target.account_id,
        "target": f"{target.kind}/{target.id}",
        "host": host,
        "outcome": record.outcome.name.lower(),
        "status_code": record.status_code,
        "latency_ms": record.latency / 1000,
    }
    if refusal is not None:
        facts |= {"refused_address": refusal.address, "refused_as": refusal.word}
    return facts
