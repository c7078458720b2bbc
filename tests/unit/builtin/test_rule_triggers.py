"""Which events bring a rule about: every trigger, with the event that matches it and one that does not."""

from typing import Any

import pytest

from hookline_builtin.triggers.rule_events import RULE_EVENTS, ParamKind
from hookline_plugin import Fire, Interest
from hookline_plugin.catalogue import EVENT_TYPES, event_type, lookups

from .rules import CONTACT, DEAL, SOURCE, ask, decide, event, fired, rule, trigger

CAMPAIGN, PRODUCT = {"campaign_id": "5"}, {"product_id": "5"}
SUBACTION = "Contact_subscription_to_productsub_is_subaction"
CASES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("sub_tag", {"tag_id": "4"}, {"tag_id": "5"}),
    ("unsub_tag", {"tag_id": "4"}, {"tag_id": "44"}),
    ("object_submits_form", {"form_id": "4"}, {"form_id": "5"}),
    ("object_submits_form", {"form_id": "4", "outcome": "0"}, {"form_id": "4", "outcome": "1"}),
    ("object_submits_form", {"form_id": "4", "outcome": "1"}, {"form_id": "4"}),
    ("Contact_added_to_campaign", CAMPAIGN, {"campaign_id": "6"}),
    ("Contact_leaves_campaign", CAMPAIGN, {"campaign_id": "6"}),
    ("pause_campaign", CAMPAIGN, {}),
    ("unpause_campaign", CAMPAIGN, {"campaign_id": "05"}),
    ("object_completed_task", {"task_id": "3"}, {"task_id": "4"}),
    ("transaction_created_with_product", PRODUCT, {"product_id": "6"}),
    ("purchase_product", PRODUCT, {"product_id": "6"}),
    ("Contact_receives_refund_on_product", PRODUCT, {"product_id": "6"}),
    ("Contact_is_subscribed_to_productsub", PRODUCT, {"product_id": "6"}),
    *((SUBACTION, {"order_id": "9", "option": option}, {"order_id": "9", "option": "x"}) for option in "0123"),
    ("Contact_credit_card_is_ccstatus", {"option": "0"}, {"option": "1"}),
    ("Contact_credit_card_is_ccstatus", {"option": "1"}, {"option": "0"}),
    ("Contact_opens_email", {"email_id": "1"}, {"email_id": "2"}),
    ("Contact_clicks_emailanchor", {"email_id": "1", "link_num": "2"}, {"email_id": "1", "link_num": "3"}),
    ("sms_message_received", {"number_id": "1"}, {"number_id": "2"}),
    ("Contact_visits_landingpage_splittest", {"landing_page_id": "1"}, {"landing_page_id": "2"}),
    ("Contact_visits_purl_splittest", {"purl_id": "1"}, {"purl_id": "2"}),
    ("contact_visits_url", {"url": "https://example.com/a;b(c)"}, {"url": "https://example.com/A;b(c)"}),
    ("clicks_tracked_link", {"tracked_link_id": "1"}, {"tracked_link_id": "2"}),
]  # fmt: skip
UNTIMED = [each for each in RULE_EVENTS if not each.timed]
WITHOUT_PARAMS = ("object_create", "call_is_logged", "Contact_sends_Email")


@pytest.mark.parametrize("name, params, others", CASES)
def test_a_trigger_asks_for_its_params(name: str, params: dict[str, str], others: dict[str, str]) -> None:
    definition = rule(trigger(name, **params))
    assert fired(definition, event(name, {**params, "more": "1"}))
    assert not fired(definition, event(name, others))
    assert not fired(definition, event("call_is_logged", params))


@pytest.mark.parametrize("name", WITHOUT_PARAMS)
def test_a_trigger_without_params(name: str) -> None:
    assert fired(rule(trigger(name)), event(name, {}))
    assert not fired(rule(trigger(name)), event("sub_tag"))


def test_the_tables_above_have_every_trigger() -> None:
    assert {each.event for each in UNTIMED} == {name for name, _, _ in CASES} | {
        *WITHOUT_PARAMS,
        "field_is_updated",
    }


def test_every_event_that_producers_publish_is_a_trigger() -> None:
    assert {each.event for each in UNTIMED} == {kind.name for kind in EVENT_TYPES if kind.producer}


