"""What every trigger source without memory must do, as a class of tests; derive from it and give it the source, a
definition and an event.

    class TestTagSource(TriggerConformance):
        @pytest.fixture
        def source(self) -> TriggerSource:
            return TagSource()

        @pytest.fixture
        def definition(self) -> Payload:
            return {"tag_id": 4, "webhook_id": 7}

        @pytest.fixture
        def firing(self) -> Happening:
            return Happening("sub_tag", {"tag_id": "4"}, object_type_id=0, object_id="8", data={})

Override `world` too where the definition needs more than a webhook 7 of contacts with the fields `email` and `score`.
"""

from dataclasses import replace

import pytest

from hookline_plugin.encoder import Payload
from hookline_plugin.testing.definitions import DefinitionConformance, asked_of, covered, frozen
from hookline_plugin.testing.happenings import SECRET, is_covered, odd_happenings
from hookline_plugin.trigger import Compiled, Decision, Fire, Happening, TriggerSource, World


class TriggerConformance(DefinitionConformance):
    """The contract of TriggerSource as tests; override `source`, `definition`, `firing` and perhaps `world`."""

    @pytest.fixture
    def source(self) -> TriggerSource:
        """Give the source under test."""
        raise NotImplementedError("override the fixture `source`")

    @pytest.fixture
    def firing(self) -> Happening:
        """Give an event upon which the definition fires."""
        raise NotImplementedError("override the fixture `firing`")

    @pytest.fixture
    def compiled(self, source: TriggerSource, ready: Payload) -> Compiled:
        """Give the definition ready to be asked."""
        compiled: object = source.compile(ready)
        assert isinstance(compiled, Compiled), "compile gave something that lacks a member"
        return compiled

    def test_has_interests(self, compiled: Compiled, firing: Happening) -> None:
        """They are of the catalogue, the same each time, and one covers the event that fires."""
        interests = list(compiled.interests)
        assert interests == list(compiled.interests), "interests gave another answer"
        assert all(map(covered, interests)), f"not every one of {interests} is of the catalogue"
        assert is_covered(firing, interests), "no interest covers the event upon which it is to fire"
        assert not asked_of(compiled), "a definition without memory is told of no campaign: wrap it in Settled"

    def test_fires(self, source: TriggerSource, compiled: Compiled, definition: Payload, firing: Happening) -> None:
        """It fires upon its event, and webhooks that `webhooks` told of."""
        decision = decided(compiled, firing, set(source.webhooks(definition)))
        assert decision.fires, f"it does not fire: {decision.why_not}"

    def test_decides_upon_every_event_of_its_interests(
        self, source: TriggerSource, compiled: Compiled, definition: Payload, world: World, firing: Happening
    ) -> None:
        """Whatever an event's data hold, a decision follows: what fires or why not, without repeating the data."""
        told = set(source.webhooks(definition))
        for happening in odd_happenings(compiled.interests, world):
            decided(compiled, happening, told)
            decided(compiled, replace(happening, params=firing.params), told)

    def test_remembers_nothing(self, source: TriggerSource, compiled: Compiled, ready: Payload, world: World) -> None:
        """What was asked before changes no decision: another process, asked only once, decides the same."""
        for happening in odd_happenings(compiled.interests, world):
            fresh: object = source.compile(ready)
            assert isinstance(fresh, Compiled), "compile gave something else the second time"
            assert fresh.decide(happening) == compiled.decide(happening), "an earlier event counted"


def decided(compiled: Compiled, happening: Happening, webhook_ids: set[int]) -> Decision:
    """Give a decision, having seen that it is one, and a function of the event."""
    before = repr(happening)
    decision = compiled.decide(happening)
    assert isinstance(decision, Decision), f"decide gave {type(decision).__name__}, not Decision"
    assert compiled.decide(happening) == decision, "the same event had two decisions"
    assert compiled.decide(replace(happening, data=frozen(happening.data))) == decision, "a kind of mapping counted"
    assert repr(happening) == before, "decide changed the event"
    for fire in decision.fires:
        assert isinstance(fire, Fire), f"it fires {type(fire).__name__}, not Fire"
        assert fire.webhook_id in webhook_ids, f"it fires {fire.webhook_id}, of which webhooks does not tell"
        assert isinstance(fire.element, str), "an element is text"
    assert bool(decision.fires) is not bool(decision.why_not), "either something fires, or there is a reason why not"
    assert isinstance(decision.why_not, str), "the reason why nothing fires is text"
    assert SECRET not in decision.why_not, "the reason repeats the event's data"
    return decision
