"""The log: a row for each attempt, and one for each delivery that was settled without."""

from __future__ import annotations

import sqlite3

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.store.model import AttemptRecord, Claim

from . import rows
from .lane_row import LaneRow
from .numbers import Numbers

ATTEMPT = (
    "seq, account_id, delivery_id, lane_id, number, outcome, status_code, reason, start_time, latency, method, url, "
    "request_headers, request_body, response_headers, response_body, body_cut, connect_latency, first_byte_latency"
)
_NOTHING = (0, "", "", b"", None, b"", b"", 0, None, None)
"""What an entry for which nothing was sent, or nobody knows, has from its latency on."""

WITHOUT_ATTEMPT = 0
"""The number of an entry for a delivery that was settled without an attempt, and its outcome."""


class Log:
    """Collects the entries of a transaction; ``flush`` inserts them in their order."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: list[rows.Row] = []
        self.called_off = 0
        """Deliveries that this transaction settled without an attempt."""
        self.seqs = Numbers(connection, "log")

    def attempt(self, claim: Claim, record: AttemptRecord) -> None:
        """An attempt was closed."""
        self._rows.append(
            (
                self.seqs.take(),
                claim.target.account_id,
                claim.delivery_id,
                claim.lane_id,
                claim.number,
                record.outcome,
                record.status_code,
                record.reason,
                record.start_time,
                record.latency,
                record.method,
                record.url,
                record.request_headers,
                record.request_body,
                record.response_headers,
                record.response_body,
                record.body_cut,
                record.connect_latency,
                record.first_byte_latency,
            )
        )

    def note(self, row: LaneRow, delivery_id: int, now: int, reason: str) -> None:
        """A delivery was settled without an attempt."""
        self.cancelled(row.target.account_id, delivery_id, row.id, now, reason)

    def cancelled(self, account_id: int, delivery_id: int, lane_id: int, now: int, reason: str) -> None:
        """The same, for a lane that is not in memory."""
        self.called_off += 1
        entry = (account_id, delivery_id, lane_id, WITHOUT_ATTEMPT, WITHOUT_ATTEMPT, 0, reason, now)
        self._rows.append((self.seqs.take(), *entry, *_NOTHING))

    def unknown(self, account_id: int, delivery_id: int, lane_id: int, number: int, start: int, reason: str) -> None:
        """An attempt was closed by its worker's death."""
        entry = (account_id, delivery_id, lane_id, number, Outcome.UNKNOWN, 0, reason, start)
        self._rows.append((self.seqs.take(), *entry, *_NOTHING))

    def flush(self) -> None:
        """Writes what was collected."""
        rows.insert(self._connection, "attempt", ATTEMPT, self._rows)
        self._rows.clear()

    def committed(self) -> int:
        """It was committed; how many deliveries were called off."""
        called_off, self.called_off = self.called_off, 0
        return called_off

    def rolled_back(self) -> None:
        """Forgets what was collected."""
        self.called_off = 0
        self._rows.clear()
