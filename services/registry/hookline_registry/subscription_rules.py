"""What a subscription may hold, beyond the rules in the contract itself. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hookline_plugin.catalogue import parse_subscription_event
from hookline_plugin.media_type import is_media_type
from hookline_registry.model import Plan, SubscriptionSettings
from hookline_registry.standard_types import CONTACT
from hookline_registry.urls import url_faults
from hookline_runtime.egress.allow import AllowRule
from hookline_runtime.errors import FailedPrecondition, Violation
from hookline_runtime.webhook.headers import header_flaws


@dataclass(frozen=True, slots=True)
class Installation:
    """What the rules need to know of this installation: served media types and opened addresses."""

    serves: Callable[[str], bool]
    allow: Sequence[AllowRule] = ()


def event_of(text: str) -> tuple[str, int | None]:
    """Read the event of a subscription.

    Raises ValueError with the reason.
    """
    event = parse_subscription_event(text)
    return event.name, None if event.number is None else int(event.number)


def violations(settings: SubscriptionSettings, content_type: str, installation: Installation) -> Iterator[Violation]:
    """Give what is wrong with the settings and the content type as written; the event is well-formed already."""
    for reason in url_faults(settings.url, installation.allow):
        yield Violation("subscription.url", reason)
    written = not content_type or is_media_type(content_type.strip(" \t"))
    if not written or not installation.serves(settings.content_type):
        yield Violation("subscription.content_type", "must be a media type that an installed encoder serves")
    for flaw in header_flaws(settings.headers):
        yield Violation(f"subscription.{flaw.path}", flaw.reason)


def check_plan(settings: SubscriptionSettings, plan: Plan) -> None:
    """Pass an event that the plan includes; where only the event tells its object type, the dispatcher holds it.

    Raises FailedPrecondition.
    """
    if plan is Plan.PRO or settings.event_name != "object_create" or settings.event_number in (None, CONTACT):
        return
    raise FailedPrecondition(
        f"the plan {plan.name} has events of contacts only; {settings.event} needs the plan PRO",
        reason="PLAN_LIMIT",
        metadata={"plan": plan.name},
    )