@pytest.mark.parametrize("each", UNTIMED, ids=lambda each: str(each.event))
def test_the_number_of_an_event_is_a_param_of_its_trigger(each: Any) -> None:
    kind = event_type(each.event)
    assert kind is not None
    if kind.number_param not in (None, "object_type_id"):
        assert kind.number_param == each.params[0].name


@pytest.mark.parametrize(
    "type_, changed, matches",
    [
        ("field_is_updated", ("a_text",), True),
        ("field_is_updated", ("a_number", "a_text"), True),
        ("field_is_updated", ("a_number",), False),
        ("field_is_updated", (), False),
        ("object_submits_form", ("a_text",), True),
        ("sub_tag", ("a_text",), True),
        ("object_create", ("a_text",), False),
    ],
)
def test_an_updated_field(type_: str, changed: tuple[str, ...], matches: bool) -> None:
    happening = event(type_, {"field": "a_text", "tag_id": "1", "form_id": "1"}, changed=changed)
    assert fired(rule(trigger("field_is_updated", field="a_text")), happening) is matches


@pytest.mark.parametrize("object_type_id", [DEAL, 10_000])
def test_an_object_of_another_type_brings_nothing_about(object_type_id: int) -> None:
    assert not fired(rule(), event(object_type_id=object_type_id))


def test_any_of_the_triggers_will_do_and_all_actions_are_done_in_order() -> None:
    triggers = (trigger("sub_tag", tag_id="4"), trigger("sub_tag", tag_id="5"), trigger("call_is_logged"))
    definition = rule(*triggers, actions=[{"webhook_id": "8"}, {"webhook_id": "7"}])
    for happening in (event(params={"tag_id": "4"}), event(params={"tag_id": "5"}), event("call_is_logged", {})):
        assert list(decide(definition, happening).fires) == [Fire(8), Fire(7)]
    assert not fired(definition, event(params={"tag_id": "6"}))
    assert list(SOURCE.webhooks(definition)) == [8, 7]


def test_the_interests_are_the_triggers() -> None:
    definition = rule(
        trigger("sub_tag", tag_id="4"),
        trigger("object_submits_form", form_id="4", outcome="0"),
        trigger("object_submits_form", form_id="4", outcome="1"),
        trigger("object_create"),
        trigger("call_is_logged"),
        trigger("field_is_updated", field="a_text"),
    )
    assert list(SOURCE.compile(definition).interests) == [
        Interest("sub_tag", CONTACT, "4"),
        Interest("object_submits_form", CONTACT, "4"),
        Interest("object_create", CONTACT, "0"),
        Interest("call_is_logged", CONTACT),
        Interest("field_is_updated", CONTACT, "a_text"),
    ]


@pytest.mark.parametrize("name, params", [*((name, params) for name, params, _ in CASES), ("object_create", {})])
def test_an_event_that_fires_is_found_under_an_interest(name: str, params: dict[str, str]) -> None:
    interests = SOURCE.compile(rule(trigger(name, **params))).interests
    assert {(each.event, each.number) for each in interests} & set(lookups(name, CONTACT, params))


def test_a_changed_field_is_found_under_an_interest() -> None:
    interests = SOURCE.compile(rule(trigger("field_is_updated", field="a_text"))).interests
    assert {(each.event, each.number) for each in interests} & set(lookups("sub_tag", CONTACT, {}, ["b", "a_text"]))


def test_a_paused_rule_has_no_interests_and_says_so() -> None:
    paused = SOURCE.compile(rule(paused=True))
    assert list(paused.interests) == []
    assert ask(paused, event()).why_not == "the rule is paused"


@pytest.mark.parametrize(
    "happening, reason",
    [
        (event("object_submits_form", {"form_id": "4", "outcome": "secret"}), "the event's outcome is not the one"),
        (event("object_submits_form", {"form_id": "secret"}), "the event's form_id is not the one"),
        (event("call_is_logged", {}), "none of the rule's triggers"),
        (event("object_submits_form", {"form_id": "4"}, object_type_id=DEAL), "none of the rule's triggers"),
    ],
)
def test_says_why_no_trigger_happened(happening: Any, reason: str) -> None:
    decision = decide(rule(trigger("object_submits_form", form_id="4", outcome="0")), happening)
    assert reason in decision.why_not
    assert "secret" not in decision.why_not


def test_rules_and_the_catalogue_agree_on_which_params_are_numbers() -> None:
    for kind in UNTIMED:
        known = event_type(kind.event)
        assert known is not None
        assert {param.name for param in kind.params if param.kind is ParamKind.NUMBER} == set(known.numbers), kind.event
