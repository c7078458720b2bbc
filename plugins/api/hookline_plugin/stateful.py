"""Trigger sources with memory: what they are asked, and what they answer, as values.

A source with memory remembers something for each object under each of its definitions (where a contact stands on a
map, since when a record is settling) and may ask to be woken. A step is a pure function of its input: no clock, no
randomness, no I/O. The host works off what happened one at a time for each (account, source, object), calls the step
of each definition that is concerned, and commits all that the steps returned in one transaction: memory, timers,
movements, firings with their deliveries, and emitted events. So two events of one object never race, and a crash
before the commit only repeats a step, which returns the same keys again.

What the host does with each value:

- `Outcome.memory` replaces what was stored for (definition, object); None removes it. `follows` is a version that the
  host keeps the newest body of while some memory follows it (see `Step.before`); 0 asks for nothing.
- A timer that was delivered as `Due` is gone in the same transaction. Then `cancel` takes keys away (one that is not
  there is fine) and `start` adds timers; one with a key that is there replaces it. Timers that are due are delivered
  in the order of their due time. While `paused` holds, none is; they stay, and come in that order afterwards.
- `fires` become firings, keyed by (account, source, definition, object, `Firing.key`). A key that is there already
  makes no second one.
- `emits` become events of the same object, with the ids that the host makes of (source, definition, object,
  `Emit.key`), one hop further than what caused the step. Beyond the limit of hops the host drops them and says so.
  Their tags are laid over the object's.
- `movements`, in order, are laid over one row for each (definition, element, object): REACHED says that the object
  is there, LEFT that it was there. Counts are counts of rows.

Which steps the host takes: for an event, those of the definitions with an interest in it, and of those that watch for
it where they have a memory of the object; for a timer, that of its definition; after a change of a definition
from one `version` to another, a `Revised` for each object whose memory follows the old one, in batches and without
hurry, for every step starts with the same mapping. A definition that is deleted loses memory and timers unasked.

A definition that names campaigns (`AsksCampaigns`) is told on which of their maps the object is, in
`ObjectState.campaigns`. For an event that is as every campaign has left it upon this event; campaigns themselves see
each other as they were before it. For a timer or a revision it is as they are by then. An object is on a map from the
event `Contact_added_to_campaign` to `Contact_leaves_campaign`, also while the campaign is paused.

Settling ("debounce") is a step of this kind too: see `hookline_plugin.settled`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias, runtime_checkable

from hookline_plugin.encoder import Payload
from hookline_plugin.trigger import Compiled, Flaw, Happening, Interest, World

MAX_MEMORY = 65536
"""How many bytes a memory may have; the host refuses a step that wants more."""


@dataclass(frozen=True, slots=True)
class ObjectState:
    """The newest that events have told of an object, this step's event included.

    `campaigns` are the ids of those campaigns that the definition asks about and on whose map the object is.
    """

    object_type_id: int
    object_id: str
    data: Payload
    tags: Sequence[str] = ()
    version: int = 0
    campaigns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Occurred:
    """An event happened. `key` is its id in the account; emitted events have some hops, published ones none."""

    key: str
    event: Happening
    hop: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """A timer came due; the host need not be on time, nor fear to be early."""

    key: str
    due_time: int


@dataclass(frozen=True, slots=True)
class Revised:
    """The definition has changed since the memory was written."""


Occasion: TypeAlias = Occurred | Due | Revised


@dataclass(frozen=True, slots=True)
class Memory:
    """What a source remembers for an object under a definition.

    `follows` is the version of the definition that it must be read with, 0 where any will do.
    """

    body: bytes
    follows: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What a step is a function of. `now` is microseconds since the epoch, never before an earlier step's.

    `before` is the definition that the memory follows where that is another version than the one asked, or None
    where the host has it no more.

    `rehearsed` says that somebody asks what would follow, and that nothing of it is kept but shown to them. It changes
    `Outcome.why` alone, which may then have up to 4,000 characters and repeat the object's data.
    """

    occasion: Occasion
    object: ObjectState
    memory: Memory | None
    now: int
    before: "StatefulCompiled | None" = None
    rehearsed: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """A wish to be woken; `key` is the source's own, unique among the timers of (definition, object)."""

    key: str
    due_time: int


@dataclass(frozen=True, slots=True)
class Firing:
    """One "send this": a webhook, the element of the definition that says so, and the firing's key.

    `event` is the key of the event whose type and params go along, empty where that is the step's own or none.
    """

    key: str
    webhook_id: int
    element: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Emit:
    """An event that the object is to have: a type of the catalogue with its params, and how it changes the tags."""

    key: str
    type: str
    params: tuple[tuple[str, str], ...] = ()
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    element: str = ""


class Passage(Enum):
    """Whether an object came to an element or went from it."""

    REACHED = "reached"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Movement:
    """An object came to an element or went from it."""

    element: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a step; `why` says, for people, why nothing does, or what was out of the ordinary.

    `held` asks the host to keep the timer that it delivered as it was, until the definition is paused no more.
    """

    memory: Memory | None
    start: tuple[Timer, ...] = ()
    cancel: tuple[str, ...] = ()
    fires: tuple[Firing, ...] = ()
    emits: tuple[Emit, ...] = ()
    movements: tuple[Movement, ...] = ()
    held: bool = False
    why: str = ""


@runtime_checkable
class StatefulCompiled(Protocol):
    """A definition with memory that can be asked."""

    @property
    def version(self) -> int:
        """Which states it continues without mapping, from 1; the same for bodies that differ in nothing that counts."""

    @property
    def paused(self) -> bool:
        """Whether it is at rest: its timers stay where they are, and events pass it by."""

    @property
    def interests(self) -> Sequence[Interest]:
        """Which events it wants, whether or not there is memory for their object; none while it is paused."""

    @property
    def watches(self) -> Sequence[Interest]:
        """Which events it wants beyond these where there is memory for their object; none while it is paused."""

    def step(self, step: Step) -> Outcome:
        """Decide what follows.

        Raises ValueError for a memory that is not its own.
        """


@runtime_checkable
class AsksCampaigns(Protocol):
    """What a definition with memory may have besides: it asks on which campaigns' maps the object is."""

    @property
    def campaigns(self) -> Sequence[int]:
        """The ids of the campaigns that it asks about, at most MAX_CAMPAIGNS, the same each time."""


@runtime_checkable
class Placing(Protocol):
    """What a definition with memory has besides where it is a map that objects travel, as campaigns are."""

    def is_on(self, memory: Memory) -> bool:
        """Say whether the object that a memory is of is on the map.

        Raises ValueError for a memory that is not its own.
        """


@runtime_checkable
class StatefulSource(Protocol):
    """A trigger source some or all of whose definitions have memory: it differs from others in what `compile` gives."""

    @property
    def name(self) -> str:
        """The kind: lower-case letters and digits, joined by `-`, `_` or `.`, starting with a letter."""

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        """Give all that is wrong with a definition before it goes live; nothing: it is right."""

    def webhooks(self, definition: Payload) -> Iterable[int]:
        """Give the ids of the webhooks that a definition fires."""

    def compile(self, definition: Payload) -> StatefulCompiled | Compiled:
        """Get a definition ready to be asked.

        Raises ValueError for one that `check` would refuse for its own sake, whatever the world.
        """
