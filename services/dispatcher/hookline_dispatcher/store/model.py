"""What goes into the store and what comes out of it, as values."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.lane import Lane, LanePolicy
from hookline_dispatcher.core.retry import Decision, Outcome


class TargetKey(NamedTuple):
    """A target within the installation; ``kind`` is a number of the contract's TargetKind."""

    account_id: int
    kind: int
    id: int


class Firing(NamedTuple):
    """One "send this", still without a delivery."""

    target: TargetKey
    policy: LanePolicy
    config_revision: int
    """The revision of the settings that the body is rendered by, now and at every later attempt."""
    fired_by: str = ""
    """What said so, see ``core.fired_by``; empty: the subscription that is the target."""
    element_id: int = 0
    """The store's own: the row that counts what becomes of it."""


class OwnRoute(NamedTuple):
    """A definition that is told of an event by itself; ``kind`` is a number of the contract's ConfigKind."""

    source: str
    kind: int
    id: int


class Intake(NamedTuple):
    """An event to be committed with all that it fires."""

    event: Event
    digest: bytes
    """Over the producer's fields: tells a repeated publish from another event under the same id."""
    publish_time: int
    firings: tuple[Firing, ...] = ()
    note: str = ""
    """Why it fired nothing; behind a line feed, line by line, why triggers that were asked did not fire."""
    routes: tuple[str, ...] = ()
    """Trigger sources with memory that are to be told of it afterwards."""
    hop: int = 0
    """How many emitted events lie before it."""
    tracked: bool = False
    """Whether it tells the newest state of an object that is kept."""
    own_routes: tuple[OwnRoute, ...] = ()
    """Definitions that are to be told of it afterwards, each by itself and whatever becomes of it meanwhile."""

    @property
    def told(self) -> bool:
        """Whether anybody is to be told of it afterwards."""
        return bool(self.routes or self.own_routes)


class IntakeStatus(enum.Enum):
    """What became of an intake."""

    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    """Other content was committed under this id."""
    REFUSED = "refused"
    """Nothing is wrong with it, but something else in its atomic batch was."""


class Claim(NamedTuple):
    """A delivery that this worker may attempt now."""

    delivery_id: int
    root_id: int
    """The delivery that the webhook-id comes from: itself, or the first one of a row of redeliveries."""
    lane_id: int
    target: TargetKey
    event: Event
    config_revision: int
    number: int
    """The attempt's number, from 1."""
    failures: int
    unknowns: int
    """Attempts that say nothing of the receiver."""
    create_time: int
    leave_by_time: int = 0
    """The end of its throttle's slot; 0: it has none."""


class IntakeResult(NamedTuple):
    """What became of an intake, and the deliveries that may be attempted at once."""

    status: IntakeStatus
    deliveries: int = 0
    claims: tuple[Claim, ...] = ()


class AttemptRecord(NamedTuple):
    """What is kept of an attempt. Header blocks are ``name: value`` lines with CRLF; secrets are masked before."""

    outcome: Outcome
    start_time: int
    latency: int = 0
    status_code: int = 0
    reason: str = ""
    method: str = ""
    url: str = ""
    request_headers: bytes = b""
    request_body: bytes | None = None
    """Kept only when the attempt did not succeed; rendered again otherwise."""
    response_headers: bytes = b""
    response_body: bytes = b""
    body_cut: bool = False
    connect_latency: int | None = None
    """How much of ``latency`` getting connected took; 0: the connection was kept; None: not known, or it never was."""
    first_byte_latency: int | None = None
    """How much of ``latency`` passed until the first byte of the answer; None: not known, or none came."""


class Settlement(NamedTuple):
    """What follows from an attempt. Without a decision the claim is given back: nothing was sent."""

    claim: Claim
    decision: Decision | None
    record: AttemptRecord | None = None
    counts: bool = True
    """Whether a failure says something of the receiver, and so counts for the health of the lane."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claims that were made and when to look again; NEVER: when the store calls."""

    claims: tuple[Claim, ...]
    ready_time: int


@dataclass(frozen=True, slots=True)
class Switched:
    """A lane whose switch changed and of which nobody has been told yet."""

    lane_id: int
    target: TargetKey
    lane: Lane


@dataclass(frozen=True, slots=True)
class Caps:
    """How many attempts may be in flight at once."""

    total: int = 1024
    account: int = 512
    lane: int = 64
    origin: int = 512
    """For all targets of one host and port, whoever they belong to."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it is read back; ``seq`` is its place in the order of commits."""

    seq: int
    event: Event
    publish_time: int
    note: str


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery as it is read back."""

    id: int
    root_id: int
    target: TargetKey
    state: State
    reason: str
    event_id: str
    event_type: str
    object_type_id: int
    object_id: str
    attempts: int
    status_code: int
    create_time: int
    due_time: int
    settle_time: int
    redelivery_of: int
    event_seq: int
    config_revision: int
    fired_by: str = ""


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """An attempt as it is read back; ``seq`` is its place in the log."""

    seq: int
    delivery_id: int
    number: int
    """From 1; 0 stands for a delivery that was settled without an attempt."""
    record: AttemptRecord


@dataclass(frozen=True, slots=True)
class StoredTarget:
    """A lane as it is read back, with what waits in it."""

    target: TargetKey
    lane: Lane
    waiting: int
    in_flight: int
    ready_time: int
    oldest_time: int
    """The create time of the oldest waiting delivery; 0: none waits."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to list; what is left at its default does not filter."""

    type: str = ""
    object_type_id: int | None = None
    object_id: str = ""
    snapshots: bool = True
    """Whether snapshots are listed as well."""


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries to list; what is left at its default does not filter."""

    states: tuple[State, ...] = ()
    retrying: bool = False
    """What waits after an attempt is listed besides what is in ``states``."""
    target: TargetKey | None = None
    event_id: str = ""
    event_type: str = ""
    object_type_id: int | None = None
    object_id: str = ""
    since_time: int = 0
    until_time: int = 0
    target_kind: int = 0
    fired_by: str = ""
    """What fired them, in the line of ``core.fired_by``."""
    text: str = ""
    """What names a delivery, or stands within its reason: see ``text`` of the contract's ListDeliveriesRequest."""
    text_targets: tuple[TargetKey, ...] = ()
    """Targets within whose URL the text stands."""


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A page of deliveries, newest first."""

    deliveries: list[StoredDelivery]
    next_before: int = 0
    """Where the next page begins; 0: there is none."""
    searched_time: int = 0
    """Where the page ended before it was full: what was created since was searched; 0: it did not."""


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """What metrics tell of the queue."""

    waiting: int
    oldest_time: int
    """The create time of the oldest waiting delivery; 0: none waits."""
    lanes: dict[str, int]
    """How many lanes are ready, waiting, half_open, paused and off."""


Covers = Callable[[str, int], bool]
"""Whether subscriptions get events of a type about a type of object now; pure: the store calls it on its threads."""

TARGET_KINDS = {4: 1, 5: 2}
"""Kinds of config items that define targets, with the kind of the target; old versions of these are kept."""


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """One version of a config item; ``body`` is empty when it was deleted."""

    account_id: int
    kind: int
    id: int
    revision: int
    deleted: bool
    body: bytes
    policy: LanePolicy | None = None
    """What it says about the lane of the target that it defines."""


class StoreFailed(Exception):
    """The store could not commit: nothing of the operation happened. It may work again later."""
