"""The conformance suites find what is wrong with sources that ask about campaigns, and with maps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from hookline_plugin import Compiled, Flaw, Payload, World
from hookline_plugin.settled import Settled
from hookline_plugin.stateful import Memory, Outcome, Step
from hookline_plugin.testing import StatefulConformance, TriggerConformance
from hookline_plugin.testing.story import Teller
from hookline_plugin.trigger import MAX_CAMPAIGNS

from .test_trigger_suite import FIRING, STORY, Asked, Source, Walker, fires, right, stepping

DEFINITION: Payload = {"tag_id": 4, "webhook_id": 7, "campaigns": [3]}
WORLD = World({0: ()}, {7: 0}, {3: 0})


@dataclass
class AskedOnMap(Asked):
    campaigns: Sequence[Any] = ()


def on_map(definition: Payload, world: World) -> Iterable[Flaw]:
    yield from right(definition, world)
    named: Any = definition.get("campaigns")
    if isinstance(named, list) and any(type(each) is int and each not in world.campaigns for each in named):
        yield Flaw("campaigns", "there is no such campaign")


@dataclass
class Asking(Source):
    asks: Sequence[Any] = (3,)
    names: Sequence[Any] = (3,)
    settles: bool = True

    def campaigns(self, definition: Payload) -> Any:
        return self.names

    def compile(self, definition: Payload) -> "Compiled | Settled":  # type: ignore[override]  # it has memory
        compiled = AskedOnMap(fires, campaigns=self.asks)
        return Settled(compiled, 0, 0) if self.settles else compiled


def examined(source: Source) -> None:
    suite = StatefulConformance()
    suite.test_names_campaigns(source, DEFINITION, WORLD, DEFINITION)
    suite.test_says_by_its_types_whether_it_has_memory(source, DEFINITION)


def test_a_right_source_passes() -> None:
    source = Asking(on_check=on_map)
    examined(source)
    teller = Teller(lambda: Settled(AskedOnMap(fires, campaigns=(3,)), 0, 0), {7})
    StatefulConformance().test_fires(teller, STORY)


@pytest.mark.parametrize(
    "source, complaint",
    [
        (Asking(), "campaigns that do not exist were accepted"),
        (Asking(on_check=on_map, names=()), "campaigns that the source does not name"),
        (Asking(on_check=on_map, names=(3, 4)), "campaigns that the account does not have"),
        (Asking(on_check=on_map, names=("3",)), "not whole numbers above 0"),
        (Asking(on_check=on_map, asks=(0,)), "not whole numbers above 0"),
        (Asking(on_check=on_map, asks=range(1, MAX_CAMPAIGNS + 2)), "the host takes 1000"),
    ],
)
def test_wrong_answers_about_campaigns(source: Source, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        examined(source)


def test_without_memory_nobody_is_told_of_a_campaign() -> None:
    source = Asking(on_check=on_map, settles=False)
    compiled = source.compile(DEFINITION)
    assert isinstance(compiled, Compiled)
    with pytest.raises(AssertionError, match="wrap it in Settled"):
        TriggerConformance().test_has_interests(compiled, FIRING)


@dataclass
class Mapped(Walker):
    on: Any = True

    def is_on(self, memory: Memory) -> bool:
        if isinstance(self.on, BaseException):
            raise self.on
        found: bool = self.on() if callable(self.on) else self.on
        return found


def take(step: Step) -> Outcome:
    return stepping(step)


@pytest.mark.parametrize("on", [True, False, ValueError("not mine")])
def test_a_map_says_who_is_on_it_or_that_a_memory_is_not_its_own(on: Any) -> None:
    StatefulConformance().test_says_who_is_on_the_map(Mapped(take, on=on), b"")


@pytest.mark.parametrize("on", ["yes", None, KeyError("a"), iter([True, False]).__next__])
def test_a_map_that_answers_something_else(on: Any) -> None:
    with pytest.raises((AssertionError, KeyError)):
        StatefulConformance().test_says_who_is_on_the_map(Mapped(take, on=on), b"")
