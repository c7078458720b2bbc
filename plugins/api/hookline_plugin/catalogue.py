"""The event catalogue: every event type that can be subscribed to, as data, and how a subscription names one.

A subscription names an event as `sub_tag(4)`: the type and, in brackets, the number of the tag, form, product or
object type. Without a number it means every one of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

_MAX_NUMBER = 2**31 - 1
_WRITTEN = re.compile(r"([^()]*)(?:\(([^()]*)\))?")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,9}")

OBJECT_TYPE_ID = "object_type_id"


@dataclass(frozen=True, slots=True)
class EventType:
    """One event type.

    `number_param` is the param of the event that the number in brackets stands for; `object_type_id` is the event's
    own field of that name, None says that it takes no number. Only types with `producer` may be published from
    outside; the system publishes the others.
    """

    name: str
    number_param: str | None
    title: str
    producer: bool = True

    def number_of(self, object_type_id: int, params: Mapping[str, str]) -> str | None:
        """Give the number of an event of this type, or None where it has none."""
        if self.number_param == OBJECT_TYPE_ID:
            return str(object_type_id)
        return None if self.number_param is None else params.get(self.number_param)


EVENT_TYPES = (
    EventType("object_create", OBJECT_TYPE_ID, "Object is created"),
    EventType("object_submits_form", "form_id", "Form is submitted"),
    EventType("sub_tag", "tag_id", "Tag is added"),
    EventType("unsub_tag", "tag_id", "Tag is removed"),
    EventType("purchase_product", "product_id", "Product is purchased"),
    EventType("transaction_created_with_product", "product_id", "Transaction is added"),
    EventType("target_disabled", None, "Target is switched off", producer=False),
    EventType("target_paused", None, "Target is paused", producer=False),
)
_BY_NAME = {kind.name: kind for kind in EVENT_TYPES}


def event_type(name: str) -> EventType | None:
    """Give the event type of exactly this name."""
    return _BY_NAME.get(name)


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
    near = get_close_matches(name.strip().lower()[:64], _BY_NAME, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(_BY_NAME)}"
    return f"unknown event {name[:64]!r}; {hint}"
