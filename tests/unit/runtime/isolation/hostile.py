"""A plugin that does what it is told by what it is given: raises, hangs, ends its process, answers with junk."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hookline_plugin import (
    Compiled,
    Decision,
    Encoder,
    Fire,
    Flaw,
    Happening,
    Interest,
    Merge,
    Names,
    Payload,
    Template,
    TriggerSource,
    World,
    hookimpl,
)
from hookline_plugin.merging import scan, text_of
from hookline_plugin.stateful import Firing, Memory, Outcome, StatefulCompiled, StatefulSource, Step


def act(what: object) -> Any:
    """Do harm, or answer with junk; None where nothing is to be done."""
    harm = HARM.get(what) if isinstance(what, str) else None
    return harm() if harm else None


def _raise(error: BaseException) -> None:
    raise error


def _hang() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def _print() -> None:
    print("noise", flush=True)
    os.write(1, b"noise")


def _write_into_pipes() -> None:
    for descriptor in range(3, 10):
        with suppress(OSError):
            os.write(descriptor, b"noise" * 100)


HARM: Mapping[str, Callable[[], Any]] = {
    "raise": lambda: _raise(RuntimeError("a secret")),
    "exit": lambda: _raise(SystemExit(3)),
    "dawdle": lambda: time.sleep(0.2),
    "hang": lambda: time.sleep(60),
    "hang hard": _hang,
    "end": lambda: os._exit(3),
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "print": _print,
    "pipe": _write_into_pipes,
    "memory": lambda: bytearray(1 << 33),
    "huge": lambda: b"x" * (64 << 20),
    "text": lambda: "no bytes",
    "number": lambda: 7,
}


class HostileTemplate:
    def __init__(self, parts: tuple[str | Merge, ...]) -> None:
        self.parts = parts

    @property
    def merges(self) -> Sequence[Merge]:
        return [each for each in self.parts if isinstance(each, Merge)]

    def render(self, values: Payload) -> bytes:
        given = act(values.get("do"))
        if given is not None:
            return given  # type: ignore[no-any-return]  # that is what is tried
        return "".join(each if isinstance(each, str) else text_of(values, each) for each in self.parts).encode()


class HostileEncoder:
    name = "hostile"
    media_type = "text/hostile; charset=utf-8"
    media_types = frozenset({"text/hostile"})

    def encode(self, payload: Payload) -> bytes:
        data: Any = payload.get("data", {})
        given = act(payload.get("do") or data.get("do"))
        return str(payload).encode() if given is None else given

    def detects(self, text: str) -> bool:
        return bool(act(text)) or text.startswith("#hostile")

    def parse(self, text: str, names: Names) -> Template:
        act(text)
        return HostileTemplate(scan(text, names))


class HostileCompiled:
    def __init__(self, definition: Payload) -> None:
        self.definition = definition

    @property
    def interests(self) -> Sequence[Interest]:
        return (Interest("sub_tag"),)

    def decide(self, happening: Happening) -> Decision:
        given = act(happening.data.get("do") or self.definition.get("decide"))
        return Decision((Fire(7),), f"{happening.data}") if given is None else given


class HostileSource:
    name = "hostile"

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        given = act(definition.get("do"))
        return given or ([Flaw("do", "is refused")] if definition.get("do") == "refuse" else [])

    def webhooks(self, definition: Payload) -> Iterable[int]:
        fired: Any = definition.get("fires", (7,))
        return fired  # type: ignore[no-any-return]  # that is what is tried

    def compile(self, definition: Payload) -> Compiled:
        if definition.get("compile") == "refuse":
            raise ValueError("no")
        what = definition.get("compile")
        if isinstance(what, str) and what.startswith("/") and Path(what).exists():
            time.sleep(60)
        given = act(what)
        return HostileCompiled(definition) if given is None else given

    def resolve(self, definition: Payload, world: World) -> Payload:
        return {**definition, "resolved": len(world.object_types)}


class Remembering(HostileCompiled):
    version = 1
    paused = False
    watches: Sequence[Interest] = ()

    def step(self, step: Step) -> Outcome:
        given = act(step.object.data.get("do") or self.definition.get("step"))
        if given is not None:
            return given  # type: ignore[no-any-return]  # that is what is tried
        before = "" if step.before is None else str(step.before.version)
        told = getattr(step.occasion, "key", "")
        body = (b"" if step.memory is None else step.memory.body) + bytes(range(256))[:3]
        return Outcome(Memory(body), fires=(Firing(told, 7),), why=before)


class RememberingSource(HostileSource):
    name = "remembering"

    def compile(self, definition: Payload) -> StatefulCompiled:  # type: ignore[override]  # it has memory
        act(definition.get("compile"))
        return Remembering(definition)


@hookimpl
def register_encoders() -> Sequence[Encoder]:
    return (HostileEncoder(),)


@hookimpl
def register_trigger_sources() -> Sequence[TriggerSource | StatefulSource]:
    return (HostileSource(), RememberingSource())
