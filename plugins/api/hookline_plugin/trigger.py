"""Trigger sources: plugins that decide when webhooks fire.

A source knows one kind of definition (global rules are one kind, campaigns another). It checks definitions when they
are saved, compiles them when they change, and decides for an event what it fires. All three are pure functions: no
clock, no randomness, no I/O; the host stores what they return.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from hookline_plugin.encoder import Payload

if TYPE_CHECKING:
    from hookline_plugin.stateful import StatefulCompiled

SUBSCRIPTION = "subscription"
"""What a delivery says fired it where that was no trigger; no source may be called so."""

MAX_CAMPAIGNS = 1000
"""How many campaigns a definition may ask about."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a definition: `path` names the field (`triggers[0].params.tag_id`), `reason` is for people."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field of an object type: `kind` is a name of the contract's FieldKind, `text` or `date`, in small letters."""

    key: str
    label: str
    kind: str
    related_object_type_id: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """What an account has, as far as definitions may name it."""

    object_types: Mapping[int, Sequence[FieldInfo]]
    """The fields of each object type by its id."""
    webhooks: Mapping[int, int]
    """The object type of each webhook by its id."""
    campaigns: Mapping[int, int] = field(default_factory=dict)
    """The object type of each campaign by its id; of those that the source says that the definition names."""


@dataclass(frozen=True, slots=True)
class Interest:
    """Which events a definition wants to be asked about. What is None stands for every one.

    The host finds the definitions for an event under the pairs of `catalogue.lookups`, and asks each once.
    """

    event: str
    """A name of the event catalogue."""
    object_type_id: int | None = None
    number: str | None = None
    """The number that the event type takes in brackets: the id of a tag, form or product; of `field_is_updated` the
    key of a field."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as a source sees it; `occurred_time` and `now` are microseconds since the epoch.

    `object_version` orders what events tell of an object, however late they come; 0 where the producer gave none.
    `campaigns` are the ids of those campaigns that the definition asks about and on whose map the object is. Only
    definitions with memory are told: see `hookline_plugin.stateful.AsksCampaigns`.
    """

    type: str
    params: Mapping[str, str]
    object_type_id: int
    object_id: str
    data: Payload
    changed_fields: Sequence[str] = ()
    tags: Sequence[str] = ()
    occurred_time: int = 0
    now: int = 0
    campaigns: frozenset[int] = frozenset()
    object_version: int = 0


@dataclass(frozen=True, slots=True)
class Fire:
    """One "send this": a webhook, and the part of the definition that says so (`success`); empty for the whole."""

    webhook_id: int
    element: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from an event: what fires, in order; or, for people, why nothing does."""

    fires: Sequence[Fire] = ()
    why_not: str = ""


@runtime_checkable
class Compiled(Protocol):
    """A definition that can be asked."""

    @property
    def interests(self) -> Sequence[Interest]:
        """Which events it wants; none while it is paused."""

    def decide(self, happening: Happening) -> Decision:
        """Decide for an event that one of the interests covers."""


@runtime_checkable
class TriggerSource(Protocol):
    """Knows one kind of definition. A definition is a JSON object; its keys are the source's own."""

    @property
    def name(self) -> str:
        """The kind: lower-case letters and digits, joined by `-`, `_` or `.`, starting with a letter."""

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        """Give all that is wrong with a definition before it is saved; nothing: it is right."""

    def webhooks(self, definition: Payload) -> Iterable[int]:
        """Give the ids of the webhooks that a definition fires."""

    def compile(self, definition: Payload) -> "Compiled | StatefulCompiled":
        """Get a definition ready to be asked, or, where it has memory, to be stepped (`hookline_plugin.stateful`).

        Raises ValueError for one that `check` would refuse for its own sake, whatever the world.
        """


@runtime_checkable
class Resolving(Protocol):
    """What a trigger source may have besides: it puts what it needs of the world into a definition."""

    def resolve(self, definition: Payload, world: World) -> Payload:
        """Give what is to be compiled in place of a definition in which `check` found nothing; raises nothing.

        The registry stores the definition as it came, and sends the resolved one to those who compile it.
        """


@runtime_checkable
class NamesCampaigns(Protocol):
    """What a trigger source may have besides: definitions may name campaigns, to ask who is on their map.

    The host then checks against campaigns that exist (`World.campaigns`), and keeps them while a definition names them.
    """

    def campaigns(self, definition: Payload) -> Iterable[int]:
        """Give the ids of the campaigns that a definition names, at most MAX_CAMPAIGNS."""


class TextError(ValueError):
    """A text of a definition that is refused: `part` names the text, `position` counts its characters from 1."""

    def __init__(self, part: str, position: int, reason: str) -> None:
        super().__init__(f"{part}, position {position}: {reason}")
        self.part = part
        self.position = position
        self.reason = reason

    def __reduce__(self) -> tuple[type["TextError"], tuple[str, int, str]]:
        return type(self), (self.part, self.position, self.reason)


@runtime_checkable
class Written(Protocol):
    """What a trigger source may have besides: definitions as people write them, in one or more texts by name."""

    def read_text(self, parts: Mapping[str, str]) -> Payload:
        """Read the part of a definition that the texts say; it is not checked.

        Raises TextError for texts that cannot be read.
        """

    def write_text(self, definition: Payload) -> Mapping[str, str]:
        """Write the texts of a definition in which `check` found nothing; read again they say the same.

        Raises ValueError for another one.
        """


def source_flaw(candidate: object) -> str | None:
    """Say why an object cannot serve as a trigger source, or None when it can."""
    if not isinstance(candidate, TriggerSource):
        return f"{type(candidate).__name__} is not a trigger source: it needs name, check, webhooks and compile"
    name: object = candidate.name
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return "name must be lower-case letters and digits, joined by '-', '_' or '.', starting with a letter"
    if name == SUBSCRIPTION:
        return f"the name {SUBSCRIPTION} is taken: it says that a subscription fired"
    return None
