"""The event catalogue and how a subscription names an event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_plugin.catalogue import EVENT_TYPES, SubscriptionEvent, event_type, lookups, parse_subscription_event

FOR_RULES = {
    "field_is_updated": None,
    "Contact_added_to_campaign": "campaign_id",
    "Contact_leaves_campaign": "campaign_id",
    "pause_campaign": "campaign_id",
    "unpause_campaign": "campaign_id",
    "object_completed_task": "task_id",
    "call_is_logged": None,
    "Contact_receives_refund_on_product": "product_id",
    "Contact_is_subscribed_to_productsub": "product_id",
    "Contact_subscription_to_productsub_is_subaction": "order_id",
    "Contact_credit_card_is_ccstatus": "option",
    "Contact_opens_email": "email_id",
    "Contact_clicks_emailanchor": "email_id",
    "Contact_sends_Email": None,
    "sms_message_received": "number_id",
    "Contact_visits_landingpage_splittest": "landing_page_id",
    "Contact_visits_purl_splittest": "purl_id",
    "contact_visits_url": "url",
    "clicks_tracked_link": "tracked_link_id",
}
SNAPSHOTS = ("timer_due", "definition_changed")


@pytest.mark.parametrize(
    "name, number_param, producer",
    [
        ("object_create", "object_type_id", True),
        ("object_submits_form", "form_id", True),
        ("sub_tag", "tag_id", True),
        ("unsub_tag", "tag_id", True),
        ("purchase_product", "product_id", True),
        ("transaction_created_with_product", "product_id", True),
        ("target_disabled", None, False),
        ("target_paused", None, False),
    ],
)
def test_the_catalogue(name: str, number_param: str | None, producer: bool) -> None:
    kind = event_type(name)
    assert kind is not None
    assert (kind.name, kind.number_param, kind.producer) == (name, number_param, producer)
    assert kind.title
    assert kind.subscribable


def test_the_table_above_is_the_whole_catalogue() -> None:
    assert len(EVENT_TYPES) == len({kind.name for kind in EVENT_TYPES}) == 8 + len(FOR_RULES) + len(SNAPSHOTS)


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_types_of_snapshots_are_neither_published_nor_subscribed_to(name: str) -> None:
    kind = event_type(name)
    assert kind is not None
    assert (kind.number_param, kind.producer, kind.subscribable) == (None, False, False)
    with pytest.raises(ValueError, match="cannot be subscribed to"):
        parse_subscription_event(name)


@pytest.mark.parametrize("name, number_param", FOR_RULES.items())
def test_types_for_rules_are_published_and_not_subscribed_to(name: str, number_param: str | None) -> None:
    kind = event_type(name)
    assert kind is not None
    assert (kind.number_param, kind.producer, kind.subscribable) == (number_param, True, False)
    with pytest.raises(ValueError, match="is for rules and campaigns"):
        parse_subscription_event(name)


@pytest.mark.parametrize(
    "type_, object_type_id, params, changed, found",
    [
        ("sub_tag", 0, {"tag_id": "4"}, (), [("sub_tag", None), ("sub_tag", "4")]),
        ("sub_tag", 0, {}, (), [("sub_tag", None)]),
        ("object_create", 5, {}, ("email",), [("object_create", None), ("object_create", "5")]),
        (
            "sub_tag",
            0,
            {"tag_id": "4"},
            ("email", "city", "email"),
            [
                ("sub_tag", None),
                ("sub_tag", "4"),
                ("field_is_updated", None),
                ("field_is_updated", "email"),
                ("field_is_updated", "city"),
            ],
        ),
        ("field_is_updated", 0, {}, (), [("field_is_updated", None)]),
        ("field_is_updated", 0, {}, ("email",), [("field_is_updated", None), ("field_is_updated", "email")]),
        ("target_paused", 0, {"tag_id": "4"}, (), [("target_paused", None)]),
        ("of_a_later_version", 0, {}, (), [("of_a_later_version", None)]),
    ],
)
def test_where_an_event_is_looked_up(
    type_: str,
    object_type_id: int,
    params: dict[str, str],
    changed: tuple[str, ...],
    found: list[tuple[str, str | None]],
) -> None:
    assert list(lookups(type_, object_type_id, params, changed)) == found


@pytest.mark.parametrize("name", ["", "SUB_TAG", "sub_tag(4)", " sub_tag"])
def test_a_name_is_exact(name: str) -> None:
    assert event_type(name) is None


@pytest.mark.parametrize(
    "name, object_type_id, params, number",
    [
        ("object_create", 10_000, {}, "10000"),
        ("object_create", 0, {"object_type_id": "5"}, "0"),
        ("sub_tag", 0, {"tag_id": "4", "form_id": "9"}, "4"),
        ("sub_tag", 0, {}, None),
        ("target_disabled", 0, {"tag_id": "4"}, None),
    ],
)
def test_the_number_of_an_event(name: str, object_type_id: int, params: dict[str, str], number: str | None) -> None:
    kind = event_type(name)
    assert kind is not None
    assert kind.number_of(object_type_id, params) == number


@pytest.mark.parametrize(
    "text, event",
    [
        ("object_create(0)", SubscriptionEvent("object_create", "0")),
        ("sub_tag(4)", SubscriptionEvent("sub_tag", "4")),
        ("sub_tag", SubscriptionEvent("sub_tag")),
        ("purchase_product(2147483647)", SubscriptionEvent("purchase_product", "2147483647")),
        ("target_disabled", SubscriptionEvent("target_disabled")),
    ],
)
def test_reads_an_event(text: str, event: SubscriptionEvent) -> None:
    assert parse_subscription_event(text) == event
    assert str(event) == text


@pytest.mark.parametrize(
    "text, reason",
    [
        ("", "unknown event ''; known are object_create,"),
        ("sub_tga(4)", "unknown event 'sub_tga'; did you mean sub_tag?"),
        ("Sub_Tag", "unknown event 'Sub_Tag'; did you mean sub_tag?"),
        (" sub_tag", "unknown event ' sub_tag'; did you mean sub_tag?"),
        ("zzzzzz", "known are object_create, object_submits_form,"),
        ("target_disabled(1)", "target_disabled takes no number"),
        ("target_paused()", "target_paused takes no number"),
        ("sub_tag(4", "an event name, or a name and a number in brackets"),
        ("sub_tag(4)(5)", "an event name, or a name and a number in brackets"),
        ("sub_tag(4) ", "an event name, or a name and a number in brackets"),
        ("sub_tag(4)\n", "an event name, or a name and a number in brackets"),
        *(
            (f"sub_tag({number})", "the number of sub_tag must be 0 to 2147483647")
            for number in ("", " 4", "4 ", "+4", "-4", "04", "00", "4.0", "0x4", "2147483648", "9" * 5_000, "٤", "a")
        ),
    ],
)  # fmt: skip
def test_refuses_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_subscription_event(text)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 300


@given(
    name=st.sampled_from([kind.name for kind in EVENT_TYPES if kind.number_param and kind.subscribable]),
    number=st.none() | st.integers(0, 2**31 - 1).map(str),
)
def test_written_and_read_again(name: str, number: str | None) -> None:
    event = SubscriptionEvent(name, number)
    assert parse_subscription_event(str(event)) == event


@given(st.text())
def test_any_text_is_read_whole_or_refused(text: str) -> None:
    try:
        event = parse_subscription_event(text)
    except ValueError:
        return
    assert str(event) == text
