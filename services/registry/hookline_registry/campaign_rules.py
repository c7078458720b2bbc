"""What a campaign may hold: while it is worked on, what can be stored; once published, what its source takes."""

import json
from collections.abc import Iterable, Mapping

from hookline.registry.v1 import campaign_pb2 as pb

from hookline_plugin import Flaw, Value
from hookline_registry.definition_wire import CAMPAIGN_BODY, body_of
from hookline_registry.model import Campaign, DefinitionSettings
from hookline_registry.settles import check_spans
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.validation import check

MAX_BYTES = 1 << 20
"""How large a map may be, as JSON: with what its source adds, one that is published fits a message of the feed."""


def settings_of(campaign: pb.Campaign) -> DefinitionSettings:
    """Take what a caller chose about a campaign, whose map need not be finished.

    Raises InvalidArgument for what cannot be kept.
    """
    _check_durations(campaign)
    body = body_of(campaign, CAMPAIGN_BODY)
    size = len(json.dumps(body, ensure_ascii=False).encode())
    if size > MAX_BYTES:
        reason = f"take {size} bytes as JSON; at most {MAX_BYTES} are allowed"
        raise InvalidArgument(Violation("campaign.elements", reason))
    return DefinitionSettings(campaign.name, campaign.object_type_id, body, {})


def webhooks_of(campaign: pb.Campaign) -> set[int]:
    """Give the webhooks that the elements of a map name, finished or not."""
    named = (element.webhook.webhook_id for element in campaign.elements if element.HasField("webhook"))
    return {webhook_id for webhook_id in named if webhook_id > 0}


def campaigns_of(campaign: pb.Campaign) -> set[int]:
    """Give the campaigns that the conditions of a map ask about, finished or not."""
    groups = (group for element in campaign.elements for group in element.condition.any_of)
    return {each.campaign.campaign_id for group in groups for each in group.all_of if each.HasField("campaign")} - {0}


def to_publish(current: Campaign) -> dict[str, Value]:
    """Give the definition that its source is asked about: the next version."""
    return definition_of(current.working.settings, current.id, current.version + 1)


def definition_of(settings: DefinitionSettings, campaign_id: int, version: int) -> dict[str, Value]:
    """Give the definition that the source of campaigns is asked about."""
    about: Mapping[str, Value] = {
        "id": campaign_id,
        "object_type_id": settings.object_type_id,
        "version": version,
        "state": "CAMPAIGN_STATE_LIVE",
    }
    return {**settings.body, **about}


def contract_flaws(campaign: pb.Campaign) -> tuple[Violation, ...]:
    """Give what breaks the contract's own rules, which hold for drafts too."""
    return tuple(Violation(f"campaign.{each.field}", each.reason) for each in check(campaign))


def flaws_of(flaws: Iterable[Flaw]) -> tuple[Violation, ...]:
    """Tell what the source of campaigns finds wrong where a caller wrote it."""
    return tuple(Violation(f"campaign.{flaw.path}", flaw.reason) for flaw in flaws)


def _check_durations(campaign: pb.Campaign) -> None:
    """Pass spans of time that are some, as the contract's rules only compare them.

    Raises InvalidArgument.
    """
    for index, element in enumerate(campaign.elements):
        if element.HasField("entry") and element.entry.HasField("settle"):
            check_spans(f"campaign.elements[{index}].entry.settle", element.entry.settle)
