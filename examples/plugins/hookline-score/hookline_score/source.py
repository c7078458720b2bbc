"""The trigger source `score_crosses`: fires when a score that was below a threshold has come up to it.

What it remembers of an object is one word: whether the score is `up` or `down`. It is up from the threshold on, and
down again once it is below `rearm_below`, so that a score which wavers about the threshold fires once.

An object of which nothing is remembered has only its side noted: a new definition does not fire for everyone who is
up already. A created object was down before.
"""

from collections.abc import Iterable, Sequence

from hookline_plugin import Flaw, Interest, Payload, World
from hookline_plugin.catalogue import FIELD_IS_UPDATED, OBJECT_CREATE
from hookline_plugin.stateful import Firing, Memory, Occurred, Outcome, Step
from hookline_score.definition import Definition, as_score, misfits, read, webhook_id

UP, DOWN = b"up", b"down"


class ScoreSource:
    """Knows definitions of scores and their thresholds."""

    name = "score_crosses"

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        """Give all that is wrong with a definition."""
        found, flaws = read(definition)
        told = {flaw.path for flaw in flaws}
        return [*flaws, *(flaw for flaw in misfits(found, world) if flaw.path not in told)]

    def webhooks(self, definition: Payload) -> Iterable[int]:
        """Give the one webhook."""
        found = webhook_id(definition)
        return () if found is None else (found,)

    def compile(self, definition: Payload) -> "Crossing":
        """Get a definition ready to be asked."""
        found, flaws = read(definition)
        if flaws:
            raise ValueError(f"{flaws[0].path}: {flaws[0].reason}")
        return Crossing(found)


class Crossing:
    """A definition that can be asked."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition

    @property
    def version(self) -> int:
        """Any version reads any memory: a side is a side."""
        return self._definition.version

    @property
    def paused(self) -> bool:
        """Whether it takes no notice of events."""
        return self._definition.paused

    @property
    def interests(self) -> Sequence[Interest]:
        """Objects that are created, and changes of the score."""
        if self.paused:
            return ()
        about = self._definition.object_type_id
        return (Interest(OBJECT_CREATE, about), Interest(FIELD_IS_UPDATED, about, self._definition.field))

    @property
    def watches(self) -> Sequence[Interest]:
        """Nothing besides."""
        return ()

    def step(self, step: Step) -> Outcome:
        """Fire where the score has come up."""
        before, seen = _remembered(step.memory)
        if not isinstance(step.occasion, Occurred):
            return Outcome(step.memory, why="only an event moves a score")
        if self.paused or step.object.object_type_id != self._definition.object_type_id:
            return Outcome(step.memory, why="the definition is paused, or about another type of object")
        event = step.occasion.event
        if 0 < event.object_version < seen:
            return Outcome(step.memory, why="the event came late: it tells what was before")
        # The event's data and not the object's newest: where events come close together, the newest is that of the last
        # of them at each step, and what happened between would not be seen.
        score = as_score(event.data.get(self._definition.field))
        if score is None:
            return Outcome(step.memory, why="the score is no number")
        if before is None and event.type == OBJECT_CREATE:
            before = DOWN
        after = self._moved(before, score)
        memory = _memory(after, max(seen, event.object_version))
        if before != DOWN or after != UP:
            return Outcome(memory, why=_WHY[before, after])
        # The event's key: a step that is taken again says the same, and another crossing is another firing.
        return Outcome(memory, fires=(Firing(step.occasion.key, self._definition.webhook_id),))

    def _moved(self, before: bytes | None, score: float) -> bytes:
        if score >= self._definition.threshold:
            return UP
        return UP if before == UP and score >= self._definition.rearm_below else DOWN


def _remembered(memory: Memory | None) -> tuple[bytes | None, int]:
    """Read the side, and the highest version of the object that was told of; 0 where no event had one."""
    if memory is None:
        return None, 0
    side, _, version = memory.body.partition(b" ")
    if side not in (UP, DOWN) or not (version or b"0").isdigit():
        raise ValueError("the memory is none of a score's")
    return side, int(version or b"0")


def _memory(side: bytes, version: int) -> Memory:
    return Memory(b"%b %d" % (side, version) if version else side)


_WHY = {
    (None, UP): "the score was up when it was first seen",
    (None, DOWN): "the score is below the threshold",
    (UP, UP): "the score has not been down since it fired",
    (UP, DOWN): "the score went down",
    (DOWN, DOWN): "the score is below the threshold",
}
