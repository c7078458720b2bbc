"""One lane as the writer holds it: its row of the table, and its queue, which only memory keeps count of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.lane import Lane, LanePolicy, Switch
from hookline_dispatcher.store.model import TargetKey

COLUMNS = (
    "id, account_id, kind, target_id, requests_per_minute, ordered, block_dead, switch, reason, switch_time, failures, "
    "first_failure_time, last_success_time, hold_time, next_slot_time, announce, origin"
)
CHANGING = (
    "id, requests_per_minute, ordered, block_dead, switch, reason, switch_time, failures, first_failure_time, "
    "last_success_time, hold_time, next_slot_time, announce, origin"
)
"""The columns that may change, behind the id."""
CHANGE = ", ".join(f"{column} = j.{column}" for column in CHANGING.split(", ")[1:])


class Share(NamedTuple):
    """What one lane may have of its account's room, for as long as others may want some."""

    account_id: int


DELETED = "its definition was deleted"
"""The reason by which a lane is off for good, unless its definition comes back."""

Group = int | str | Share
"""What lanes wait for room of: an account by its id, an origin, or their share of an account."""
Written = tuple[Lane, bool]
"""What the table has of a lane that may change."""
Snapshot = tuple[Lane, int, int, int, int, int, bool, Written | None]


@dataclass(slots=True)
class LaneRow:
    """One lane: its state, how much waits and is in flight, and the earliest due time of what waits."""

    id: int
    target: TargetKey
    lane: Lane
    waiting: int = 0
    in_flight: int = 0
    earliest: int = NEVER
    turn_time: int = 0
    """When it was last claimed from: it is ready behind those that have waited since."""
    ready_time: int = NEVER
    queued_time: int = NEVER
    """The ready time that it is queued for; NEVER: it is not."""
    announce: bool = False
    written: Written | None = None
    """What its row has, as far as the open transaction has come."""

    @property
    def groups(self) -> tuple[int | str, ...]:
        """What it shares its room with others by: its account, and its origin where that is known."""
        origin = self.lane.policy.origin
        return (self.target.account_id, origin) if origin else (self.target.account_id,)

    @property
    def deleted(self) -> bool:
        """Whether its target's definition was deleted."""
        return self.lane.switch is Switch.OFF and self.lane.reason == DELETED

    def snapshot(self) -> Snapshot:
        """All that may change."""
        queue = (self.waiting, self.in_flight, self.earliest, self.turn_time, self.ready_time)
        return self.lane, *queue, self.announce, self.written

    def restore(self, was: Snapshot) -> None:
        """Back to a snapshot."""
        self.lane, self.waiting, self.in_flight, self.earliest, self.turn_time, self.ready_time = was[:6]
        self.announce, self.written = was[6:]

    def unwritten(self) -> bool:
        """Whether its row must be written; from now on that counts as done."""
        now = (self.lane, self.announce)
        if now == self.written:
            return False
        self.written = now
        return True

    def values(self) -> tuple[object, ...]:
        """The values of CHANGING; without the id, the columns behind the target."""
        lane, policy = self.lane, self.lane.policy
        return (
            self.id,
            policy.requests_per_minute,
            int(policy.ordered),
            int(policy.block_dead),
            lane.switch,
            lane.reason,
            lane.switch_time,
            lane.failures,
            lane.first_failure_time,
            lane.last_success_time,
            lane.hold_time,
            lane.next_slot_time,
            int(self.announce),
            policy.origin,
        )


def lane_of(row: tuple[Any, ...]) -> LaneRow:
    """A lane from a row of COLUMNS, without its queue."""
    (id_, account, kind, target, rpm, ordered, block, switch, reason, switched, *rest) = row
    failures, first, success, hold, slot, announce, origin = rest
    policy = LanePolicy(rpm, bool(ordered), bool(block), origin)
    lane = Lane(policy, Switch(switch), reason, switched, failures, first, success, hold, slot)
    found = LaneRow(id_, TargetKey(account, kind, target), lane, announce=bool(announce))
    found.unwritten()
    return found
