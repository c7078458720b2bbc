"""The demo's campaign: new contacts are greeted, wait, buy or not, and half of the VIPs get an offer.

The wait is short enough to be seen, and long enough that some of the sample's contacts buy during it and jump ahead.
"""

from collections.abc import Iterable, Mapping

from hookline.registry.v1 import campaign_pb2, global_rule_pb2

from hookline_cli.demo.firing import CAMPAIGN, HELLO, OFFER, VIP_TAG, PlannedWebhook
from hookline_cli.event_lines import BadLine, parse_line

WAIT_SECONDS = 3
_CONTACT = 0
_ENTRY_EVENT = "object_create"
_END = "end"
_PRODUCTS = ("16", "21", "22")


def onboarding(ids: Mapping[PlannedWebhook, int], request_id: str) -> campaign_pb2.CreateCampaignRequest:
    """Asks for the campaign, as a draft."""
    campaign = campaign_pb2.Campaign(name=CAMPAIGN, object_type_id=_CONTACT, elements=_elements(ids))
    return campaign_pb2.CreateCampaignRequest(campaign=campaign, request_id=request_id)


def _elements(ids: Mapping[PlannedWebhook, int]) -> list[campaign_pb2.CampaignElement]:
    element = campaign_pb2.CampaignElement
    trigger = global_rule_pb2.RuleTrigger
    created = trigger(event=_ENTRY_EVENT)
    bought = [trigger(event="purchase_product", params={"product_id": each}) for each in _PRODUCTS]
    span = campaign_pb2.Span(amount=WAIT_SECONDS, unit=campaign_pb2.SPAN_UNIT_SECONDS)
    vip = global_rule_pb2.Condition(tag=global_rule_pb2.TagCondition(tag_id=VIP_TAG))
    is_vip = global_rule_pb2.ConditionGroup(all_of=[vip])
    halves = [campaign_pb2.SplitBranch(weight=1, next=each) for each in ("offer", _END)]
    return [
        element(id="created", entry=campaign_pb2.EntryElement(triggers=[created]), next="hello"),
        element(id="hello", webhook=campaign_pb2.WebhookElement(webhook_id=ids[HELLO]), next="pause"),
        element(id="pause", wait=campaign_pb2.WaitElement(span=span), next="bought"),
        element(id="bought", goal=campaign_pb2.GoalElement(triggers=bought, pass_through=True), next="later"),
        element(id="later", wait=campaign_pb2.WaitElement(span=span), next="vip"),
        element(id="vip", condition=campaign_pb2.ConditionElement(any_of=[is_vip], yes="halves", no=_END)),
        element(id="halves", split=campaign_pb2.SplitElement(branches=halves)),
        element(id="offer", webhook=campaign_pb2.WebhookElement(webhook_id=ids[OFFER]), next=_END),
        element(id=_END, end=campaign_pb2.EndElement()),
    ]


def entrants(lines: Iterable[tuple[int, bytes]]) -> int:
    """How many contacts these lines of events bring in: each once. What cannot be read brings in nobody."""
    return len({object_id for _, line in lines if (object_id := _entrant(line))})


def _entrant(line: bytes) -> str:
    try:
        event = parse_line(line)
    except BadLine:
        return ""
    return event.object_id if (event.type, event.object_type_id) == (_ENTRY_EVENT, _CONTACT) else ""
