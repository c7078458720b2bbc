"""What a map needs of the language of triggers and conditions, which it shares with rules."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from hookline_plugin.encoder import Value
from hookline_plugin.trigger import Flaw, Happening, Interest, World


class Trigger(Protocol):
    """A trigger that can be asked."""

    @property
    def interests(self) -> Sequence[Interest]:
        """Which events it can match."""

    def matches(self, happening: Happening) -> bool:
        """Whether an event sets it off."""


class Condition(Protocol):
    """A condition that can be asked."""

    def holds(self, happening: Happening) -> bool:
        """Whether it holds for the object, whose newest data and tags the happening carries."""


class Language(Protocol):
    """Reads triggers and conditions as definitions write them."""

    def trigger(self, written: Value, object_type_id: int) -> Trigger:
        """Get a trigger ready; raises ValueError for what `trigger_flaws` refuses whatever the world."""

    def condition(self, written: Value, object_type_id: int) -> Condition:
        """Get a condition ready; raises ValueError for what `condition_flaws` refuses whatever the world."""

    def trigger_flaws(self, written: Value, path: str, object_type_id: int, world: World) -> Iterable[Flaw]:
        """Give all that is wrong with a trigger."""

    def condition_flaws(self, written: Value, path: str, object_type_id: int, world: World) -> Iterable[Flaw]:
        """Give all that is wrong with a condition."""
