"""Settling: what an attempt came to, applied to its delivery and its lane. A settlement of another epoch is void."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hookline_dispatcher.core.delivery import State, Step, follow
from hookline_dispatcher.core.instants import DAY, MINUTE, NEVER
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.core.retry import Dead, Delivered, Outcome, RetryAt, Schedule, TargetGone, uses_retry
from hookline_dispatcher.store.model import Settlement

from . import rows
from .elements import Counted, count_settled
from .lane_row import LaneRow
from .lanes import Lanes
from .log import Log
from .order import CANCELLED, advance_key
from .tally import Tally

_VOID = [0, 0, None, 0, 0, 0]
_LIVE = rows.select(
    "id, attempts, order_key, holds, cancelling, element_id",
    "FROM delivery WHERE epoch = ? AND id IN (SELECT value FROM json_each(?))",
)
_CHANGING = "id, state, due_time, attempts, failures, unknowns, holds, status_code, reason, settle_time"
_CHANGE = """
epoch = 0, state = j.state, due_time = j.due_time, attempts = j.attempts, failures = j.failures,
    unknowns = j.unknowns, holds = j.holds, status_code = coalesce(j.status_code, delivery.status_code),
    reason = coalesce(j.reason, delivery.reason), settle_time = j.settle_time
"""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the installation has set for lanes."""

    schedule: Schedule = field(default_factory=Schedule)
    off_after: int = 5 * DAY


class Settler:
    """Applies settlements; runs on the writer's thread, within its transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        lanes: Lanes,
        log: Log,
        tally: Tally,
        epoch: int,
        now: Callable[[], int],
        random: Callable[[], float],
        rules: Rules,
    ) -> None:
        self._connection = connection
        self._lanes = lanes
        self._log = log
        self._tally = tally
        self._epoch = epoch
        self._now = now
        self._random = random
        self._rules = rules

    def write(self, settlements: Sequence[Settlement]) -> list[bool]:
        """Applies them in order; False for those whose claim is void."""
        ids = rows.keys(settlement.claim.delivery_id for settlement in settlements)
        live = {row[0]: row for row in rows.table(self._connection, _LIVE, (self._epoch, ids))}
        now = self._now()
        changes: list[rows.Row] = []
        ended: list[tuple[LaneRow, str]] = []
        counted: list[Counted] = []
        applied = []
        for settlement in settlements:
            claim = settlement.claim
            # A second settlement of one claim within a batch finds nothing to settle, as it would in the next.
            _, number, order_key, held, cancelling, element_id = live.get(claim.delivery_id, _VOID)
            applied.append(number == claim.number)
            if number == claim.number:
                del live[claim.delivery_id]
                row = self._lanes.at(claim.lane_id)
                change = self._one(settlement, row, bool(cancelling), now)
                holds = bool(held) and not cancelling and _holds(change.state, row)
                changes.append(change.values(claim.delivery_id, holds))
                self._tally.settled(claim.target.account_id, change.state, change.attempts)
                if element_id:
                    counted.append((element_id, change.state))
                # Also behind a dead one that blocks: a redelivery of an earlier one may have waited for its end.
                if order_key is not None and change.state is not State.WAITING:
                    ended.append((row, order_key))
        rows.update(self._connection, "delivery", _CHANGING, _CHANGE, changes)
        count_settled(self._connection, counted)
        for row, order_key in ended:
            advance_key(self._connection, self._lanes, row, order_key, now)
        return applied

    def _one(self, settlement: Settlement, row: LaneRow, cancelling: bool, now: int) -> _Change:
        claim, decision, record = settlement.claim, settlement.decision, settlement.record
        self._lanes.land(row)
        change = _Change(State.IN_FLIGHT, claim.number, claim.failures, claim.unknowns)
        if record is not None:
            self._log.attempt(claim, record)
            change.status_code = record.status_code
            change.reason = record.reason
        if decision is None:
            # Nothing was sent, so what the attempt before it came to still stands.
            change.attempts -= 1
            change.step(Step.GIVE_BACK, now)
        elif isinstance(decision, Delivered):
            change.step(Step.DELIVER, now)
            self._succeeded(row, now)
        else:
            self._failed(settlement, decision, row, change, now)
        if cancelling and change.state is State.WAITING:
            change.step(Step.CANCEL, now)
            change.reason = CANCELLED
            self._log.note(row, claim.delivery_id, now, CANCELLED)
        if change.state is State.WAITING:
            self._lanes.enqueue(row, change.due_time)
        return change

    def _failed(
        self, settlement: Settlement, decision: RetryAt | Dead | TargetGone, row: LaneRow, change: _Change, now: int
    ) -> None:
        record = settlement.record
        outcome = record.outcome if record else Outcome.NOT_RENDERED
        own = isinstance(decision, RetryAt) and decision.own
        change.failures += uses_retry(outcome, change.unknowns, own=own)
        change.unknowns += own or outcome is Outcome.UNKNOWN
        change.reason = decision.reason
        if isinstance(decision, RetryAt):
            change.step(Step.RETRY, decision.due_time)
            self._tally.retried(settlement.claim.target.account_id)
        else:
            change.step(Step.BURY, now)
        if not settlement.counts:
            return
        hold_time = 0 if isinstance(decision, TargetGone) else decision.hold_time
        was = row.lane.switch
        row.lane = row.lane.after_failure(
            now,
            hold_time=hold_time,
            schedule=self._rules.schedule,
            random=self._random,
            others_in_flight=row.in_flight,
            off_after=self._rules.off_after,
        )
        if isinstance(decision, TargetGone) and was is not Switch.OFF:
            row.lane = row.lane.switched(Switch.OFF, "the receiver answered 410 Gone", now)
        row.announce = row.announce or row.lane.switch is not was

    def _succeeded(self, row: LaneRow, now: int) -> None:
        lane = row.lane
        # A healthy lane's row is written at most once a minute, so that success costs the delivery's row alone.
        if lane.failures or now - lane.last_success_time > MINUTE:
            row.lane = lane.after_success(now)


@dataclass(slots=True)
class _Change:
    """What becomes of a delivery's row."""

    state: State
    attempts: int
    failures: int
    unknowns: int
    due_time: int = 0
    status_code: int | None = None
    reason: str | None = None
    settle_time: int = 0

    def step(self, step: Step, time: int) -> None:
        """Follows a step: ``time`` is when a waiting delivery is due, or a settled one was settled."""
        self.state = follow(self.state, step)
        if self.state is State.WAITING:
            self.due_time = time
        else:
            self.settle_time = time

    def values(self, delivery_id: int, holds: bool) -> rows.Row:
        """The values of _CHANGING."""
        return (
            delivery_id,
            self.state,
            self.due_time,
            self.attempts,
            self.failures,
            self.unknowns,
            int(holds),
            self.status_code,
            self.reason,
            self.settle_time,
        )


def _holds(state: State, row: LaneRow) -> bool:
    """Whether a delivery that keeps an ordering key goes on to do so in this state."""
    policy = row.lane.policy
    return policy.ordered and (state is State.WAITING or (state is State.DEAD and policy.block_dead))


assert NEVER == 4611686018427387904, "the statements of this package write it out"
