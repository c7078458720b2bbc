"""Trigger sources of plugins that run apart: the Protocols of the plugin API, kept by asking the plugin's process."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, cast

from hookline_plugin.encoder import Payload
from hookline_plugin.stateful import Outcome, StatefulCompiled, Step
from hookline_plugin.trigger import Compiled, Decision, Flaw, Happening, Interest, World
from hookline_runtime.isolation.answers import Answer, texts, value_of
from hookline_runtime.isolation.apart import Apart, Turn
from hookline_runtime.isolation.frames import as_json
from hookline_runtime.isolation.steps import outcome_in, step_out
from hookline_runtime.isolation.values import (
    decision_in,
    flaws_in,
    happening_out,
    interests_in,
    payload_in,
    payload_out,
    wholes_in,
    world_out,
)

_KEY_BYTES = 16


class SourceApart:
    """A trigger source; every method blocks, for as long as the plugin's bounds allow, and raises PluginTrouble."""

    def __init__(self, apart: Apart, place: int, name: str, memory: bool | None) -> None:
        self.apart = apart
        self.name = name
        self.memory = memory
        """Whether its definitions have memory; None where it does not say."""
        self._place = place

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        """Give all that is wrong with a definition."""
        return value_of(self.apart, self._checked("check", payload_out(definition), world_out(world)), flaws_in)

    def webhooks(self, definition: Payload) -> Iterable[int]:
        """Give the ids of the webhooks that a definition fires."""
        answer = self._checked("webhooks", payload_out(definition))
        return value_of(self.apart, answer, lambda given: tuple(cast("list[int]", given)))

    def compile(self, definition: Payload) -> Compiled | StatefulCompiled:
        """Get a definition ready to be asked; raises ValueError as the plugin does."""
        made = _Definition(self.apart, self._place, definition)
        with self.apart.turn(self.apart.limits.seconds) as turn:
            answer = made.compile(turn)
        return value_of(self.apart, answer, lambda described: _compiled(made, described))

    def _checked(self, *question: Any) -> Answer:
        with self.apart.turn(self.apart.limits.check_seconds) as turn:
            return turn.ask([question[0], self._place, *question[1:]])


class _Resolves(SourceApart):
    def resolve(self, definition: Payload, world: World) -> Payload:
        """Give what is to be compiled in place of a definition."""
        return value_of(self.apart, self._checked("resolve", payload_out(definition), world_out(world)), payload_in)


class _Writes(SourceApart):
    def read_text(self, parts: Mapping[str, str]) -> Payload:
        """Read what texts say; raises TextError as the plugin does."""
        return value_of(self.apart, self._checked("read_text", dict(parts)), payload_in)

    def write_text(self, definition: Payload) -> Mapping[str, str]:
        """Write the texts of a definition; raises ValueError as the plugin does."""
        return value_of(self.apart, self._checked("write_text", payload_out(definition)), texts)


class _Names(SourceApart):
    def campaigns(self, definition: Payload) -> Iterable[int]:
        """Give the ids of the campaigns that a definition names."""
        return value_of(self.apart, self._checked("campaigns", payload_out(definition)), wholes_in)


def source_apart(apart: Apart, place: int, described: list[Any]) -> SourceApart:
    """Make the source that a plugin's process described: with the methods that it has, and no others."""
    name, memory, *has = described
    bases = tuple(base for base, there in zip((_Resolves, _Writes, _Names), has, strict=True) if there is True)
    kind: type[SourceApart] = type("SourceApart", bases or (SourceApart,), {})
    return kind(apart, place, str(name), memory if isinstance(memory, bool) else None)


class _Definition:
    """A definition in the plugin's process; where that has begun anew since, it is compiled again there."""

    def __init__(self, apart: Apart, place: int, definition: Payload) -> None:
        self.apart = apart
        self._place = place
        self._written = payload_out(definition)
        self.key = blake2b(as_json([place, self._written]), digest_size=_KEY_BYTES).hexdigest()

    def compile(self, turn: Turn) -> Answer:
        return turn.ask(["compile", self._place, self.key, self._written])

    def ask(self, turn: Turn, question: list[Any], others: Sequence["_Definition"] = ()) -> Answer:
        """Ask about definitions by their keys; each that is missing is compiled, once."""
        answer = turn.ask(question)
        for _ in range(1 + len(others)):
            missing = next((each for each in (self, *others) if answer[0] == ["missing", each.key]), None)
            if missing is None:
                break
            compiled = missing.compile(turn)
            if compiled[0][:1] != ["ok"]:
                return compiled
            answer = turn.ask(question)
        return answer


class CompiledApart:
    """A definition without memory."""

    def __init__(self, made: _Definition, interests: Sequence[Interest]) -> None:
        self.apart = made.apart
        self.interests = interests
        self._made = made

    def decide(self, happening: Happening) -> Decision:
        """Decide for an event."""
        with self.apart.turn(self.apart.limits.seconds) as turn:
            answer = self._made.ask(turn, ["decide", self._made.key, happening_out(happening)])
        return value_of(self.apart, answer, decision_in)


class StatefulApart:
    """A definition with memory."""

    def __init__(self, made: _Definition, described: list[Any]) -> None:
        version, paused, interests, watches, *_ = described
        self.apart = made.apart
        self.version = _whole(version)
        self.paused = _flag(paused)
        self.interests = interests_in(interests)
        self.watches = interests_in(watches)
        self._made = made

    def step(self, step: Step) -> Outcome:
        """Decide what follows; raises ValueError as the plugin does."""
        before = step.before._made if isinstance(step.before, StatefulApart) else None
        question = ["step", self._made.key, step_out(step), before and before.key]
        with self.apart.turn(self.apart.limits.seconds) as turn:
            answer = self._made.ask(turn, question, (before,) if before else ())
        return value_of(self.apart, answer, outcome_in)


class _Asks(StatefulApart):
    """One that asks on which campaigns' maps the object is."""

    def __init__(self, made: _Definition, described: list[Any]) -> None:
        super().__init__(made, described)
        self.campaigns = wholes_in(described[-1])


def _compiled(made: _Definition, described: list[Any]) -> CompiledApart | StatefulApart:
    match described:
        case ["stateful", *facts]:
            return StatefulApart(made, facts) if facts[-1] is None else _Asks(made, facts)
        case ["stateless", interests]:
            return CompiledApart(made, interests_in(interests))
        case _:
            raise TypeError("no definition")


def _whole(number: object) -> int:
    if not isinstance(number, int):
        raise TypeError("no number")
    return number


def _flag(flag: object) -> bool:
    if not isinstance(flag, bool):
        raise TypeError("neither true nor false")
    return flag
