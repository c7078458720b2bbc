"""The conformance suites for trigger sources find what they are there to find."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from hookline_plugin import Compiled, Decision, Fire, Flaw, Happening, Interest, Payload, World
from hookline_plugin.stateful import (
    MAX_MEMORY,
    Due,
    Emit,
    Firing,
    Memory,
    Occurred,
    Outcome,
    Step,
    Timer,
)
from hookline_plugin.testing import StatefulConformance, TriggerConformance
from hookline_plugin.testing.story import Teller

DEFINITION: Payload = {"tag_id": 4, "webhook_id": 7}
WORLD = World({0: ()}, {7: 0})
FIRING = Happening("sub_tag", {"tag_id": "4"}, 0, "8", {"email": "m@x.io"})
INTERESTS = (Interest("sub_tag", 0, "4"),)

Check = Callable[[Payload, World], Any]
Decide = Callable[[Happening], Any]
Take = Callable[[Step], Any]


def right(definition: Payload, world: World) -> Iterable[Flaw]:
    for key in ("tag_id", "webhook_id"):
        if type(definition.get(key)) is not int:
            yield Flaw(key, "must be a whole number")
    if 0 not in world.object_types:
        yield Flaw("", "there are no contacts")
    if type(definition.get("webhook_id")) is int and definition["webhook_id"] not in world.webhooks:
        yield Flaw("webhook_id", "there is no such webhook")


def fires(happening: Happening) -> Decision:
    return Decision((Fire(7),)) if happening.params.get("tag_id") == "4" else Decision(why_not="another tag")


@dataclass
class Asked:
    decide: Decide
    interests: Sequence[Any] = INTERESTS


@dataclass
class Source:
    on_check: Check = right
    on_decide: Decide = fires
    interests: Sequence[Any] = INTERESTS
    refusal: BaseException = field(default_factory=lambda: ValueError("must be whole numbers"))
    ids: Sequence[Any] | None = None
    name = "toy"

    def check(self, definition: Payload, world: World) -> Any:
        return self.on_check(definition, world)

    def webhooks(self, definition: Payload) -> Any:
        if self.ids is not None:
            return self.ids
        found = definition.get("webhook_id")
        return [found] if type(found) is int and found > 0 else []

    def compile(self, definition: Payload) -> Compiled:
        if list(right(definition, World({0: ()}, {}))) and type(definition.get("webhook_id")) is not int:
            raise self.refusal
        return Asked(self.on_decide, self.interests)


STATELESS, STATEFUL = TriggerConformance(), StatefulConformance()


def asked(source: Source) -> None:
    compiled = source.compile(DEFINITION)
    STATELESS.test_has_interests(compiled, FIRING)
    STATELESS.test_fires(source, compiled, DEFINITION, FIRING)
    STATELESS.test_decides_upon_every_event_of_its_interests(source, compiled, DEFINITION, WORLD, FIRING)
    STATELESS.test_remembers_nothing(source, compiled, DEFINITION, WORLD)


def defined(source: Source) -> None:
    STATELESS.test_is_a_trigger_source(source)
    STATELESS.test_says_by_its_types_whether_it_has_memory(source, DEFINITION)
    STATELESS.test_takes_the_right_definition(source, DEFINITION, WORLD, DEFINITION)
    STATELESS.test_refuses_what_the_account_does_not_have(source, DEFINITION, WORLD)
    STATELESS.test_answers_for_every_object(source, DEFINITION, WORLD)


def test_a_right_source_passes() -> None:
    defined(Source())
    asked(Source())


def counting(definition: Payload, world: World, numbers: Any = count()) -> list[Flaw]:
    return [*right(definition, world), *([] if definition == DEFINITION else [Flaw("", str(next(numbers)))])]


def hashing(definition: Payload, world: World) -> Iterable[Flaw]:
    {definition.get("tag_id")}
    return right(definition, world)


def adding(definition: Any, world: World) -> Iterable[Flaw]:
    if type(definition) is dict and "added" not in definition and definition.get("tag_id") != 4:
        definition["added"] = True
    return right(definition, world)


def lax(definition: Payload, world: World) -> Iterable[Flaw]:
    return right(definition, WORLD)


@pytest.mark.parametrize(
    "source, complaint",
    [
        (Source(on_check=counting), "check gave another answer"),
        (Source(on_check=hashing), "unhashable"),
        (Source(on_check=adding), "a definition was changed"),
        (Source(on_check=lax), "that does not exist was accepted|do not exist were accepted"),
        (Source(on_check=lambda definition, world: ["wrong"]), "check gave str, not Flaw"),
        (Source(on_check=lambda definition, world: [Flaw("", "")]), "has no reason"),
        (Source(on_check=lambda definition, world: [Flaw("tag_id", "no")]), "is not right"),
        (Source(refusal=KeyError("tag_id")), "tag_id"),
        (Source(refusal=ValueError()), "a ValueError needs a reason"),
        (Source(ids=[8]), "webhooks of the account does not have|that the account does not have"),
        (Source(ids=["7"]), "not whole numbers above 0"),
        (Source(ids=[]), "fires no webhook"),
    ],
)
def test_wrong_answers_about_definitions(source: Source, complaint: str) -> None:
    with pytest.raises((AssertionError, TypeError, KeyError), match=complaint):
        defined(source)


def repeating(happening: Happening) -> Decision:
    email = happening.data.get("email", "")
    return fires(happening) if email in ("", "m@x.io") else Decision(why_not=f"{email} is not for me")


def remembering() -> Decide:
    seen: list[Happening] = []

    def decide(happening: Happening) -> Decision:
        if happening not in seen:
            seen.append(happening)
        return fires(happening) if len(seen) < 6 else Decision(why_not="enough")

    return decide


class Alternating(Source):
    """Its definitions decide by how often they were asked."""

    def compile(self, definition: Payload) -> Compiled:
        return Asked(remembering())


def clearing(happening: Any) -> Decision:
    if type(happening.data) is dict:
        happening.data.clear()
    return fires(happening)


def adding_up(happening: Happening) -> Decision:
    assert happening.data.get("email", "") + "", "data are what I expect"  # type: ignore[operator]  # that is the flaw
    return fires(happening)


@pytest.mark.parametrize(
    "source, complaint",
    [
        (Source(on_decide=repeating), "the reason repeats the event's data"),
        (Source(on_decide=clearing), "decide changed the event|two decisions|kind of mapping"),
        (Source(on_decide=adding_up), "data are what I expect|unsupported operand|can only concatenate"),
        (Source(on_decide=lambda happening: None), "decide gave NoneType"),
        (Source(on_decide=lambda happening: Decision()), "or there is a reason why not"),
        (Source(on_decide=lambda happening: Decision((Fire(8),))), "it fires 8, of which webhooks does not tell"),
        (Source(on_decide=lambda happening: Decision(why_not="never")), "it does not fire: never"),
        (Source(interests=[Interest("sub_tga")]), "is of the catalogue"),
        (Source(interests=[Interest("call_is_logged", 0, "4")]), "is of the catalogue"),
        (Source(interests=[Interest("sub_tag", 0, 4)]), "is of the catalogue"),  # type: ignore[arg-type]  # the flaw
        (Source(interests=[Interest("sub_tag", 0, "5")]), "no interest covers the event"),
        (Source(interests=[Interest("sub_tag", 149, "4")]), "no interest covers the event"),
    ],
)
def test_wrong_answers_about_events(source: Source, complaint: str) -> None:
    with pytest.raises((AssertionError, TypeError), match=complaint):
        asked(source)


def test_a_source_that_remembers_by_itself() -> None:
    source = Alternating()
    with pytest.raises(AssertionError, match=r"an earlier event counted|two decisions"):
        STATELESS.test_remembers_nothing(source, source.compile(DEFINITION), DEFINITION, WORLD)


def stepping(step: Step) -> Outcome:
    """Count in memory, and fire at the second event."""
    if not isinstance(step.occasion, Occurred):
        return Outcome(step.memory, why="not an event")
    body = b"x" if step.memory is None else step.memory.body + b"x"
    fired = (Firing(step.occasion.key, 7),) if body == b"xx" else ()
    return Outcome(Memory(body[:3]), fires=fired, why="" if fired else "not the second event")


@dataclass
class Walker:
    take: Take
    version: int = 1
    paused: bool = False
    interests: Sequence[Interest] = INTERESTS
    watches: Sequence[Interest] = ()

    def step(self, step: Step) -> Outcome:
        outcome: Outcome = self.take(step)
        return outcome


STORY = (FIRING, FIRING)


def told(take: Take, **members: Any) -> None:
    def walker() -> Walker:
        return Walker(take, **members)

    def teller() -> Teller:
        return Teller(walker, {7})

    STATEFUL.test_has_a_version_and_interests(walker(), STORY)
    STATEFUL.test_fires(teller(), STORY)
    STATEFUL.test_steps_upon_every_event(teller(), walker(), WORLD, STORY)
    STATEFUL.test_steps_upon_timers_and_revisions(teller(), STORY)
    for body in (b"", b"\xff"):
        STATEFUL.test_refuses_a_foreign_memory_only_with_value_error(walker(), body, STORY)


def always(**parts: Any) -> Take:
    return lambda step: replace(stepping(step), **parts)


def with_secret(step: Step) -> Outcome:
    return replace(stepping(step), why=str(step.object.data.get("email")))


def impure(step: Step, numbers: Any = count()) -> Outcome:
    return replace(stepping(step), fires=(Firing(str(next(numbers)), 7),))


def afraid_of_timers(step: Step) -> Outcome:
    if isinstance(step.occasion, Due):
        raise KeyError(step.occasion.key)
    return stepping(step)


def careless_of_memory(step: Step) -> Outcome:
    if step.memory is not None and not step.memory.body.startswith(b"x"):
        raise KeyError("memory")
    return stepping(step)


def test_a_right_source_with_memory_passes() -> None:
    told(stepping)


@pytest.mark.parametrize(
    "take, complaint",
    [
        (lambda step: None, "step gave NoneType, not Outcome"),
        (impure, "the same step had two outcomes"),
        (with_secret, "the reason repeats the data"),
        (afraid_of_timers, "unknown"),
        (careless_of_memory, "memory"),
        (always(memory=b"x"), "the memory is bytes, not Memory"),
        (always(memory=Memory(b"x" * (MAX_MEMORY + 1))), "a memory of 65537 bytes"),
        (always(memory=Memory(b"x", follows=2)), "follows the version that wrote it"),
        (always(fires=(Firing("a", 7), Firing("a", 7))), "two firings of one step share a key"),
        (always(fires=(Firing("", 7),)), "keys of firings are text, and not empty"),
        (always(fires=(Firing("a", 7),)), "the key 'a' fires twice"),
        (always(fires=(Firing("a", 8),)), "it fires 8, of which webhooks does not tell"),
        (always(fires=()), "nothing has fired"),
        (always(start=(Timer("a", 1), Timer("a", 2))), "two timers of one step share a key"),
        (always(start=(Timer("a", 1.5),)), "whole microseconds"),  # type: ignore[arg-type]  # that is the flaw
        (always(emits=(Emit("a", "sub_tga"),)), "it emits 'sub_tga'"),
        (always(emits=(Emit("a", "sub_tag"),)), "the key 'a' is emitted twice"),
        (always(emits=(Emit("a", "sub_tag", (("tag_id", 4),)),)), "text"),  # type: ignore[arg-type]  # that is the flaw
        (always(held=True), "only a timer that was delivered can be held"),
        (always(movements=("in",)), "movements are Movement"),
    ],
)
def test_wrong_outcomes(take: Take, complaint: str) -> None:
    with pytest.raises((AssertionError, KeyError), match=complaint):
        told(take)


@pytest.mark.parametrize(
    "members, complaint",
    [
        ({"version": 0}, "versions count from 1"),
        ({"paused": True}, "is paused"),
        ({"interests": ()}, "no interest covers the first event"),
        ({"watches": (Interest("no_such_event"),)}, "is of the catalogue"),
    ],
)
def test_wrong_members(members: dict[str, Any], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        told(stepping, **members)


def test_a_timer_that_asks_for_itself_for_ever_ends_the_story() -> None:
    teller = Teller(lambda: Walker(always(start=(Timer("again", 0),))), {7})
    teller.tell(FIRING)
    teller.let_pass()
    assert [due.key for due in teller.due] == ["again"]
