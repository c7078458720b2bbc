"""Steps of definitions whose plugin runs apart: asked beside the event loop, their answers found by the next look.

The router waits for a plugin a moment only. What was not answered by then is put off, and told again shortly; by then
the answer is mostly there. A step is a pure function of what it is asked with, so its answer is good for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import partial

from hookline_dispatcher.config.triggers import Trigger
from hookline_dispatcher.core.instants import SECOND
from hookline_plugin.stateful import Outcome, Step
from hookline_runtime.isolation.trouble import PluginAway

from .stepping import take_step

PUT_OFF = SECOND // 5
"""The pause before a step is looked at again that was being asked for."""
MOST_KEPT = 1024
MOST_UNDER_WAY = 1024
GOOD_SECONDS = 30.0
"""How long an answer may be used."""


@dataclass(frozen=True, slots=True)
class PutOff:
    """A step that is to be taken later, which is nobody's failure; ``pause`` in microseconds."""

    pause: int
    reason: str


ASKED = PutOff(PUT_OFF, "its plugin is being asked")

Answer = Outcome | str | PutOff


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step that is to be taken."""

    trigger: Trigger
    step: Step


class Answers:
    """Asks for steps, and keeps what was answered."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Answer, float]] = OrderedDict()
        self._under_way: dict[Hashable, asyncio.Task[None]] = {}

    def known(self, key: Hashable) -> Answer | None:
        """The answer for a key, None where there is none that is good."""
        answer, until = self._kept.get(key, (None, 0.0))
        return answer if time.monotonic() < until else None

    async def ask(self, wanted: Mapping[Hashable, Wanted], seconds: float) -> bool:
        """Asks, and waits for the answers for at most so long; whether there are any that were not there."""
        if seconds <= 0:
            return False
        for key, each in wanted.items():
            if key not in self._under_way and len(self._under_way) < MOST_UNDER_WAY:
                self._under_way[key] = asyncio.create_task(self._ask(key, each))
        waiting = [self._under_way[key] for key in wanted if key in self._under_way]
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)
        return any(self.known(key) is not None for key in wanted)

    def stop(self) -> None:
        """Waits for no answer any more."""
        for task in self._under_way.values():
            task.cancel()

    def forget(self, key: Hashable) -> None:
        """Drops an answer that was used."""
        self._kept.pop(key, None)

    async def _ask(self, key: Hashable, wanted: Wanted) -> None:
        apart, stateful = wanted.trigger.apart, wanted.trigger.stateful
        assert apart is not None, "it runs apart"
        assert stateful is not None, "it can be asked"
        good = GOOD_SECONDS
        try:
            answer: Answer = await apart.run(partial(take_step, stateful, wanted.step))
        except PluginAway as away:
            answer, good = PutOff(round(away.seconds * SECOND), str(away)), min(good, away.seconds)
        finally:
            self._under_way.pop(key, None)
        self._kept[key] = answer, time.monotonic() + good
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
