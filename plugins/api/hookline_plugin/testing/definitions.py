"""What every trigger source must do with definitions, whether or not it has memory; and what is wrong in them.

No source is told what to refuse: the suite breaks the definition that it is given in many ways, always the same ones,
and asks only that the answers are answers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from types import MappingProxyType
from typing import Any

import pytest

from hookline_plugin.catalogue import FIELD_IS_UPDATED, event_type
from hookline_plugin.encoder import Payload, Value
from hookline_plugin.remembering import memories
from hookline_plugin.stateful import AsksCampaigns, StatefulSource
from hookline_plugin.trigger import (
    MAX_CAMPAIGNS,
    FieldInfo,
    Flaw,
    Interest,
    NamesCampaigns,
    Resolving,
    TextError,
    TriggerSource,
    World,
    Written,
    source_flaw,
)

ODD: tuple[Value, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**400, 0.5, 1e308, -0.0,
    "", " ", "0", "-1", "+1", "1e3", "0x1", "9" * 5_000, "٣", "x" * 70_000, "\x00", "\ud800", "日本語", "[Email]",
    [], {}, [None], [[]], [{}], {"": None}, [1] * 1_000, {"a": {"b": []}},
)  # fmt: skip
"""Values of JSON that definitions and events hold where something else was meant."""

DEEP = 60
_BREAKS = 400
_MAX_SHOWN = 60


def broken(definition: Payload) -> Iterator[Payload]:
    """Give definitions that are broken: odd ones, and the given one with one part odd, gone, doubled or added."""
    yield {}
    for value in ODD:
        yield {"": value, "definition": value}
        yield dict.fromkeys(definition, value)
    yield {**definition, **{f"unknown_{number}": number for number in range(300)}}
    yield dict.fromkeys(definition, _nested(DEEP))
    random = Random(1)  # noqa: S311 - the same breaks in each run are what is wanted
    places = [place for place in _places(definition) if place]
    for _ in range(_BREAKS if places else 0):
        part = _changed(definition, random.choice(places), random)
        yield part if isinstance(part, Mapping) else {}


def covered(interest: Interest) -> bool:
    """Say whether the catalogue has the event of an interest, and the event a number where the interest names one."""
    kind = event_type(interest.event)
    if kind is None or not (interest.object_type_id is None or type(interest.object_type_id) is int):
        return False
    numbered = kind.number_param is not None or interest.event == FIELD_IS_UPDATED
    return interest.number is None or (numbered and type(interest.number) is str)


def whole_ids(ids: Iterable[object]) -> list[int]:
    """Give ids of webhooks, having seen that each is one."""
    found = list(ids)
    assert all(type(each) is int and each > 0 for each in found), f"webhooks gave {found!r}, not whole numbers above 0"
    return [each for each in found if isinstance(each, int)]


class DefinitionConformance:
    """The contract that sources with and without memory share; override `source`, `definition` and `world`."""

    @pytest.fixture
    def source(self) -> TriggerSource | StatefulSource:
        """Give the source under test."""
        raise NotImplementedError("override the fixture `source`")

    @pytest.fixture
    def definition(self) -> Payload:
        """Give a definition that is right, is not paused, fires, and uses as much of the source as can be."""
        raise NotImplementedError("override the fixture `definition`")

    @pytest.fixture
    def world(self) -> World:
        """Give the account that the definition is right in."""
        return World({0: [FieldInfo("email", "Email", "email"), FieldInfo("score", "Score", "number")]}, {7: 0})

    @pytest.fixture
    def ready(self, source: TriggerSource | StatefulSource, definition: Payload, world: World) -> Payload:
        """Give what the host compiles: the definition, resolved by a source that does so."""
        return source.resolve(definition, world) if isinstance(source, Resolving) else definition

    def test_is_a_trigger_source(self, source: TriggerSource | StatefulSource) -> None:
        """It has a name that is well formed, and its methods."""
        flaw = source_flaw(source)
        assert flaw is None, flaw

    def test_says_by_its_types_whether_it_has_memory(
        self, source: TriggerSource | StatefulSource, ready: Payload
    ) -> None:
        """The return type of `compile` is one with `step` or one with `decide` or either, and so is what it gives."""
        said = memories(source)
        assert said, "annotate what compile returns: a type with step, one with decide, or either"
        assert hasattr(source.compile(ready), "step") in said, "compile gave something else than its type says"

    def test_takes_the_right_definition(
        self, source: TriggerSource | StatefulSource, definition: Payload, world: World, ready: Payload
    ) -> None:
        """Nothing is wrong with it, it fires webhooks of the account, and it is the same however it was held."""
        before = repr(definition)
        flaws = told(source, definition, world)
        assert not flaws, f"the definition that the suite was given is not right: {flaws}"
        fired = whole_ids(source.webhooks(definition))
        assert fired, "the definition that the suite was given fires no webhook"
        assert set(fired) <= set(world.webhooks), "it fires webhooks that the account does not have"
        assert list(source.check(frozen(definition), world)) == [], "a mapping of another kind was refused"
        assert list(source.webhooks(frozen(definition))) == fired
        source.compile(frozen(ready))
        assert repr(definition) == before, "the definition was changed"

    def test_refuses_what_the_account_does_not_have(
        self, source: TriggerSource | StatefulSource, definition: Payload, world: World
    ) -> None:
        """A definition whose webhooks do not exist, or belong to an object type that is gone, has flaws."""
        without = World(world.object_types, {}, world.campaigns)
        assert told(source, definition, without), "webhooks that do not exist were accepted"
        gone = World({}, world.webhooks, world.campaigns)
        assert told(source, definition, gone), "an object type that does not exist was accepted"

    def test_names_campaigns(
        self, source: TriggerSource | StatefulSource, definition: Payload, world: World, ready: Payload
    ) -> None:
        """Campaigns that a definition asks about are those that the source names, and refused where they are gone."""
        named = campaigns_of(source, definition)
        asked = asked_of(source.compile(ready))
        assert set(asked) <= set(named), "the compiled definition asks about campaigns that the source does not name"
        for each in broken(definition):
            assert campaigns_of(source, each) == campaigns_of(source, each), "campaigns gave another answer"
        if named:
            assert set(named) <= set(world.campaigns), "it names campaigns that the account does not have"
            without = World(world.object_types, world.webhooks)
            assert told(source, definition, without), "campaigns that do not exist were accepted"

    def test_answers_for_every_object(
        self, source: TriggerSource | StatefulSource, definition: Payload, world: World
    ) -> None:
        """Flaws with paths, webhooks, and a ValueError with a reason: nothing else comes of a broken definition."""
        for each in broken(definition):
            before = repr(each)
            told(source, each, world)
            assert whole_ids(source.webhooks(each)) == list(source.webhooks(each)), "webhooks gave another answer"
            assert _refusal(source, each) == _refusal(source, each), "compile gave another answer"
            assert repr(each) == before, "a definition was changed"

    def test_resolves_alike(self, source: TriggerSource | StatefulSource, definition: Payload, world: World) -> None:
        """A source that resolves gives the same each time, and something that it compiles."""
        if isinstance(source, Resolving):
            resolved = source.resolve(frozen(definition), world)
            assert repr(resolved) == repr(source.resolve(frozen(definition), world)), "resolve gave another answer"
            source.compile(resolved)

    def test_reads_what_it_writes(self, source: TriggerSource | StatefulSource, definition: Payload) -> None:
        """A source that reads texts reads again what it writes, and refuses others with TextError only."""
        candidate: object = source
        if not isinstance(candidate, Written):
            return
        parts = candidate.write_text(definition)
        assert candidate.write_text({**definition, **candidate.read_text(parts)}) == parts, "other texts were written"
        for text in (value for value in ODD if isinstance(value, str)):
            for part in parts:
                assert _reads(candidate, {**parts, part: text}), "a TextError has a reason, and a position from 1"


def campaigns_of(source: object, definition: Payload) -> list[int]:
    """Give the campaigns that a source says a definition names, having seen that each is one."""
    found = list(source.campaigns(definition)) if isinstance(source, NamesCampaigns) else []
    assert all(type(each) is int and each > 0 for each in found), f"campaigns gave {found!r}, not whole numbers above 0"
    return found


def asked_of(compiled: object) -> list[int]:
    """Give the campaigns that a compiled definition asks about, having seen that each is one and they are not many."""
    found = list(compiled.campaigns) if isinstance(compiled, AsksCampaigns) else []
    assert all(type(each) is int and each > 0 for each in found), f"it asks about {found!r}, not whole numbers above 0"
    assert len(found) <= MAX_CAMPAIGNS, f"it asks about {len(found)} campaigns; the host takes {MAX_CAMPAIGNS}"
    return found


def told(source: TriggerSource | StatefulSource, definition: Payload, world: World) -> list[Flaw]:
    """Give the flaws of a definition, having seen that they are flaws and the same each time."""
    flaws = list(source.check(definition, world))
    for flaw in flaws:
        assert isinstance(flaw, Flaw), f"check gave {type(flaw).__name__}, not Flaw"
        assert isinstance(flaw.path, str), "a flaw's path is text"
        assert isinstance(flaw.reason, str), "a flaw's reason is text"
        assert flaw.reason, f"the flaw of {flaw.path[:_MAX_SHOWN]!r} has no reason"
    assert list(source.check(definition, world)) == flaws, "check gave another answer"
    return flaws


def frozen(value: Any) -> Any:
    """Give the same with read-only mappings and tuples, so that nobody can change it."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(part) for key, part in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(map(frozen, value))
    return value


