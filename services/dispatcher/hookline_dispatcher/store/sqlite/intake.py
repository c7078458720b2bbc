"""Committing events: each with what it fires, in the state that its lane allows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store.model import Claim, Firing, Intake, IntakeResult, IntakeStatus

from . import rows
from .arrivals import Arrivals
from .blocks import Blocks
from .elements import Counted, count_fired
from .events import Events
from .lane_row import LaneRow
from .lanes import Lanes
from .log import Log
from .numbers import Numbers
from .order import held
from .stored import Stored
from .tally import Tally

EVENT = (
    "seq, account_id, id, type, object_type_id, object_id, object_version, params, data, changed_fields, tags, "
    "occurred_time, ordering_key, digest, publish_time, deliveries, note"
)
DELIVERY = (
    "id, root_id, account_id, lane_id, event_seq, config_revision, state, due_time, attempts, failures, unknowns, "
    "epoch, claim_time, order_key, holds, cancelling, status_code, reason, create_time, settle_time, redelivery_of, "
    "request_id, fired_by, element_id"
)
_KNOWN = rows.select(
    "j.key, hex(e.digest), e.deliveries",
    "FROM json_each(?) j JOIN event e ON e.account_id = j.value ->> 0 AND e.id = j.value ->> 1",
)


@dataclass(slots=True)
class Batch:
    """One call's intakes."""

    intakes: Sequence[Intake]
    atomic: bool


class More(NamedTuple):
    """Firings of an event: of one that is stored under ``seq``, or, where that is 0, of one to be stored with them."""

    seq: int
    intake: Intake


@dataclass(slots=True)
class _New:
    """A new delivery, as far as it differs from others."""

    id: int
    state: State
    due_time: int
    order_key: str | None = None
    epoch: int = 0
    claim_time: int = 0
    settle_time: int = 0
    reason: str = ""

    def values(self, firing: Firing, intake: Intake, lane_id: int, seq: int) -> rows.Row:
        """The values of DELIVERY."""
        return (
            self.id,
            self.id,
            firing.target.account_id,
            lane_id,
            seq,
            firing.config_revision,
            self.state,
            self.due_time,
            int(self.state is State.IN_FLIGHT),
            0,
            0,
            self.epoch,
            self.claim_time,
            self.order_key,
            int(self.order_key is not None),
            0,
            0,
            self.reason,
            intake.publish_time,
            self.settle_time,
            0,
            "",
            firing.fired_by,
            firing.element_id,
        )


@dataclass(slots=True)
class _Rows:
    """What is to be inserted, and the keys that ordered lanes got in this batch."""

    events: list[rows.Row] = field(default_factory=list)
    deliveries: list[rows.Row] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    held: set[tuple[int, str]] = field(default_factory=set)


