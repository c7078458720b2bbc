"""What is refused in a rule, each with its path."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_plugin import FieldInfo, Flaw, World

from .rules import DEAL, SOURCE, WORLD, comparison, on_map, relative, rule, tag, trigger

WHERE = "any_of[0].all_of[0]"


def flaws(definition: Any) -> list[tuple[str, str]]:
    found = list(SOURCE.check(definition, WORLD))
    assert all(isinstance(flaw, Flaw) for flaw in found)
    return [(flaw.path, flaw.reason) for flaw in found]


def refused(definition: Any, path: str, reason: str) -> None:
    """Exactly one flaw, whose reason holds the text."""
    found = flaws(definition)
    assert [each for each, _ in found] == [path]
    assert reason in found[0][1]
    assert len(found[0][1]) < 1200


def test_a_rule_that_is_right() -> None:
    assert flaws(rule(any_of=[[tag(4), comparison("a_text", "EQUAL", "x")], [relative("a_date", "ON", -1)]])) == []


@pytest.mark.parametrize(
    "given, where, reason",
    [
        ({}, "event", "must name an event"),
        ({"event": 7}, "event", "must name an event"),
        (trigger("sub_tga", tag_id="4"), "event", "did you mean sub_tag?"),
        (trigger("xyzzy"), "event", "known are object_create"),
        (trigger("x" * 5000), "event", "no rule can wait for"),
        (trigger("target_paused"), "event", "no rule can wait for"),
        (trigger("Contact_added_to_category", tag_id="4"), "event", "the event of Contact_added_to_"),
        (trigger("sub_tag"), "params.tag_id", "is required"),
        (trigger("sub_tag", tag_id=""), "params.tag_id", "is required"),
        ({"event": "sub_tag", "params": {"tag_id": 4}}, "params.tag_id", "must be text"),
        (trigger("sub_tag", tag_id="4", form_id="1"), "params.form_id", "is not a param of sub_tag, which takes"),
        (trigger("call_is_logged", n="1"), "params.n", "which takes none"),
        *(
            (trigger("sub_tag", tag_id=number), "params.tag_id", "must be 0 to 2147483647")
            for number in ("x", "-1", "+1", "04", "4.0", " 4", "2147483648", "٤", "4;5")
        ),
        (trigger("sub_tag", tag_id="4\n"), "params.tag_id", "no control characters"),
        (trigger("object_submits_form", form_id="4", outcome="2"), "params.outcome", "must be 0 to 1"),
        (trigger("Contact_credit_card_is_ccstatus", option="2"), "params.option", "must be 0 to 1"),
        (
            trigger("Contact_subscription_to_productsub_is_subaction", order_id="4", option="4"),
            "params.option",
            "must be 0 to 3",
        ),
        (trigger("field_is_updated"), "params.field", "is required"),
        (trigger("field_is_updated", field="a_txt"), "params.field", "did you mean a_text?"),
        (trigger("field_is_updated", field="A_TEXT"), "params.field", "has no field with the key 'A_TEXT'"),
        (trigger("contact_visits_url", url="x" * 1025), "params.url", "at most 1024"),
    ],
)  # fmt: skip
def test_refuses_a_trigger(given: dict[str, Any], where: str, reason: str) -> None:
    path = "triggers[1]" if where == "" else f"triggers[1].{where}"
    refused(rule(trigger("sub_tag", tag_id="9"), given), path, reason)


@pytest.mark.parametrize(
    "changes, path, reason",
    [
        ({"triggers": []}, "triggers", "must have 1 to 50 items"),
        ({"triggers": [trigger("sub_tag", tag_id=str(n)) for n in range(51)]}, "triggers", "must have 1 to 50 items"),
        ({"triggers": "sub_tag"}, "triggers", "must be a list"),
        ({"triggers": ["sub_tag", trigger("call_is_logged")]}, "triggers[0]", "must be an object"),
        ({"triggers": [trigger("call_is_logged"), {"event": "call_is_logged"}]}, "triggers[1]", "same as triggers[0]"),
        ({"actions": []}, "actions", "must have 1 to 20 items"),
        ({"actions": [{}]}, "actions[0].webhook_id", "must be a whole number from 1"),
        ({"actions": [{"webhook_id": "0"}]}, "actions[0].webhook_id", "must be a whole number from 1"),
        ({"actions": [{"webhook_id": True}]}, "actions[0].webhook_id", "must be a whole number from 1"),
        ({"actions": [{"webhook_id": "9" * 5000}]}, "actions[0].webhook_id", "must be a whole number from 1"),
        ({"actions": [{"webhook_id": "6"}]}, "actions[0].webhook_id", "there is no webhook 6"),
        ({"actions": [{"webhook_id": "9"}]}, "actions[0].webhook_id", "about objects of type 149, not 0"),
        ({"actions": [{"webhook_id": "7"}, {"webhook_id": 7}]}, "actions[1].webhook_id", "is the same as actions[0]"),
        ({"any_of": "x"}, "any_of", "must be a list"),
        ({"any_of": [{"all_of": [tag(n + 1)]} for n in range(21)]}, "any_of", "must have 0 to 20 items"),
        ({"any_of": [{}]}, "any_of[0].all_of", "must have 1 to 20 items"),
        ({"any_of": [{"all_of": [tag(n + 1) for n in range(21)]}]}, "any_of[0].all_of", "must have 1 to 20 items"),
        ({"paused": "yes"}, "paused", "must be true or false"),
        ({"triggers": [{"event": "sub_tag", "params": []}]}, "triggers[0].params", "must be an object"),
        ({"any_of": [{"all_of": [{"comparison": []}]}]}, "any_of[0].all_of[0].comparison", "must be an object"),
    ],
)  # fmt: skip
def test_refuses_a_rule(changes: dict[str, Any], path: str, reason: str) -> None:
    found = [each for each in flaws({**rule(), **changes}) if "is required" not in each[1]]
    assert (found[0][0], reason in found[0][1]) == (path, True)


@pytest.mark.parametrize(
    "condition, where, reason",
    [
        ({}, "", "must be one of comparison, tag, campaign"),
        ({**tag(4), **comparison("a_text", "EQUAL", "x")}, "", "must be one of"),
        (on_map(4), ".campaign.campaign_id", "there is no campaign 4"),
        (on_map(6), ".campaign.campaign_id", "is about objects of type 149, not 0"),
        ({"campaign": {}}, ".campaign.campaign_id", "must be a whole number from 1"),
        ({"campaign": {"campaign_id": "-3"}}, ".campaign.campaign_id", "must be a whole number from 1"),
        ({"campaign": {"campaign_id": "3", "absent": "no"}}, ".campaign.absent", "must be true or false"),
        ({"tag": {}}, ".tag.tag_id", "must be a whole number from 1"),
        ({"tag": {"tag_id": "x"}}, ".tag.tag_id", "must be a whole number from 1"),
        ({"tag": {"tag_id": "4", "absent": 1}}, ".tag.absent", "must be true or false"),
        (comparison("", "EQUAL", "x"), ".comparison.field", "is required"),
        (comparison("a_txt", "EQUAL", "x"), ".comparison.field", "did you mean a_text?"),
        (comparison("x" * 65, "EQUAL", "x"), ".comparison.field", "at most 64"),
        ({"comparison": {"field": "a_text"}}, ".comparison.comparison", "must be one of COMPARISON_EQUAL"),
        (comparison("a_text", "UNSPECIFIED", "x"), ".comparison.comparison", "must be one of COMPARISON_EQUAL"),
        ({"comparison": {"field": "a_text", "comparison": ["x"]}}, ".comparison.comparison", "must be one of"),
        (comparison("a_text", "EQUAL", 4), ".comparison.value", "must be text"),  # type: ignore[arg-type]  # on purpose
        (comparison("a_text", "EQUAL", "a\nb"), ".comparison.value", "no control characters"),
        (comparison("a_text", "EQUAL", "x" * 1025), ".comparison.value", "at most 1024"),
        (comparison("a_text", "EQUAL", relative={}), ".comparison.relative", "cannot be compared by Equal To"),
        (comparison("a_date", "ON", "x", relative={}), ".comparison", "value or relative, not both"),
        (comparison("a_date", "ON", relative="x"), ".comparison.relative", "must be an object"),
        (relative("a_date", "ON", 10_001), ".comparison.relative.offset", "from -10000 to 10000"),
        (comparison("a_date", "ON", relative={"offset": 1}), ".comparison.relative.unit", "required where offset is"),
        (relative("a_date", "ON", 1, "YEARS"), ".comparison.relative.unit", "must be one of DATE_UNIT_DAYS"),
        *(
            (comparison(f"a_{kind}", op, operand), ".comparison.comparison", f"does not fit a field of the kind {kind}")
            for kind, op, operand in [
                ("text", "GREATER", "1"), ("text", "ON", "2026-10-02"), ("drop_down", "LESS", "1"),
                ("number", "CONTAINS", "1"), ("price", "STARTS_WITH", "1"), ("number", "BEFORE", "2026-10-02"),
                ("date", "EQUAL", "2026-10-02"), ("timestamp", "GREATER", "1"), ("checkbox", "CONTAINS", "1"),
                ("list", "EQUAL", "a"), ("list", "ENDS_WITH", "a"), ("relation", "CONTAINS", "8"),
            ]
        ),
        *(
            (comparison("a_number", "EQUAL", value), ".comparison.value", "must be a number")
            for value in ("", "x", "1e5", "1,5", "٤", "0x1", "NaN", "Infinity", " 1", "1" * 31)
        ),
        (comparison("a_number", "GREATER", "x"), ".comparison.value", "must be a number"),
        *((comparison("a_checkbox", "EQUAL", value), ".comparison.value", "must be 1 or 0") for value in ("", "true")),
        *(
            (comparison("a_date", "BEFORE", value), ".comparison.value", "must be a day such as")
            for value in ("", "today", "2026-02-30", "2026-10-02T08:00:00Z", "1790942400", "20261002")
        ),
        *(
            (comparison("a_timestamp", "AFTER", value), ".comparison.value", "a moment such as")
            for value in ("", "x", "2026-10-02T25:00:00Z", "2026-10-02T08")
        ),
        (comparison("a_timestamp", "ON", "2026-10-02T08:00:00Z"), ".comparison.value", "must be a day such as"),
        *(
            (comparison("a_text", op, ""), ".comparison.value", "must not be empty")
            for op in ("CONTAINS", "NOT_CONTAINS", "STARTS_WITH", "ENDS_WITH")
        ),
        (comparison("a_list", "CONTAINS"), ".comparison.value", "must not be empty"),
        (comparison("a_relation", "EQUAL", ""), ".comparison.value", "must not be empty"),
    ],
)  # fmt: skip
def test_refuses_a_condition(condition: dict[str, Any], where: str, reason: str) -> None:
    refused(rule(any_of=[[condition]]), f"{WHERE}{where}", reason)


def test_contacts_only_triggers_are_for_contacts() -> None:
    found = flaws(
        rule(trigger("Contact_opens_email", email_id="1"), object_type_id=DEAL, actions=[{"webhook_id": "9"}])
    )
    assert found == [("triggers[0].event", "Contact_opens_email is for contacts only")]


@pytest.mark.parametrize(
    "object_type_id, path", [(5, "object_type_id"), (-1, "object_type_id"), ("x", "object_type_id")]
)
def test_refuses_an_object_type(object_type_id: Any, path: str) -> None:
    assert path in [each for each, _ in flaws(rule(object_type_id=object_type_id))]


def test_all_flaws_are_given_at_once() -> None:
    definition = rule(trigger("xyzzy"), any_of=[[comparison("no", "EQUAL", "")]], actions=[{"webhook_id": "6"}])
    paths = [path for path, _ in flaws(definition)]
    assert paths == ["triggers[0].event", f"{WHERE}.comparison.field", "actions[0].webhook_id"]


@pytest.mark.parametrize(
    "definition", [{}, rule(trigger("xyzzy")), rule(actions=[]), rule(any_of=[[comparison("a", "GREATER", "x")]])]
)
def test_what_is_wrong_for_its_own_sake_is_not_compiled(definition: Any) -> None:
    with pytest.raises(ValueError, match=r"^[a-z_0-9\[\].]+: "):
        SOURCE.compile(definition)


def test_the_nearest_field_is_looked_for_at_a_bounded_cost() -> None:
    fields = [FieldInfo("f" * 50 + f"{number:014d}", "a field", "text") for number in range(1000)]
    groups = [
        [comparison("f" * 50 + f"{group:07d}{number:07d}", "EQUAL", "x") for number in range(20)] for group in range(20)
    ]
    found = list(SOURCE.check(rule(any_of=groups), World({0: fields}, {7: 0})))
    hints = [flaw for flaw in found if "did you mean" in flaw.reason]
    assert len(found) > 300
    assert 1 <= len(hints) <= 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["event", "params", "all_of", "comparison", "field", "relative", "tag", "tag_id", "webhook_id"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(["triggers", "any_of", "actions", "object_type_id", "paused", "else"])


@given(definition=st.dictionaries(KEYS, JSON))
@settings(max_examples=300, deadline=None)
def test_any_json_is_checked_without_raising(definition: dict[str, Any]) -> None:
    right = not flaws(definition)
    list(SOURCE.webhooks(definition))
    try:
        SOURCE.compile(definition)
    except ValueError:
        assert not right
