"""The plugin's own tests: the contract of every source with memory, then what this one decides."""

from collections.abc import Sequence

import pytest
from hookline_score import register_trigger_sources
from hookline_score.source import ScoreSource

from hookline_plugin import FieldInfo, Flaw, Happening, Payload, Value, World
from hookline_plugin.stateful import Due, Firing, Memory, ObjectState, Occurred, Outcome, Revised, StatefulSource, Step
from hookline_plugin.testing import StatefulConformance

DEFINITION: Payload = {"object_type_id": 0, "field": "score", "threshold": 50, "rearm_below": 40, "webhook_id": 7}
FIELDS = (FieldInfo("score", "Score", "number"), FieldInfo("email", "Email", "email"))
WORLD = World({0: FIELDS, 149: ()}, {7: 0, 9: 149})


def event(score: Value, type_: str = "field_is_updated", version: int = 0) -> Happening:
    """Give an event of a contact whose score is this now."""
    return Happening(type_, {}, 0, "8", {"score": score}, changed_fields=("score",), object_version=version)


class TestConformance(StatefulConformance):
    """The suite that ships with the plugin API."""

    @pytest.fixture
    def source(self) -> StatefulSource:
        """Give the source to test."""
        return ScoreSource()

    @pytest.fixture
    def definition(self) -> Payload:
        """Give a definition that is right."""
        return DEFINITION

    @pytest.fixture
    def world(self) -> World:
        """Give the account that it is right in."""
        return WORLD

    @pytest.fixture
    def story(self) -> Sequence[Happening]:
        """Give what makes it fire twice."""
        return [event(30), event(50), event(45), event(39.5), event("50.5")]


def told(*events: Happening, **definition: Value) -> tuple[list[int], Outcome]:
    """Tell events; give the numbers of those that fired, counted from 1, and the last outcome."""
    memory, fired = None, []
    for number, happening in enumerate(events, 1):
        state = ObjectState(0, "8", events[-1].data)  # the newest, which later events have told already
        step = Step(Occurred(f"event-{number}", happening), state, memory, now=number)
        outcome = ScoreSource().compile({**DEFINITION, **definition}).step(step)
        memory = outcome.memory
        assert outcome.fires in ((), (Firing(f"event-{number}", 7),))
        if outcome.fires:
            fired.append(number)
        else:
            assert outcome.why
    return fired, outcome


@pytest.mark.parametrize(
    ("scores", "fired"),
    [
        ([30, 50], [2]),
        ([30, 49.999, 50], [3]),
        ([60], []),
        ([60, 70], []),
        ([60, 45, 55], []),
        ([60, 40, 55], []),
        ([60, 39, 50], [3]),
        ([30, 60, 60, 10, 60], [2, 5]),
        ([30, "50"], [2]),
        ([30, "50,0", None, True, "high", "", 10**400, 60], [8]),
        ([60, None, 60], []),
        ([-60, "-1", "+50"], [3]),
    ],
)
def test_fires_where_the_score_comes_up(scores: Sequence[Value], fired: Sequence[int]) -> None:
    """The table of the README and its edges."""
    assert told(*map(event, scores))[0] == fired


@pytest.mark.parametrize(("score", "fired"), [(60, [1]), (50, [1]), (49, []), (None, [])])
def test_who_is_created_was_down(score: Value, fired: Sequence[int]) -> None:
    """An object that is created with a score that is up has crossed the threshold."""
    assert told(event(score, "object_create"))[0] == fired


def test_an_event_that_comes_late_moves_nothing() -> None:
    """What it tells was over before; without versions the order in which they come counts."""
    scores = [(30, 1), (60, 3), (35, 2), (70, 4)]
    assert told(*(event(score, version=version) for score, version in scores))[0] == [2]
    assert told(*(event(score) for score, _ in scores))[0] == [2, 4]


def test_without_rearm_below_any_fall_rearms() -> None:
    """It is the threshold then."""
    plain = {key: value for key, value in DEFINITION.items() if key != "rearm_below"}
    source = ScoreSource().compile(plain)
    step = Step(Occurred("e", event(49)), ObjectState(0, "8", {"score": 49}), Memory(b"up"), now=1)
    assert source.step(step).memory == Memory(b"down")


def test_paused_and_unconcerned() -> None:
    """The memory stays what it was."""
    for occasion in (Due("x", 1), Revised()):
        step = Step(occasion, ObjectState(0, "8", {"score": 60}), Memory(b"down"), now=1)
        assert ScoreSource().compile(DEFINITION).step(step).memory == Memory(b"down")
    paused = ScoreSource().compile({**DEFINITION, "paused": True})
    assert paused.paused
    assert paused.interests == ()
    assert told(event(30), event(60), paused=True)[0] == []
    deal = Step(Occurred("e", event(60)), ObjectState(149, "8", {"score": 60}), Memory(b"down"), now=1)
    assert not ScoreSource().compile(DEFINITION).step(deal).fires


def test_another_sources_memory() -> None:
    """It is refused, and not repeated."""
    step = Step(Revised(), ObjectState(0, "8", {}), Memory(b"hunter2"), now=1)
    with pytest.raises(ValueError, match="the memory is none of a score's"):
        ScoreSource().compile(DEFINITION).step(step)


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"object_type_id": 5}, "object_type_id", "there is no object type 5"),
        ({"object_type_id": "0"}, "object_type_id", "must be a whole number from 0"),
        ({"field": "scroe"}, "field", "there is no field 'scroe'"),
        ({"field": "email"}, "field", "is of the kind email"),
        ({"field": None}, "field", "must be a text"),
        ({"threshold": "50"}, "threshold", "must be a number"),
        ({"threshold": None}, "threshold", "must be a number"),
        ({"threshold": True}, "threshold", "must be a number"),
        ({"rearm_below": 51}, "rearm_below", "must not be above the threshold"),
        ({"webhook_id": 8}, "webhook_id", "there is no webhook 8"),
        ({"webhook_id": 9}, "webhook_id", "about another type of object"),
        ({"webhook_id": 0}, "webhook_id", "must be a whole number from 1"),
        ({"paused": "no"}, "paused", "must be true or false"),
        ({"version": 0}, "version", "must be a whole number from 1"),
        ({"treshold": 50}, "treshold", "is unknown; known are object_type_id"),
    ],
)
def test_what_is_refused(change: Payload, path: str, reason: str) -> None:
    """Each flaw has its path, once."""
    flaws = list(ScoreSource().check({**DEFINITION, **change}, WORLD))
    assert [flaw.path for flaw in flaws] == [path]
    assert reason in flaws[0].reason
    assert isinstance(flaws[0], Flaw)


def test_the_plugin_registers_the_source() -> None:
    """The hook gives the source."""
    assert [source.name for source in register_trigger_sources()] == ["score_crosses"]
