"""A trigger source whose definitions say themselves what they want and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hookline_builtin.encoders import FormEncoder, JsonEncoder, TextEncoder, XmlEncoder
from hookline_plugin import Encoder, hookimpl
from hookline_plugin.encoder import Payload
from hookline_plugin.trigger import Decision, Fire, Flaw, Happening, Interest, TriggerSource, World

ERRORS: dict[str, BaseException] = {
    "value": ValueError("a secret value"),
    "exit": SystemExit(3),
    "deep": RecursionError("too deep"),
}


def toy(
    *fires: tuple[Any, Any],
    on: Iterable[tuple[str, str | None, int | None]] = (("sub_tag", None, None),),
    why_not: object = "",
    raises: str = "",
    answers: object = None,
    broken: str = "",
) -> dict[str, Any]:
    """A definition that fires these webhooks with these elements, or does what is asked for instead."""
    return {
        "on": [list(each) for each in on],
        "fires": [list(each) for each in fires],
        "why_not": why_not,
        "raises": raises,
        "answers": answers,
        "broken": broken,
    }


@dataclass
class ToyCompiled:
    definition: dict[str, Any]
    asked: list[Happening]

    @property
    def interests(self) -> Sequence[Interest]:
        if self.definition["broken"] == "interests":
            return [None]  # type: ignore[list-item]  # that is what is broken
        return [Interest(event, object_type_id, number) for event, number, object_type_id in self.definition["on"]]

    def decide(self, happening: Happening) -> Decision:
        self.asked.append(happening)
        if self.definition["raises"]:
            raise ERRORS[self.definition["raises"]]
        if self.definition["answers"] is not None:
            return self.definition["answers"]  # type: ignore[no-any-return]  # that is what is broken
        fires = [Fire(webhook_id, element) for webhook_id, element in self.definition["fires"]]
        return Decision(fires, self.definition["why_not"])


@dataclass
class ToySource:
    name: str = "global_rule"
    compiled: int = 0
    asked: list[Happening] = field(default_factory=list)

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        return ()

    def webhooks(self, definition: Payload) -> Iterable[int]:
        return ()

    def compile(self, definition: Payload) -> ToyCompiled:
        self.compiled += 1
        if definition["broken"] in ERRORS:
            raise ERRORS[str(definition["broken"])]
        return ToyCompiled(dict(definition), self.asked)


class ToyPlugin:
    """Registers sources."""

    def __init__(self, *sources: TriggerSource) -> None:
        self._sources = sources

    @hookimpl
    def register_trigger_sources(self) -> Sequence[TriggerSource]:
        return self._sources


class BuiltinEncoders:
    """Registers the built-in encoders, without the built-in trigger sources."""

    @hookimpl
    def register_encoders(self) -> Sequence[Encoder]:
        return (FormEncoder(), JsonEncoder(), XmlEncoder(), TextEncoder())
