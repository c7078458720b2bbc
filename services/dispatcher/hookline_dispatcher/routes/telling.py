"""Telling definitions what happened, one after the other: each finds what those before it have left."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import NamedTuple

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import Trigger
from hookline_dispatcher.store.routing import NO_MEMORY, NO_OBJECT, Post, Stepped, StoredMemory, StoredObject
from hookline_plugin.stateful import Due, Memory, ObjectState, Occurred, Outcome, Step

from .carrying import Carrier
from .foreign import ASKED, PutOff, Wanted
from .material import Material, Told
from .membership import Seen, seen
from .stepping import take_step


class Taken(NamedTuple):
    """A step that was taken, what follows from it, and a note for people."""

    outcome: Outcome
    stepped: Stepped
    note: str


class Teller:
    """Takes the steps of a batch; says afterwards what there is to report, or to read or to ask besides."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._carrier = Carrier(material)
        self.touched: set[Post] = set()
        """Where a step was taken."""
        self.failed: list[tuple[int, Trigger]] = []
        self.wanted: dict[Hashable, Wanted] = {}
        """Steps that plugins which run apart are to be asked for: with the answers it is to be decided again."""
        self.used: list[Hashable] = []
        """Answers of such plugins that were used."""

    @property
    def missing(self) -> set[tuple[int, str]]:
        """Events that firings name and that have not been read: with them it is to be decided again."""
        return self._carrier.missing

    def tell(
        self, trigger: Trigger, post: Post, told: Told, config: AccountConfig, maps: Seen | None = None
    ) -> Taken | str | PutOff:
        """A step with what follows from it; in words, why it failed, or why it is put off.

        Without ``maps`` it is told who is on which map by now.
        """
        assert trigger.stateful is not None, "it can be asked"
        maps = maps or seen(trigger, post, config, self._material.memories)
        self.touched.add(post)
        memory = self._material.memories.get(post, NO_MEMORY)
        stored = self._stored(post, told)
        step = self._step(trigger, post, told, memory, stored, maps)
        outcome = self._foreign(trigger, post, step, stored) if trigger.apart else take_step(trigger.stateful, step)
        if isinstance(outcome, (str, PutOff)):
            if isinstance(outcome, str):
                self.failed.append((post.account_id, trigger))
            self._material.memories[post] = memory._replace(blocked=True)
            return outcome
        if outcome.fires and (withheld := config.withholds(trigger, post.object_type_id)):
            outcome = replace(outcome, fires=(), why=withheld)
        if outcome.held and isinstance(told.occasion, Due):
            return Taken(outcome, Stepped(post, trigger.source, memory.row_version, memory.body), "")
        stepped, note, tags = self._carrier.carry(outcome, trigger, post, told, stored, memory.row_version, config)
        self._material.objects[post.object] = stored._replace(tags=tags)
        self._material.memories[post] = _after(memory, outcome.memory)
        return Taken(outcome, replace(stepped, reads=maps.reads), note)

    def _stored(self, post: Post, told: Told) -> StoredObject:
        stored = self._material.objects.get(post.object)
        if stored is not None:
            return stored
        return NO_OBJECT.after(told.event) if told.event else NO_OBJECT

    def _step(
        self, trigger: Trigger, post: Post, told: Told, memory: StoredMemory, stored: StoredObject, maps: Seen
    ) -> Step:
        assert trigger.stateful is not None, "it can be asked"
        before = None
        if memory.body is not None and memory.follows not in (0, trigger.stateful.version):
            before = self._material.befores.get((post, memory.follows))
        return Step(
            occasion=told.occasion,
            object=ObjectState(
                post.object_type_id,
                post.object_id,
                self._material.fields(stored.data),
                stored.tags,
                stored.version,
                maps.campaigns,
            ),
            memory=None if memory.body is None else Memory(memory.body, memory.follows),
            now=self._material.now,
            before=before,
            rehearsed=self._material.rehearsed,
        )

    def _foreign(self, trigger: Trigger, post: Post, step: Step, stored: StoredObject) -> Outcome | str | PutOff:
        """What a plugin that runs apart has answered; where it has not been asked, it is to be."""
        about = step.object
        occasion = (step.occasion.key, step.occasion.hop) if isinstance(step.occasion, Occurred) else step.occasion
        state = (stored.data, tuple(about.tags), about.version, about.campaigns)
        key = (post, trigger.revision, occasion, state, step.memory, step.before is None, step.rehearsed)
        answer = self._material.answers.known(key)
        if answer is None:
            self.wanted[key] = Wanted(trigger, step)
            return ASKED
        self.used.append(key)
        return answer


def _after(memory: StoredMemory, kept: Memory | None) -> StoredMemory:
    """What is remembered once a step is taken."""
    if kept is None:
        return NO_MEMORY._replace(blocked=memory.blocked)
    return StoredMemory(memory.row_version + 1, kept.body, kept.follows, memory.blocked)
