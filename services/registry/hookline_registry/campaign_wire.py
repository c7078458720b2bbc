"""Campaigns as protos; nothing is decided here."""

import re

from hookline.registry.v1 import campaign_pb2 as pb

from hookline_registry import campaigns, wire
from hookline_registry.definition_wire import CAMPAIGN_BODY, facts, with_body
from hookline_registry.model import Campaign
from hookline_runtime.errors import Violation

_in_element = re.compile(r"campaign\.elements\[(\d{1,9})\]").match


def working(stored: Campaign) -> pb.Campaign:
    """Show a campaign with what is being worked on."""
    return with_body(_facts(stored), stored.working.settings.body, CAMPAIGN_BODY)


def published(stored: Campaign) -> pb.Campaign:
    """Show a campaign with what contacts follow; of a draft, nothing."""
    message, body = _facts(stored), dict(stored.published or {})
    message.name = str(body.pop(campaigns.NAME, ""))
    return with_body(message, body, CAMPAIGN_BODY)


def flaw(campaign: pb.Campaign, found: Violation) -> pb.CampaignFlaw:
    """Show a flaw with the element that it lies in."""
    number = _in_element(found.field)
    inside = number is not None and int(number[1]) < len(campaign.elements)
    element_id = campaign.elements[int(number[1])].id if number and inside else ""
    return pb.CampaignFlaw(field=found.field, element_id=element_id, reason=found.reason)


def _facts(stored: Campaign) -> pb.Campaign:
    message = facts(pb.Campaign(), stored.working)
    message.state = pb.CampaignState.ValueType(stored.state)
    message.version = stored.version
    message.unpublished_changes = stored.changed
    if stored.publish_time is not None:
        message.publish_time.CopyFrom(wire.timestamp(stored.publish_time))
    return message
