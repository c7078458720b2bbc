"""The built-in trigger sources keep the contract that third parties keep."""

from collections.abc import Sequence

import pytest

from hookline_builtin.campaign import CampaignSource
from hookline_builtin.triggers import FormRuleSource, GlobalRuleSource
from hookline_plugin import FieldInfo, Happening, Payload, TriggerSource, Value, World
from hookline_plugin.stateful import StatefulSource
from hookline_plugin.testing import StatefulConformance, TriggerConformance

KINDS = (
    "text", "long_text", "number", "price", "checkbox", "date", "timestamp", "email", "phone", "url", "country",
    "state", "drop_down", "list", "relation",
)  # fmt: skip
WORLD = World({0: [FieldInfo(f"a_{kind}", f"A {kind}", kind) for kind in KINDS], 149: []}, {7: 0, 8: 0, 9: 149}, {4: 0})


def tag_trigger(tag_id: int) -> dict[str, Value]:
    return {"event": "sub_tag", "params": {"tag_id": str(tag_id)}}


def tagged(tag_id: int) -> Happening:
    return Happening("sub_tag", {"tag_id": str(tag_id)}, 0, "8", {"a_text": "Mary", "a_number": 7}, tags=(str(tag_id),))


def comparison(kind: str, op: str, **operand: Value) -> dict[str, Value]:
    return {"comparison": {"field": f"a_{kind}", "comparison": f"COMPARISON_{op}", **operand}}


CONDITIONS: list[Value] = [
    {"all_of": [comparison("text", "EQUAL", value="Mary"), comparison("number", "GREATER", value="5")]},
    {"all_of": [comparison("date", "BEFORE", relative={"offset": 3, "unit": "DATE_UNIT_DAYS"})]},
    {"all_of": [{"tag": {"tag_id": "4", "absent": True}}, comparison("list", "CONTAINS", value="7")]},
]


class TestGlobalRule(TriggerConformance):
    @pytest.fixture
    def source(self) -> TriggerSource:
        return GlobalRuleSource()

    @pytest.fixture
    def world(self) -> World:
        return WORLD

    @pytest.fixture
    def definition(self) -> Payload:
        triggers: list[Value] = [
            tag_trigger(4),
            {"event": "field_is_updated", "params": {"field": "a_text"}},
            {"event": "object_submits_form", "params": {"form_id": "3", "outcome": "0"}},
            {"event": "object_create"},
        ]
        return {
            "id": "1",
            "name": "a rule",
            "triggers": triggers,
            "any_of": CONDITIONS,
            "actions": [{"webhook_id": "7"}, {"webhook_id": "8"}],
        }

    @pytest.fixture
    def firing(self) -> Happening:
        return tagged(4)


class TestGlobalRuleThatAsksAboutCampaigns(StatefulConformance):
    @pytest.fixture
    def source(self) -> StatefulSource:
        return GlobalRuleSource()

    @pytest.fixture
    def world(self) -> World:
        return WORLD

    @pytest.fixture
    def definition(self) -> Payload:
        on_map: Value = [{"all_of": [{"campaign": {"campaign_id": "4"}}, comparison("text", "EQUAL", value="Mary")]}]
        return {"id": "1", "triggers": [tag_trigger(4)], "any_of": on_map, "actions": [{"webhook_id": "7"}]}

    @pytest.fixture
    def story(self) -> Sequence[Happening]:
        return [tagged(4), tagged(4)]


class TestGlobalRuleThatWaitsForDates(StatefulConformance):
    @pytest.fixture
    def source(self) -> StatefulSource:
        return GlobalRuleSource()

    @pytest.fixture
    def world(self) -> World:
        return WORLD

    @pytest.fixture
    def definition(self) -> Payload:
        before = {"number": "2", "units": "1", "option": "2", "field": "a_timestamp"}
        triggers: list[Value] = [
            {"event": "on_date_field", "params": {"field": "a_date"}},
            {"event": "relative_date_field", "params": before},
            tag_trigger(4),
        ]
        return {
            "id": "1",
            "triggers": triggers,
            "any_of": CONDITIONS[:1],
            "settle": {"quiet": "2s"},
            "actions": [{"webhook_id": "7"}],
        }

    @pytest.fixture
    def story(self) -> Sequence[Happening]:
        dates = [{"a_date": "2027-06-01"}, {"a_date": "2027-05-01", "a_timestamp": "2027-05-15T08:00:00Z"}]
        told: dict[str, Value] = {"a_text": "Mary", "a_number": 7}
        return [Happening("call_is_logged", {}, 0, "8", {**told, **each}) for each in dates] + [tagged(4)]


class TestFormRule(TriggerConformance):
    @pytest.fixture
    def source(self) -> TriggerSource:
        return FormRuleSource()

    @pytest.fixture
    def world(self) -> World:
        return WORLD

    @pytest.fixture
    def definition(self) -> Payload:
        return {
            "number": "3",
            "kind": "FORM_KIND_ORDER_FORM",
            "always_on": [{"webhook_id": "7"}],
            "payment_successful": [{"webhook_id": "8"}],
            "payment_failed": [{"webhook_id": "7"}],
        }

    @pytest.fixture
    def firing(self) -> Happening:
        return Happening("object_submits_form", {"form_id": "3", "outcome": "1"}, 0, "8", {})


class TestCampaign(StatefulConformance):
    @pytest.fixture
    def source(self) -> StatefulSource:
        return CampaignSource()

    @pytest.fixture
    def world(self) -> World:
        return WORLD

    @pytest.fixture
    def definition(self) -> Payload:
        settle: dict[str, Value] = {"settle": {"quiet": "2s", "longest": "10s"}}
        on_another: Value = {"all_of": [{"campaign": {"campaign_id": "4", "absent": True}}]}
        elements: list[Value] = [
            {"id": "in", "entry": {"triggers": [tag_trigger(1)], **settle}, "next": "first"},
            {"id": "first", "webhook": {"webhook_id": "7"}, "next": "day"},
            {"id": "day", "wait": {"span": {"amount": 1, "unit": "SPAN_UNIT_DAYS"}}, "next": "birthday"},
            {
                "id": "birthday",
                "wait": {"date_field": {"field": "a_date", "when_missing": "WHEN_MISSING_SKIP"}},
                "next": "ask",
            },
            {"id": "ask", "condition": {"any_of": [*CONDITIONS, on_another], "yes": "share", "no": "tag"}},
            {"id": "share", "split": {"branches": [{"weight": 1, "next": "tag"}, {"weight": 3, "next": "goal"}]}},
            {"id": "tag", "tag": {"tag_id": "4", "change": "TAG_CHANGE_ADD"}, "next": "goal"},
            {"id": "goal", "goal": {"triggers": [tag_trigger(2)]}, "next": "last"},
            {"id": "last", "webhook": {"webhook_id": "8"}, "next": "out"},
            {"id": "out", "end": {}},
        ]
        return {
            "id": "5",
            "version": "3",
            "state": "CAMPAIGN_STATE_LIVE",
            "reentry_allowed": True,
            "time_zone": "Europe/Berlin",
            "elements": elements,
        }

    @pytest.fixture
    def story(self) -> Sequence[Happening]:
        return [tagged(1), tagged(1), tagged(3), tagged(2), tagged(1)]
