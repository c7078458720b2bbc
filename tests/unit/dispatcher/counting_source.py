"""A source with memory: it counts events, fires at every third, and says by a timer when nothing came for a while."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hookline_dispatcher.core.instants import SECOND
from hookline_plugin.encoder import Payload
from hookline_plugin.stateful import (
    Due,
    Emit,
    Firing,
    Memory,
    Movement,
    Occurred,
    Outcome,
    Passage,
    Step,
    Timer,
)
from hookline_plugin.trigger import Flaw, Interest, World

QUIET = 10 * SECOND


@dataclass
class Counting:
    definition: Payload
    steps: list[Step] = field(default_factory=list)

    @property
    def version(self) -> int:
        return int(str(self.definition.get("version", 1)))

    @property
    def paused(self) -> bool:
        return self.definition.get("paused") is True

    @property
    def interests(self) -> Sequence[Interest]:
        return () if self.paused else (Interest(str(self.definition.get("on", "sub_tag"))),)

    @property
    def watches(self) -> Sequence[Interest]:
        return () if self.paused else (Interest("unsub_tag"),)

    def step(self, step: Step) -> Outcome:
        self.steps.append(step)
        if self.definition.get("broken") == step.object.object_id:
            raise ValueError("a secret")
        told: list[str] = json.loads(step.memory.body) if step.memory else []
        follows = self.version if self.definition.get("follows") else 0
        if isinstance(step.occasion, Due):
            left = (Movement("quiet", Passage.REACHED), Movement("counted", Passage.LEFT))
            named = str(self.definition.get("names", ""))
            fires = (Firing(f"quiet {'.'.join(told)}", 1, "quiet", named),)
            return Outcome(Memory(json.dumps(told).encode(), follows), fires=fires, movements=left)
        if isinstance(step.occasion, Occurred):
            return self._count(step.occasion, [*told, step.occasion.key], step.now, follows)
        return Outcome(Memory(json.dumps(told).encode(), follows))

    def _count(self, occurred: Occurred, told: list[str], now: int, follows: int) -> Outcome:
        third = len(told) % 3 == 0
        emit = self.definition.get("emits")
        return Outcome(
            Memory(json.dumps(told).encode(), follows),
            start=(Timer("quiet", now + QUIET),),
            fires=(Firing(f"third {occurred.key}", 1, "third"),) if third else (),
            emits=(Emit(f"e {occurred.key}", str(emit), (("tag_id", "9"),), ("9",)),) if emit else (),
            movements=(Movement("counted", Passage.REACHED),),
            why="" if third else "it is not the third",
        )


@dataclass
class CountingSource:
    name: str = "counting"
    compiled: list[Counting] = field(default_factory=list)

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        return ()

    def webhooks(self, definition: Payload) -> Iterable[int]:
        return (1,)

    def compile(self, definition: Payload) -> Counting:
        self.compiled.append(Counting(definition))
        return self.compiled[-1]
