"""What runs apart keeps the contract of the plugin API: the examples' conformance suites, over pipes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hookline_plugin import Encoder, Happening, Payload, TemplateEncoder, TriggerSource
from hookline_plugin.stateful import Memory, ObjectState, Occurred, Revised, StatefulCompiled, StatefulSource, Step
from hookline_plugin.testing import (
    EncoderConformance,
    StatefulConformance,
    TemplateConformance,
    TriggerConformance,
)
from hookline_runtime.isolation.apart import Apart
from hookline_runtime.isolation.limits import Limits
from hookline_runtime.isolation.loading import load_apart

PLUGINS = Path(__file__).parents[4] / "examples" / "plugins"
LIMITS = Limits(seconds=20.0, import_seconds=60.0)


@pytest.fixture(scope="module")
def aparts() -> Iterator[dict[str, Any]]:
    """What the built-in plugin and the examples register, each in a process of its own, by name."""
    values = {"builtin": "hookline_builtin", "csv": "hookline_csv", "score": "hookline_score"}
    with pytest.MonkeyPatch.context() as patch:
        for folder in sorted(PLUGINS.iterdir()):
            patch.syspath_prepend(str(folder))
        running = [Apart(name, value, LIMITS) for name, value in values.items()]
        found: dict[str, Any] = {}
        for each in running:
            brought = load_apart(each)
            assert not isinstance(brought, str), brought
            found.update((f"{each.name} {it.name}", it) for one in brought if (it := one.encoder or one.source))
    yield found
    for each in running:
        each.close()


class TestCsv(EncoderConformance):
    @pytest.fixture
    def encoder(self, aparts: dict[str, Any]) -> Encoder:
        found: Encoder = aparts["csv csv"]
        return found


class TestJson(EncoderConformance):
    @pytest.fixture
    def encoder(self, aparts: dict[str, Any]) -> Encoder:
        found: Encoder = aparts["builtin json"]
        return found


class TestJsonTemplate(TemplateConformance):
    @pytest.fixture
    def encoder(self, aparts: dict[str, Any]) -> TemplateEncoder:
        found: TemplateEncoder = aparts["builtin json"]
        return found

    @pytest.fixture
    def template(self) -> str:
        return '{"name": "[First Name]", "email": "[Email|none]"}'


class TestGlobalRule(TriggerConformance):
    @pytest.fixture
    def source(self, aparts: dict[str, Any]) -> TriggerSource:
        found: TriggerSource = aparts["builtin global_rule"]
        return found

    @pytest.fixture
    def definition(self) -> Payload:
        return {
            "object_type_id": 0,
            "triggers": [{"event": "sub_tag", "params": {"tag_id": "4"}}],
            "actions": [{"webhook_id": 7}],
        }

    @pytest.fixture
    def firing(self) -> Happening:
        return Happening("sub_tag", {"tag_id": "4"}, 0, "8", {"email": "m@x.example"})


class TestScore(StatefulConformance):
    @pytest.fixture
    def source(self, aparts: dict[str, Any]) -> StatefulSource:
        found: StatefulSource = aparts["score score_crosses"]
        return found

    @pytest.fixture
    def definition(self) -> Payload:
        return {"field": "score", "threshold": 50, "webhook_id": 7}

    @pytest.fixture
    def story(self) -> list[Happening]:
        def at(score: int) -> Happening:
            return Happening("field_is_updated", {}, 0, "8", {"score": score}, changed_fields=["score"])

        return [at(10), at(60)]


def test_a_definition_before_is_the_plugins_own(aparts: dict[str, Any]) -> None:
    source: Any = aparts["score score_crosses"]
    before, after = (
        source.compile({"field": "score", "threshold": 50, "webhook_id": 7, "version": version}) for version in (1, 2)
    )
    assert isinstance(before, StatefulCompiled)
    step = Step(Revised(), ObjectState(0, "8", {"score": 10.50}), Memory(b"up", 1), 5, before=before)
    assert after.step(step).memory == Memory(b"up", 1)
    occurred = Occurred("e", Happening("field_is_updated", {}, 0, "8", {"score": 10}))
    assert after.step(Step(occurred, ObjectState(0, "8", {"score": 10}), Memory(b"up"), 5)).memory == Memory(b"down")
