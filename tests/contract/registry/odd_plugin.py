"""A plugin whose trigger source does what its definitions say: takes them, refuses them, fails or hangs."""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from hookline_plugin import Flaw, Payload, TriggerSource, World, hookimpl
from hookline_plugin.stateful import StatefulCompiled, StatefulSource
from hookline_plugin.trigger import Compiled

GO_ON = threading.Event()
"""What hangs goes on when this is set."""


class OddSource:
    name = "odd"

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        match definition.get("do"):
            case "refuse":
                return [Flaw("do", "is refused")]
            case "raise":
                raise RuntimeError("a secret")
            case "exit":
                raise SystemExit(3)
            case "hang":
                GO_ON.wait(60)
            case "endless":
                return iter(lambda: Flaw("do", "again"), None)
            case "junk":
                answer: Any = [7]
                return answer  # type: ignore[no-any-return]  # that is what is tried
        return []

    def webhooks(self, definition: Payload) -> Iterable[int]:
        fired: Any = definition.get("fires", ())
        return fired  # type: ignore[no-any-return]  # that is what is tried

    def compile(self, definition: Payload) -> Compiled:
        raise ValueError("never asked here")


class RememberingSource(OddSource):
    name = "remembering"

    def campaigns(self, definition: Payload) -> Iterable[int]:
        asked: Any = definition.get("asks", ())
        return asked  # type: ignore[no-any-return]  # that is what is tried

    def compile(self, definition: Payload) -> StatefulCompiled:  # type: ignore[override]  # it has memory
        raise ValueError("never asked here")


@hookimpl
def register_trigger_sources() -> Sequence[TriggerSource | StatefulSource]:
    return (OddSource(), RememberingSource())
