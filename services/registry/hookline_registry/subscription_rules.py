"""What a subscription may hold, beyond the rules in the contract itself. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hookline_plugin.catalogue import parse_subscription_event
from hookline_registry.model import Plan, SubscriptionSettings
from hookline_registry.standard_types import CONTACT
from hookline_runtime.egress.policy import PUBLIC, Policy
from hookline_runtime.errors import FailedPrecondition, Violation
from hookline_runtime.webhook.saving import subscription_flaws


@dataclass(frozen=True, slots=True)
class Installation:
    """What the rules need to know of this installation: served media types, where requests may go, room for targets."""

    serves: Callable[[str], bool]
    egress: Policy = PUBLIC
    most_targets: int = 100_000


def event_of(text: str) -> tuple[str, int | None]:
    """Read the event of a subscription.

    Raises ValueError with the reason.
    """
    event = parse_subscription_event(text)
    return event.name, None if event.number is None else int(event.number)


def violations(settings: SubscriptionSettings, content_type: str, installation: Installation) -> Iterator[Violation]:
    """Give what is wrong with the settings and the content type as written; the event is well-formed already."""
    found = subscription_flaws(
        settings.url, content_type, settings.content_type, settings.headers, installation.serves, installation.egress
    )
    for flaw in found:
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
