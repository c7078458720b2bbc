"""What every store offers. Each call is one transaction or part of a larger one; it returns after the commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from hookline_dispatcher.core.lane import LanePolicy, Switch

from .aside import Asides
from .log import LogReads
from .model import (
    Claimed,
    ConfigRow,
    Covers,
    DeliveryFilter,
    DeliveryPage,
    EventFilter,
    Intake,
    IntakeResult,
    QueueFigures,
    Settlement,
    StoredAttempt,
    StoredDelivery,
    StoredEvent,
    StoredTarget,
    Switched,
    TargetKey,
)
from .notes import Notes
from .objects import Objects
from .overview import Overviews
from .routing import Routing


class Queue(Protocol):
    """What ingest and worker need: events in, claims out, outcomes back.

    Raises (every call):
        StoreFailed: nothing of it was committed.
    """

    @property
    def epoch(self) -> int:
        """The epoch of this worker's lease; claims of earlier ones are void."""

    @property
    def waiting(self) -> int:
        """How many deliveries wait in lanes, right to the last commit."""

    async def ingest(self, intakes: Sequence[Intake], *, atomic: bool = False) -> list[IntakeResult]:
        """Commits events with their deliveries. ``atomic``: a conflict refuses all of them."""

    async def claim(self, limit: int) -> Claimed:
        """Claims up to ``limit`` deliveries from ready lanes."""

    async def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """Applies outcomes; False where the claim was no longer this worker's, and nothing was changed."""

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Calls ``callback`` on the event loop whenever a lane may have become ready earlier than was said."""


class Repeats(Protocol):
    """What people do to deliveries and targets. What is noted of it is kept with it.

    Raises (the calls that change what people look after):
        OutboxFull: there is no room for the note; nothing was changed.
    """

    async def redeliver(self, account_id: int, delivery_id: int, request_id: str) -> StoredDelivery | None:
        """A new delivery of a settled one; None when it is not there.

        Raises:
            IllegalStep: it is still pending.
            TargetDeleted: there is nothing to send it to any more.
        """

    async def redeliver_since(
        self,
        account_id: int,
        since_time: int,
        target: TargetKey | None,
        include_delivered: bool,
        dry_run: bool,
        covers: Covers | None = None,
    ) -> int:
        """New deliveries of those that were created since, in bounded steps; how many.

        Only of those whose event is covered and whose target has not been deleted.
        """

    async def cancel(self, account_id: int, delivery_id: int) -> StoredDelivery | None:
        """Cancels; one in flight when its attempt fails. None when it is not there.

        Raises:
            IllegalStep: it is settled.
        """

    async def switch(
        self, target: TargetKey, switch: Switch, reason: str, policy: LanePolicy | None = None
    ) -> StoredTarget:
        """Pauses, resumes or switches off; ``policy`` is what a target that nothing was fired at begins with."""

    async def sweep_off(self, limit: int) -> int:
        """Cancels up to ``limit`` deliveries that wait in lanes that are off; how many."""

    async def unannounced(self) -> list[Switched]:
        """Lanes whose switch changed by itself or by hand and of which nobody has been told."""

    async def announced(self, lane_id: int, switch_time: int) -> None:
        """Notes that the change of that time has been told."""

    async def retain(self, delivered_before: int, failed_before: int, limit: int) -> int:
        """One bounded step of deleting what is past retention, of each kind up to ``limit``.

        How many rows it touched: deleted, or stepped over since they are still needed; 0: there is no more to do.
        """


class Configs(Protocol):
    """The replica of the configuration."""

    async def apply_config(self, rows: Sequence[ConfigRow], checkpoint: int, *, drop_others: bool = False) -> None:
        """Takes in rows and the checkpoint; ``drop_others`` deletes every item that is not among ``rows``."""

    async def config_checkpoint(self) -> int:
        """The last checkpoint that was taken in; 0: none."""

    async def config_of(self, account_id: int) -> list[ConfigRow]:
        """The newest version of every item of an account that is not deleted."""

    async def config_version(self, account_id: int, kind: int, item_id: int, revision: int) -> ConfigRow | None:
        """One version of an item."""

    async def config_keys(self, kind: int) -> list[ConfigRow]:
        """The newest versions of all items of one kind, whatever the account."""


class Reads(Protocol):
    """Looking at what is stored. Pages are newest first; ``before`` is the last id or seq of the page before."""

    async def config_of_kind(self, account_id: int, kind: int) -> list[ConfigRow]:
        """The newest version of every item of one kind of an account that is not deleted, by id."""

    async def event(self, account_id: int, event_id: str) -> StoredEvent | None:
        """One event by its id."""

    async def event_at(self, seq: int) -> StoredEvent | None:
        """One event by its seq."""

    async def events(self, account_id: int, which: EventFilter, before: int, limit: int) -> list[StoredEvent]:
        """A page of events."""

    async def fired(self, account_id: int, seqs: Sequence[int]) -> list[StoredDelivery]:
        """The deliveries that these events caused, by id."""

    async def delivery(self, account_id: int, delivery_id: int) -> StoredDelivery | None:
        """One delivery."""

    async def deliveries(self, account_id: int, which: DeliveryFilter, before: int, limit: int) -> DeliveryPage:
        """A page of deliveries, searched for within a bounded time: it may have fewer than ``limit``, or none."""

    async def attempts(self, delivery_id: int, after: int, limit: int) -> list[StoredAttempt]:
        """Attempts of a delivery by number, from ``after`` on; without those numbered 0."""

    async def log_since(
        self, account_id: int, seq: int, target: TargetKey | None, limit: int
    ) -> list[tuple[StoredAttempt, StoredDelivery]]:
        """The log after ``seq`` in the order of commits, each entry with its delivery as it is now."""

    async def log_bounds(self) -> tuple[int, int]:
        """The newest seq of the log that retention has deleted, and the newest that there was; 0: none."""

    async def target(self, target: TargetKey) -> StoredTarget | None:
        """One lane; None while nothing was ever sent there."""

    async def figures(self) -> QueueFigures:
        """The state of the queue."""


class Store(Queue, Repeats, Configs, Reads, LogReads, Routing, Asides, Objects, Overviews, Notes, Protocol):
    """A whole store."""

    @property
    def installation(self) -> str:
        """Eight hexadecimal digits that tell this installation's webhook ids from others'."""

    @property
    def healthy(self) -> bool:
        """Whether the last transaction was committed."""

    async def close(self) -> None:
        """Ends the lease and closes the store; what was not committed is reported as failed."""
