"""What every trigger source with memory must do, as a class of tests; derive from it and give it the source, a
definition and a story: the events of one object, in their order, upon which the definition fires at least once.

    class TestScore(StatefulConformance):
        @pytest.fixture
        def source(self) -> StatefulSource:
            return ScoreSource()

        @pytest.fixture
        def definition(self) -> Payload:
            return {"field": "score", "threshold": 50, "webhook_id": 7}

        @pytest.fixture
        def story(self) -> Sequence[Happening]:
            return [changed(score=10), changed(score=60)]

Each event is told a second after the one before; timers are delivered when they are due, those that are left after
the last event too. Override `world` where the definition needs more than a webhook 7 of contacts with the fields
`email` and `score`.
"""

from collections.abc import Sequence

import pytest

from hookline_plugin.encoder import Payload
from hookline_plugin.stateful import (
    Due,
    Memory,
    ObjectState,
    Occasion,
    Occurred,
    Outcome,
    Placing,
    Revised,
    StatefulCompiled,
    StatefulSource,
    Step,
)
from hookline_plugin.testing.definitions import DefinitionConformance, asked_of, covered
from hookline_plugin.testing.happenings import NOW, SECRET, is_covered, odd_happenings
from hookline_plugin.testing.story import Teller, taken
from hookline_plugin.trigger import Happening, World

FOREIGN = (b"", b"\x00", b"\xff\xfe", b"null", b"[]", b"{}", b'"x"', b"0", b'{"a": 1}', b"[" * 500, b"9" * 5_000)
"""Memories that are no source's own, or the simplest of it."""


class StatefulConformance(DefinitionConformance):
    """The contract of StatefulSource as tests; override `source`, `definition`, `story` and perhaps `world`."""

    @pytest.fixture
    def source(self) -> StatefulSource:
        """Give the source under test."""
        raise NotImplementedError("override the fixture `source`")

    @pytest.fixture
    def story(self) -> Sequence[Happening]:
        """Give events of one object upon which the definition fires at least once."""
        raise NotImplementedError("override the fixture `story`")

    @pytest.fixture
    def compiled(self, source: StatefulSource, ready: Payload) -> StatefulCompiled:
        """Give the definition ready to be asked."""
        return with_memory(source, ready)

    @pytest.fixture
    def teller(self, source: StatefulSource, definition: Payload, ready: Payload) -> Teller:
        """Give a host in small, which sees that outcomes are some; the object is on all maps that are asked about."""
        return Teller(lambda: with_memory(source, ready), set(source.webhooks(definition)))

    def test_has_a_version_and_interests(self, compiled: StatefulCompiled, story: Sequence[Happening]) -> None:
        """Interests and watches are of the catalogue and the same each time; one covers the story's first event."""
        assert isinstance(compiled, StatefulCompiled), "compile gave something that lacks a member"
        assert type(compiled.version) is int, "a version is a whole number"
        assert compiled.version >= 1, "versions count from 1"
        assert compiled.paused is False, "the definition that the suite was given is paused"
        asked = [*compiled.interests, *compiled.watches]
        assert asked == [*compiled.interests, *compiled.watches], "interests or watches gave another answer"
        assert all(map(covered, asked)), f"not every one of {asked} is of the catalogue"
        assert is_covered(story[0], compiled.interests), "no interest covers the first event of the story"

    def test_fires(self, teller: Teller, story: Sequence[Happening]) -> None:
        """The story is told to its end, and something has fired, each time under a key of its own.

        Each step is asked of a definition compiled anew: what is not in the memory is forgotten.
        """
        for happening in story:
            teller.tell(happening)
        teller.let_pass()
        assert teller.fired, f"nothing has fired; the last step said {teller.why!r}"

    def test_steps_upon_every_event(
        self, teller: Teller, compiled: StatefulCompiled, world: World, story: Sequence[Happening]
    ) -> None:
        """Wherever an object stands and whatever its data hold, an outcome follows that does not repeat the data."""
        events = list(odd_happenings([*compiled.interests, *compiled.watches], world))
        for told in (None, *story):
            if told is not None:
                teller.tell(told)
            for number, event in enumerate(events):
                for campaigns in {frozenset[int](), frozenset(asked_of(compiled))}:
                    state = ObjectState(
                        event.object_type_id, event.object_id, event.data, event.tags, number, campaigns
                    )
                    step = Step(Occurred(f"odd-{number}", event), state, teller.memory, teller.now)
                    assert SECRET not in taken(compiled, step, teller.webhook_ids).why, "the reason repeats the data"

    def test_steps_upon_timers_and_revisions(self, teller: Teller, story: Sequence[Happening]) -> None:
        """A timer that nobody knows, an early one, and a revision from a version that is kept or gone, are answered."""
        for told in story:
            teller.tell(told)
            current = teller.compile()
            state = ObjectState(told.object_type_id, told.object_id, told.data, told.tags)
            occasions: list[Occasion] = [Due("unknown", teller.now), Due("", 0), *teller.due, Revised()]
            for occasion in occasions:
                for before in (None, current):
                    taken(current, Step(occasion, state, teller.memory, teller.now, before), teller.webhook_ids)

    @pytest.mark.parametrize("body", FOREIGN, ids=lambda body: ascii(body)[:20])
    def test_refuses_a_foreign_memory_only_with_value_error(
        self, compiled: StatefulCompiled, body: bytes, story: Sequence[Happening]
    ) -> None:
        """A memory that is not its own gives a ValueError, or is taken for one that it could have written."""
        first = story[0]
        state = ObjectState(first.object_type_id, first.object_id, first.data, first.tags)
        step = Step(Occurred("event-1", first), state, Memory(body, compiled.version), NOW)
        assert _refused_or_taken(compiled, step), "a ValueError needs a reason"

    @pytest.mark.parametrize("body", FOREIGN, ids=lambda body: ascii(body)[:20])
    def test_says_who_is_on_the_map(self, compiled: StatefulCompiled, body: bytes) -> None:
        """A definition that is a map says of each memory whether the object is on it, the same each time."""
        if isinstance(compiled, Placing):
            assert _placed(compiled, Memory(body)) == _placed(compiled, Memory(body)), "is_on gave another answer"


def _placed(compiled: Placing, memory: Memory) -> bool | str:
    try:
        found = compiled.is_on(memory)
    except ValueError as error:
        return str(error)
    assert type(found) is bool, "is_on says True or False"
    return found


def with_memory(source: StatefulSource, ready: Payload) -> StatefulCompiled:
    """Give a definition ready to be asked, having seen that it has memory."""
    compiled = source.compile(ready)
    assert isinstance(compiled, StatefulCompiled), "the definition that the suite was given has no memory"
    return compiled


def _refused_or_taken(compiled: StatefulCompiled, step: Step) -> bool:
    try:
        return isinstance(compiled.step(step), Outcome)
    except ValueError as error:
        return bool(str(error))
