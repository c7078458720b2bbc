"""The event catalogue: every event type as data, how a subscription names one, and where definitions look for one.

A subscription names an event as `sub_tag(4)`: the type and, in brackets, the number of the tag, form, product or
object type. Without a number it means every one of them. Most types are for rules and campaigns only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

_MAX_NUMBER = 2**31 - 1
_WRITTEN = re.compile(r"([^()]*)(?:\(([^()]*)\))?")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,9}")

_is_plain = re.compile(r"0|[1-9][0-9]*").fullmatch

NUMBER_FAULT = "must be a number in decimal digits, without sign, blank or leading zero"
"""What is wrong with a param that `is_plain_number` does not take."""

OBJECT_TYPE_ID = "object_type_id"
OBJECT_CREATE = "object_create"
FIELD_IS_UPDATED = "field_is_updated"
TIMER_DUE = "timer_due"
DEFINITION_CHANGED = "definition_changed"

_URL = "url"
_MORE_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "object_submits_form": ("outcome",),
    "Contact_subscription_to_productsub_is_subaction": ("option",),
    "Contact_clicks_emailanchor": ("link_num",),
}
"""Params that are numbers beside the one that the number in brackets stands for."""


@dataclass(frozen=True, slots=True)
class EventType:
    """One event type.

    `number_param` is the param of the event that the number in brackets stands for; `object_type_id` is the event's
    own field of that name, None says that it takes no number. `numbers` are the params that are numbers, that one among
    them: plain decimals, so that each has one spelling and may be compared as text. Only types with `producer` may be
    published from outside; the system publishes the others. Only types with `subscribable` may be subscribed to.
    """

    name: str
    number_param: str | None
    title: str
    producer: bool = True
    subscribable: bool = True
    numbers: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        own = () if self.number_param in (None, OBJECT_TYPE_ID, _URL) else (self.number_param,)
        object.__setattr__(self, "numbers", (*own, *_MORE_NUMBERS.get(self.name, ())))

    def number_of(self, object_type_id: int, params: Mapping[str, str]) -> str | None:
        """Give the number of an event of this type, or None where it has none."""
        if self.number_param == OBJECT_TYPE_ID:
            return str(object_type_id)
        return None if self.number_param is None else params.get(self.number_param)


_RULE_TYPES = (
    (FIELD_IS_UPDATED, None, "Fields of an object are updated"),
    ("Contact_added_to_campaign", "campaign_id", "Object is added to a campaign"),
    ("Contact_leaves_campaign", "campaign_id", "Object leaves a campaign"),
    ("pause_campaign", "campaign_id", "Object is paused on a campaign"),
    ("unpause_campaign", "campaign_id", "Object is resumed on a campaign"),
    ("object_completed_task", "task_id", "Task is completed"),
    ("call_is_logged", None, "Call is logged"),
    ("Contact_receives_refund_on_product", "product_id", "Refund on a product is received"),
    ("Contact_is_subscribed_to_productsub", "product_id", "Product is subscribed to"),
    ("Contact_subscription_to_productsub_is_subaction", "order_id", "Product subscription changes"),
    ("Contact_credit_card_is_ccstatus", "option", "Credit card is charged or declined"),
    ("Contact_opens_email", "email_id", "Email is opened"),
    ("Contact_clicks_emailanchor", "email_id", "Link in an email is clicked"),
    ("Contact_sends_Email", None, "Contact sends an email"),
    ("sms_message_received", "number_id", "SMS is received"),
    ("Contact_visits_landingpage_splittest", "landing_page_id", "Landing page is visited"),
    ("Contact_visits_purl_splittest", "purl_id", "Personal page is visited"),
    ("contact_visits_url", "url", "Page is visited"),
    ("clicks_tracked_link", "tracked_link_id", "Tracked link is clicked"),
)
"""Types that only rules and campaigns ask for: the original's names, and the params that number them."""

EVENT_TYPES = (
    EventType(OBJECT_CREATE, OBJECT_TYPE_ID, "Object is created"),
    EventType("object_submits_form", "form_id", "Form is submitted"),
    EventType("sub_tag", "tag_id", "Tag is added"),
    EventType("unsub_tag", "tag_id", "Tag is removed"),
    EventType("purchase_product", "product_id", "Product is purchased"),
    EventType("transaction_created_with_product", "product_id", "Transaction is added"),
    *(EventType(name, param, title, subscribable=False) for name, param, title in _RULE_TYPES),
    EventType("target_disabled", None, "Target is switched off", producer=False),
    EventType("target_paused", None, "Target is paused", producer=False),
    EventType(TIMER_DUE, None, "Time that was waited for has come", producer=False, subscribable=False),
    EventType(DEFINITION_CHANGED, None, "Definition was published over", producer=False, subscribable=False),
)
_BY_NAME = {kind.name: kind for kind in EVENT_TYPES}
_SUBSCRIBABLE = tuple(kind.name for kind in EVENT_TYPES if kind.subscribable)


def is_plain_number(text: str) -> bool:
    """Say whether a text is a number of any size in plain decimal, as params write ids and options."""
    return _is_plain(text) is not None


def event_type(name: str) -> EventType | None:
    """Give the event type of exactly this name."""
    return _BY_NAME.get(name)


def lookups(
    type_: str, object_type_id: int, params: Mapping[str, str], changed_fields: Sequence[str] = ()
) -> Iterator[tuple[str, str | None]]:
    """Give the pairs of event and number under which an event is looked up among interests, each pair once.

    They are its type without and with its number. An event of whatever type that changed fields of an object which
    was there before stands under `field_is_updated` as well, with the key of each of these fields as number.
    """
    yield type_, None
    kind = _BY_NAME.get(type_)
    number = kind.number_of(object_type_id, params) if kind else None
    if number is not None:
        yield type_, number
    if changed_fields and type_ != OBJECT_CREATE:
        if type_ != FIELD_IS_UPDATED:
            yield FIELD_IS_UPDATED, None
        for key in dict.fromkeys(changed_fields):
            yield FIELD_IS_UPDATED, key


@dataclass(frozen=True, slots=True)
class SubscriptionEvent:
    """What a subscription subscribes to: a type of the catalogue and one number, or every one."""

    name: str
    number: str | None = None

    def __str__(self) -> str:
        return self.name if self.number is None else f"{self.name}({self.number})"


def parse_subscription_event(text: str) -> SubscriptionEvent:
    """Read `sub_tag(4)` or `sub_tag`; `str` of the result is the text again.

    Raises ValueError with a reason for people: an unknown name with the nearest known one, or what is wrong with the
    number, which is 0 to 2147483647 in plain decimal.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError("must be an event name, or a name and a number in brackets, such as sub_tag or sub_tag(4)")
    name, number = match.groups()
    kind = event_type(name)
    if kind is None:
        raise ValueError(_unknown(name))
    if not kind.subscribable:
        raise ValueError(f"{name} is for rules and campaigns; it cannot be subscribed to")
    if number is None:
        return SubscriptionEvent(name)
    if kind.number_param is None:
        raise ValueError(f"{name} takes no number in brackets")
    if not _DECIMAL.fullmatch(number) or int(number) > _MAX_NUMBER:
        raise ValueError(
            f"the number of {name} must be 0 to {_MAX_NUMBER} in decimal digits, without sign, blank or leading zero"
        )
    return SubscriptionEvent(name, number)


def _unknown(name: str) -> str:
    near = get_close_matches(name.strip().lower()[:64], _SUBSCRIBABLE, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(_SUBSCRIBABLE)}"
    return f"unknown event {name[:64]!r}; {hint}"
