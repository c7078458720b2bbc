"""What a campaign may hold: while it is worked on, what can be stored; once published, what its source takes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hookline.registry.v1 import campaign_pb2 as pb

from hookline_plugin import Flaw, Value
from hookline_registry.definition_wire import CAMPAIGN_BODY, body_of
from hookline_registry.model import Campaign, DefinitionSettings
from hookline_registry.settles import check_spans
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.validation import every

MOST_ELEMENTS = 500
"""How many elements a map may have, as the contract says."""
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


@dataclass(frozen=True, slots=True)
class Looked:
    """What is seen of a map by itself.

    `broken` are the contract's own rules, which hold for drafts too, and `unstorable` keeps it from being stored; its
    source is asked about the `definition`, which one that is too large has not.
    """

    broken: tuple[Violation, ...]
    unstorable: tuple[Violation, ...] = ()
    definition: Mapping[str, Value] | None = None
    webhooks: frozenset[int] = frozenset()
    campaigns: frozenset[int] = frozenset()


def looked_at(campaign: pb.Campaign) -> Looked:
    """Look at a map, finished or not; a large one takes a while, so not on the event loop.

    Of one with too many elements, those that are too many are not looked at.
    """
    if len(campaign.elements) > MOST_ELEMENTS:
        beginning = pb.Campaign()
        beginning.CopyFrom(campaign)
        del beginning.elements[MOST_ELEMENTS + 1 :]
        return Looked(_broken(beginning))
    broken = _broken(campaign)
    try:
        definition = definition_of(settings_of(campaign), campaign.id, 1)
    except InvalidArgument as refused:
        return Looked(broken, refused.violations)
    return Looked(broken, (), definition, frozenset(webhooks_of(campaign)), frozenset(campaigns_of(campaign)))


def _broken(campaign: pb.Campaign) -> tuple[Violation, ...]:
    return tuple(Violation(f"campaign.{each.field}", each.reason) for each in every(campaign))


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
