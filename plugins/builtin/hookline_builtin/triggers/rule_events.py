"""What rules may wait for: each trigger with its event, its name in the original's grammar, and its params, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from hookline_builtin.triggers.relative_date import MAX_OFFSET
from hookline_plugin.catalogue import FIELD_IS_UPDATED, OBJECT_CREATE

MAX_NUMBER = 2**31 - 1
FIELD = "field"
"""The param of `field_is_updated`, and of what comes with a date."""
RELATIVE_DATE = "relative_date_field"
BEFORE = "2"
"""The `option` of a relative date that lies before the one in the field; 3 is one that lies after it."""


class ParamKind(Enum):
    """What the values of a param are."""

    NUMBER = "number"
    """The id of a tag, form, product or the like: 0 to 2147483647 in plain decimal."""
    FIELD = "field"
    """The key of a field of the rule's object type."""
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Param:
    """A param of a trigger; an event has one of the same name, but for the field. `least` and `most` bound a number."""

    name: str
    kind: ParamKind = ParamKind.NUMBER
    most: int = MAX_NUMBER
    required: bool = True
    least: int = 0


@dataclass(frozen=True, slots=True)
class RuleEvent:
    """A trigger: the event type, what the grammar calls it, and its params in the grammar's order."""

    event: str
    written: str
    params: tuple[Param, ...] = ()
    contacts_only: bool = False
    timed: bool = False
    """Whether it comes with the calendar, and no event brings it about."""


def _of(event: str, *params: Param, contacts_only: bool = False) -> RuleEvent:
    return RuleEvent(event, event, params, contacts_only)


_CAMPAIGN, _PRODUCT, _TAG, _EMAIL = Param("campaign_id"), Param("product_id"), Param("tag_id"), Param("email_id")
_DATE = Param(FIELD, ParamKind.FIELD)
_FORM, _OUTCOME = Param("form_id"), Param("outcome", most=1, required=False)

RULE_EVENTS = (
    RuleEvent(OBJECT_CREATE, "Contact_added_to_my_database"),
    _of(FIELD_IS_UPDATED, Param(FIELD, ParamKind.FIELD)),
    RuleEvent("sub_tag", "Contact_added_to_category", (_TAG,)),
    RuleEvent("unsub_tag", "Contact_removed_from_category", (_TAG,)),
    _of("Contact_added_to_campaign", _CAMPAIGN),
    _of("Contact_leaves_campaign", _CAMPAIGN),
    _of("pause_campaign", _CAMPAIGN),
    _of("unpause_campaign", _CAMPAIGN),
    _of("object_submits_form", _FORM, _OUTCOME),
    _of("object_completed_task", Param("task_id")),
    _of("call_is_logged"),
    _of("transaction_created_with_product", _PRODUCT),
    RuleEvent("purchase_product", "Contact_purchases_product", (_PRODUCT,), contacts_only=True),
    _of("Contact_receives_refund_on_product", _PRODUCT, contacts_only=True),
    _of("Contact_is_subscribed_to_productsub", _PRODUCT, contacts_only=True),
    _of(
        "Contact_subscription_to_productsub_is_subaction",
        Param("order_id"),
        Param("option", most=3),
        contacts_only=True,
    ),
    _of("Contact_credit_card_is_ccstatus", Param("option", most=1), contacts_only=True),
    _of("Contact_opens_email", _EMAIL, contacts_only=True),
    _of("Contact_clicks_emailanchor", _EMAIL, Param("link_num"), contacts_only=True),
    _of("Contact_sends_Email", contacts_only=True),
    _of("sms_message_received", Param("number_id"), contacts_only=True),
    _of("Contact_visits_landingpage_splittest", Param("landing_page_id"), contacts_only=True),
    _of("Contact_visits_purl_splittest", Param("purl_id"), contacts_only=True),
    _of("contact_visits_url", Param("url", ParamKind.TEXT), contacts_only=True),
    _of("clicks_tracked_link", Param("tracked_link_id"), contacts_only=True),
    RuleEvent("on_date_field", "on_date_field", (_DATE,), timed=True),
    RuleEvent(
        RELATIVE_DATE,
        RELATIVE_DATE,
        (Param("number", most=MAX_OFFSET), Param("units", most=2), Param("option", least=2, most=3), _DATE),
        timed=True,
    ),
)

BY_EVENT: Mapping[str, RuleEvent] = {each.event: each for each in RULE_EVENTS}
BY_WRITTEN: Mapping[str, RuleEvent] = {each.written: each for each in RULE_EVENTS}