class Intaker:
    """Writes batches of intakes; runs on the writer's thread, within its transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        lanes: Lanes,
        events: Events,
        log: Log,
        tally: Tally,
        stored: Stored,
        epoch: int,
        now: Callable[[], int],
    ) -> None:
        self._connection = connection
        self._lanes = lanes
        self.events = events
        self._log = log
        self._tally = tally
        self.stored = stored
        self._epoch = epoch
        self._now = now
        self.arrivals = Arrivals(connection)
        self.blocks = Blocks(connection)
        self.seqs = Numbers(connection, "event")
        self.ids = Numbers(connection, "delivery")

    def write(self, batches: Sequence[Batch]) -> list[list[IntakeResult]]:
        """Commits the batches in their order."""
        known = self._known([intake for batch in batches for intake in batch.intakes])
        found = _Rows()
        results = [self._batch(batch, known, found) for batch in batches]
        self._insert(found)
        return results

    def add(self, mores: Sequence[More]) -> list[IntakeResult]:
        """Commits what routing decided later, in its order; an event whose id is known is left out with its firings."""
        if not mores:
            return []
        known = self._known([more.intake for more in mores if not more.seq])
        found = _Rows()
        results = [self._again(more, found) if more.seq else self._one(more.intake, known, found) for more in mores]
        self._insert(found)
        return results

    def _again(self, more: More, found: _Rows) -> IntakeResult:
        """More firings of an event that is stored."""
        firings = more.intake.firings
        claims = tuple([claim for firing in firings if (claim := self._fire(firing, more.intake, more.seq, found))])
        if firings:
            self._connection.execute(
                "UPDATE event SET deliveries = deliveries + ? WHERE seq = ?", (len(firings), more.seq)
            )
        return IntakeResult(IntakeStatus.NEW, len(firings), claims)

    def _insert(self, found: _Rows) -> None:
        rows.insert(self._connection, "event", EVENT, found.events)
        rows.insert(self._connection, "delivery", DELIVERY, found.deliveries)
        count_fired(self._connection, found.counted)
        self.arrivals.flush()

    def _known(self, intakes: Sequence[Intake]) -> dict[tuple[int, str], tuple[bytes, int]]:
        pairs = [(intake.event.account_id, intake.event.id) for intake in intakes]
        found = rows.table(self._connection, _KNOWN, (rows.keys(pairs),))
        return {pairs[key]: (bytes.fromhex(digest), deliveries) for key, digest, deliveries in found}

    def _batch(self, batch: Batch, known: dict[tuple[int, str], tuple[bytes, int]], found: _Rows) -> list[IntakeResult]:
        if batch.atomic and (refusal := _refuse(batch.intakes, known)):
            return refusal
        return [self._one(intake, known, found) for intake in batch.intakes]

    def _one(self, intake: Intake, known: dict[tuple[int, str], tuple[bytes, int]], found: _Rows) -> IntakeResult:
        event = intake.event
        before = known.get((event.account_id, event.id))
        if before is not None:
            status = IntakeStatus.DUPLICATE if before[0] == intake.digest else IntakeStatus.CONFLICT
            return IntakeResult(status, before[1])
        known[event.account_id, event.id] = (intake.digest, len(intake.firings))
        seq = self.seqs.take()
        self._tally.event(event.account_id)
        self.stored.add(event.account_id, len(event.data))
        found.events.append(
            (
                seq,
                event.account_id,
                event.id,
                event.type,
                event.object_type_id,
                event.object_id,
                event.object_version,
                orjson.dumps(event.params).decode(),
                event.data,
                orjson.dumps(event.changed_fields).decode(),
                orjson.dumps(event.tags).decode(),
                event.occurred_time,
                event.ordering_key,
                intake.digest,
                intake.publish_time,
                len(intake.firings),
                intake.note,
            )
        )
        if intake.tracked or intake.told:
            self.arrivals.add(seq, intake)
        claims = [claim for firing in intake.firings if (claim := self._fire(firing, intake, seq, found))]
        if len(claims) < len(intake.firings):
            self.events.keep(seq, event)
        return IntakeResult(IntakeStatus.NEW, len(intake.firings), tuple(claims))

    def _fire(self, firing: Firing, intake: Intake, seq: int, found: _Rows) -> Claim | None:
        """Adds the delivery of a firing; its claim where it goes at once."""
        row = self._lanes.of(firing.target, firing.policy)
        new = _New(self.ids.take(), State.WAITING, intake.publish_time)
        claim = None
        if row.lane.switch is Switch.OFF:
            new.state, new.reason, new.settle_time = State.CANCELLED, row.lane.reason, self._now()
            self._log.note(row, new.id, new.settle_time, new.reason)
        elif self._goes_at_once(row):
            new.state, new.epoch, new.claim_time = State.IN_FLIGHT, self._epoch, self._now()
            self._lanes.take_off(row)
            claim = _born_leased(firing, intake, new.id, row)
        else:
            new.due_time, new.order_key = self._wait(row, intake, found)
        self._tally.fired(firing.target.account_id, new.state)
        self.blocks.note(new.id, row, intake.event.type, intake.event.object_type_id)
        found.deliveries.append(new.values(firing, intake, row.id, seq))
        if firing.element_id:
            found.counted.append((firing.element_id, new.state))
        return claim

    def _goes_at_once(self, row: LaneRow) -> bool:
        """Whether a new delivery needs not to wait in its lane."""
        fresh = row.lane.takes_fresh(row.waiting, row.in_flight, self._lanes.caps.lane, self._now())
        return fresh and self._lanes.room_for_fresh(row)

    def _wait(self, row: LaneRow, intake: Intake, found: _Rows) -> tuple[int, str | None]:
        """Puts a new delivery into its lane: when it is due, and the key that keeps it in order."""
        due, order_key = intake.publish_time, None
        if row.lane.policy.ordered:
            order_key = intake.event.order
            due = NEVER if self._held(row, order_key, found) else due
        self._lanes.enqueue(row, due)
        return due, order_key

    def _held(self, row: LaneRow, order_key: str, found: _Rows) -> bool:
        """Whether an earlier delivery of this key is still to be settled; notes that this one now is."""
        if (row.id, order_key) in found.held:
            return True
        found.held.add((row.id, order_key))
        return held(self._connection, row.id, order_key)


def _refuse(intakes: Sequence[Intake], known: dict[tuple[int, str], tuple[bytes, int]]) -> list[IntakeResult] | None:
    """The answers to an atomic batch that has a conflict; None when it has none."""
    seen: dict[tuple[int, str], bytes] = {}
    conflicts = []
    for intake in intakes:
        key = (intake.event.account_id, intake.event.id)
        digest = known[key][0] if key in known else seen.setdefault(key, intake.digest)
        conflicts.append(digest != intake.digest)
    if not any(conflicts):
        return None
    return [IntakeResult(IntakeStatus.CONFLICT if conflict else IntakeStatus.REFUSED) for conflict in conflicts]


def _born_leased(firing: Firing, intake: Intake, id_: int, row: LaneRow) -> Claim:
    return Claim(
        delivery_id=id_,
        root_id=id_,
        lane_id=row.id,
        target=firing.target,
        event=intake.event,
        config_revision=firing.config_revision,
        number=1,
        failures=0,
        unknowns=0,
        create_time=intake.publish_time,
    )
