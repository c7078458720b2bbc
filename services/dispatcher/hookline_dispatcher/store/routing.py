"""What stateful routing stores and reads, as values: routes, memories, timers, what a turn of the router came to."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.tags import tags_after

from .model import ConfigRow, Firing, Intake, IntakeResult


class ObjectKey(NamedTuple):
    """An object within the installation."""

    account_id: int
    object_type_id: int
    object_id: str


class DefinitionKey(NamedTuple):
    """A definition within the installation; ``kind`` is a number of the contract's ConfigKind."""

    account_id: int
    kind: int
    id: int


class Post(NamedTuple):
    """Where an object meets a definition: memory, timers and steps belong to one of these."""

    account_id: int
    kind: int
    id: int
    object_type_id: int
    object_id: str

    @property
    def definition(self) -> DefinitionKey:
        """The definition."""
        return DefinitionKey(self.account_id, self.kind, self.id)

    @property
    def object(self) -> ObjectKey:
        """The object."""
        return ObjectKey(self.account_id, self.object_type_id, self.object_id)


class What(enum.IntEnum):
    """What a route tells."""

    EVENT = 1
    TIMER = 2
    REVISED = 3


class Route(NamedTuple):
    """Something that an object's definitions are to be told; routes of one object are told in the order of ids.

    With a ``kind`` it is for one definition alone, and what comes later for that definition waits behind it.
    """

    id: int
    object: ObjectKey
    source: str
    what: What
    kind: int = 0
    definition_id: int = 0
    event_seq: int = 0
    hop: int = 0
    timer_key: str = ""
    due_time: int = 0
    attempts: int = 0
    """How often its step has failed."""
    create_time: int = 0

    @property
    def post(self) -> Post:
        """Whom it is for, where that is one definition."""
        return Post(self.object.account_id, self.kind, self.definition_id, *self.object[1:])


class DueTimer(NamedTuple):
    """A timer that is due; ``hop`` is that of the step that started it, where it was to be at once."""

    post: Post
    key: str
    due_time: int
    hop: int


class StoredMemory(NamedTuple):
    """A memory as it is stored; ``row_version`` guards it, 0: there is none. ``body`` is None then.

    ``blocked``: something for this definition and object failed and is to be told again first.
    """

    row_version: int
    body: bytes | None
    follows: int
    blocked: bool


NO_MEMORY = StoredMemory(0, None, 0, False)


class StoredObject(NamedTuple):
    """The newest that events have told of an object."""

    data: bytes
    tags: tuple[str, ...]
    version: int

    def after(self, event: Event) -> StoredObject:
        """What it is once an event about the object is committed; one of an older version tells nothing new."""
        if 0 < event.object_version < self.version:
            return self
        return StoredObject(event.data, tags_after(event, self.tags), max(self.version, event.object_version))


NO_OBJECT = StoredObject(b"", (), 0)


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done now: routes in order with the events that they tell of, and timers by due time."""

    routes: tuple[Route, ...]
    timers: tuple[DueTimer, ...]
    events: dict[int, Event]
    next_time: int
    """When a timer or a retry comes due next; NEVER: none."""


class Retry(NamedTuple):
    """What failed for one definition, to be told to it alone: again at ``retry_time``, or never where set aside."""

    route: Route
    retry_time: int
    reason: str
    set_aside: bool = False


class NewTimer(NamedTuple):
    """A timer to be started."""

    key: str
    due_time: int
    hop: int


class KeyedFiring(NamedTuple):
    """A firing with the key that lets it happen once; ``element`` is the part of the definition that it counts for."""

    key: str
    firing: Firing
    element: str = ""


class Cause(NamedTuple):
    """The event that firings are made of: one that is stored (``seq``), or one that is stored now."""

    seq: int
    intake: Intake
    firings: tuple[KeyedFiring, ...]


class Emitted(NamedTuple):
    """An event that a step emitted, routed, and what it changes of the object's tags."""

    intake: Intake
    add_tags: tuple[str, ...]
    remove_tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step of one definition came to."""

    post: Post
    source: str
    guard: int
    """The ``row_version`` that the step read."""
    memory: bytes | None
    follows: int = 0
    revision: int = 0
    """The revision of the configuration whose definition is of the version that the memory follows."""
    cancel: tuple[str, ...] = ()
    start: tuple[NewTimer, ...] = ()
    moves: tuple[tuple[str, bool], ...] = ()
    """By element, whether the object is there now."""
    causes: tuple[Cause, ...] = ()
    emitted: tuple[Emitted, ...] = ()
    reads: tuple[tuple[Post, int], ...] = ()
    """Other memories that the step was made from, with the ``row_version`` of each."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a route or a timer came to. It is gone with the commit, but for a timer that is to be held."""

    route: Route | None = None
    timer: DueTimer | None = None
    hold: bool = False
    steps: tuple[Stepped, ...] = ()
    retries: tuple[Retry, ...] = ()
    """What is to be told to one definition alone; of ``route`` itself it moves the retry."""
    note: str = ""
    """For people, beside the event."""
    note_event: str = ""
    """The id of that event where it is not the route's."""