def _refusal(source: TriggerSource | StatefulSource, definition: Payload) -> str:
    try:
        source.compile(definition)
    except ValueError as error:
        reason = str(error)
    else:
        return ""
    assert reason, "a ValueError needs a reason"
    return reason


def _reads(source: Written, parts: Mapping[str, str]) -> bool:
    try:
        source.read_text(parts)
    except TextError as error:
        return bool(error.reason) and error.position >= 1
    return True


def _nested(depth: int) -> Value:
    value: Value = "innermost"
    for level in range(depth):
        value = {"any_of": value} if level % 2 else [value]
    return value


def _places(value: Value, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield place
    for key, part in _parts(value):
        yield from _places(part, (*place, key))


def _parts(value: Value) -> Iterable[tuple[str | int, Value]]:
    if isinstance(value, Mapping):
        return value.items()
    return enumerate(value) if isinstance(value, Sequence) and not isinstance(value, str) else ()


_GONE = object()


def _changed(value: Any, place: tuple[str | int, ...], random: Random) -> Any:
    """Give a copy whose part at a place is odd, gone, twice there, or has an odd part more."""
    if not place:
        return random.choice((lambda: random.choice(ODD), lambda: _GONE, lambda: _more(value, random)))()
    parts = [(key, _changed(part, place[1:], random) if key == place[0] else part) for key, part in _parts(value)]
    kept = [(key, part) for key, part in parts if part is not _GONE]
    return dict(kept) if isinstance(value, Mapping) else [part for _, part in kept]


def _more(value: Value, random: Random) -> Value:
    if isinstance(value, Mapping):
        return {**value, "unknown": random.choice(ODD)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [*value, *value, random.choice(ODD)]
    return [value]