class RouteFigures(NamedTuple):
    """What metrics tell of routes and timers."""

    waiting: int
    oldest_time: int
    """The create time of the oldest route; 0: none waits."""
    set_aside: int
    timers: int


class ElementCount(NamedTuple):
    """Counts of distinct objects at one element, or, under the empty element, on the whole map.

    ``on_its_way`` has those for whom something is pending, ``sent`` those to whom something arrived once: an object to
    which more is sent is in both. ``failed`` has those for whom something came to an end and who are in neither.
    """

    element: str
    reached: int
    present: int
    left: int
    on_its_way: int
    sent: int
    failed: int


class Counted(enum.Enum):
    """Which of the counts of an element."""

    REACHED = "reached"
    WAITING = "waiting"
    LEFT = "left"
    ON_ITS_WAY = "on_its_way"
    SENT = "sent"
    FAILED = "failed"


class CountedObject(NamedTuple):
    """An object at an element, or on the whole map."""

    object_type_id: int
    object_id: str
    """Empty: it was erased."""
    move_time: int
    """When it last came there or left; 0: that is not known."""
    present: bool
    on_its_way: bool
    sent: bool
    failed: bool
    due_time: int
    """When its next timer is due, where it is present; 0: it has none."""
    held: bool
    """Whether that timer is held until its definition is paused no more."""


class CountedPage(NamedTuple):
    """Some of the objects behind a count."""

    objects: list[CountedObject]
    last: int
    """Behind what there may be more, 0: there is no more."""


class Change(NamedTuple):
    """A definition that has changed, and how far the router is with it."""

    definition: DefinitionKey
    number: int
    """Tells a later change of the same definition from this one."""
    follows: int
    memory_id: int


class Routing(Protocol):
    """What the router needs of the store.

    Raises (every call):
        StoreFailed: nothing of it was committed.
    """

    @property
    def waiting(self) -> int:
        """How many deliveries wait in lanes."""

    def on_routed(self, callback: Callable[[], None]) -> None:
        """Calls ``callback`` on the event loop after a commit that left routes or changes of definitions."""

    async def work(self, now: int, limit: int) -> Work:
        """The oldest routes that may be told now and the timers that are due, up to ``limit`` of each."""

    async def memories(self, posts: Collection[Post]) -> dict[Post, StoredMemory]:
        """What is remembered; posts without memory that nothing blocks are left out."""

    async def objects(self, keys: Collection[ObjectKey]) -> dict[ObjectKey, StoredObject]:
        """The newest of these objects; those that no event told of are left out."""

    async def fired_keys(self, source: str, post: Post, keys: Collection[str]) -> set[str]:
        """Those of the keys under which something was fired already."""

    async def named(self, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[int, Event]]:
        """Events by account and id, each with its seq; those that are not there are left out."""

    async def newest(self, keys: Collection[ObjectKey]) -> dict[ObjectKey, StoredObject]:
        """The newest of these objects by the events that are stored, where their state is not kept."""

    async def take_turns(self, turns: Sequence[Turn]) -> list[IntakeResult]:
        """Commits turns in order, each as a whole; CONFLICT where what it was made from has changed meanwhile."""

    async def changes(self, limit: int) -> list[Change]:
        """Definitions that have changed, the oldest change first."""

    async def changed_done(self, done: Sequence[Change]) -> None:
        """There is nothing more to do about these changes."""

    async def recheck_held(self) -> None:
        """Has definitions whose timers are held looked at as if they had changed."""

    async def release(self, definition: DefinitionKey, limit: int) -> int:
        """Lets timers that are held come, in a bounded step; how many."""

    async def hasten(self, definition: DefinitionKey, limit: int) -> int:
        """Has timers come due now, in a bounded step; how many."""

    async def revise(self, change: Change, source: str, version: int, limit: int) -> int:
        """Adds routes for memories that follow another version, in a bounded step; how many, 0: all were met."""

    async def forget(self, definition: DefinitionKey, limit: int) -> int:
        """Deletes what is kept of a definition that is gone, in a bounded step; how much, 0: nothing is left."""

    async def version_of(self, definition: DefinitionKey, version: int) -> ConfigRow | None:
        """A body of a definition of that version; None: it is not kept."""

    async def route_figures(self) -> RouteFigures:
        """How much waits."""

    async def element_counts(self, definition: DefinitionKey, named: Collection[str]) -> list[ElementCount]:
        """The counts of these elements of a definition, as far as anything ever reached them."""

    async def other_counts(
        self, definition: DefinitionKey, named: Collection[str], after: str, limit: int
    ) -> list[ElementCount]:
        """The counts of other elements that anything ever reached, by id, those after one; not of the whole map."""

    async def counted(
        self, definition: DefinitionKey, element: str, which: Counted, after: int, limit: int
    ) -> CountedPage:
        """The objects behind a count, in the order in which they first came there; ``after`` is what a page was last.

        A page may have fewer than ``limit``, so that its work is bounded.
        """
