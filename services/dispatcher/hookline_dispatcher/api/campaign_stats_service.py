"""CampaignStatsService: how many contacts came to the elements of a campaign, and what became of what was sent.

Messages come parsed and valid by their protos' rules. A campaign that its account does not have is not found. Which
elements there are is read from the definition as it is kept, so counts are shown even while no plugin can compile it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from hookline.dispatcher.v1 import campaign_stats_service_pb2 as pb
from hookline.dispatcher.v1 import campaign_stats_service_pb2_grpc

from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.config.triggers import Trigger, TriggerKey, decode_definition
from hookline_dispatcher.core.object_data import parse_data
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.routing import DefinitionKey, ElementCount
from hookline_runtime.access import account_of
from hookline_runtime.errors import InvalidArgument, NotFound, Unavailable, Violation
from hookline_runtime.paging import decode_token, encode_token, page_size

from .plan import Accounts
from .store_errors import store_in_use

MAP = ""
"""The element that stands for the whole map."""
RETRY_SECONDS = 1.0


class Counts(Protocol):
    """The store, as far as it is needed here."""

    async def element_counts(self, definition: DefinitionKey, named: Collection[str]) -> list[ElementCount]:
        """The counts of these elements of a definition, as far as anything ever reached them."""

    async def other_counts(
        self, definition: DefinitionKey, named: Collection[str], after: str, limit: int
    ) -> list[ElementCount]:
        """The counts of other elements that anything ever reached, by id, those after one; not of the whole map."""

    async def config_version(self, account_id: int, kind: int, item_id: int, revision: int) -> ConfigRow | None:
        """One version of an item."""


class CampaignStatsService(campaign_stats_service_pb2_grpc.CampaignStatsServiceServicer):
    """Shows counts.

    Args:
        counts: Where counts and definitions are.
        accounts: Where an account's campaigns are found.
    """

    def __init__(self, counts: Counts, accounts: Accounts) -> None:
        self._counts = counts
        self._accounts = accounts

    async def GetCampaignStats(self, request: pb.GetCampaignStatsRequest, context: Any) -> pb.GetCampaignStatsResponse:
        """Shows the counts of one campaign."""
        account_id = account_of(request.account_id)
        key = TriggerKey(ItemKind.CAMPAIGN, request.campaign_id)
        fields = {"list": "elements", "account": account_id, "campaign": request.campaign_id}
        after, size = _after(request.page_token, fields), page_size(request.page_size)
        with store_in_use():
            config = await self._accounts.account(account_id)
            campaign = config.triggers.get(key) if config else None
            if campaign is None:
                raise NotFound("no such campaign", metadata={"id": str(request.campaign_id)})
            elements = await self._elements(account_id, campaign)
            definition = DefinitionKey(account_id, *key)
            counted = {each.element: each for each in await self._counts.element_counts(definition, [MAP, *elements])}
            gone = await self._counts.other_counts(definition, elements, after, size + 1)
        shown = [] if request.page_token else [counted.get(element, _none(element)) for element in elements]
        return pb.GetCampaignStatsResponse(
            elements=map(_stats, [*shown, *gone[:size]]),
            total=_stats(counted.get(MAP, _none(MAP))),
            next_page_token=encode_token(fields, [gone[size - 1].element]) if len(gone) > size else "",
        )

    async def _elements(self, account_id: int, campaign: Trigger) -> list[str]:
        row = await self._counts.config_version(account_id, *campaign.key, campaign.revision)
        if row is None or row.deleted:
            raise Unavailable("the campaign is being changed", RETRY_SECONDS, reason="CAMPAIGN_CHANGING")
        return elements_of(decode_definition(row).text)


def elements_of(definition: str) -> list[str]:
    """The ids of a map's elements in their order, each once; what is no map has none."""
    try:
        elements = parse_data(definition.encode()).get("elements")
    except (ValueError, RecursionError):
        return []
    if not isinstance(elements, Sequence):
        return []
    ids = (each.get("id") for each in elements if isinstance(each, dict))
    return list(dict.fromkeys(each for each in ids if isinstance(each, str) and each and each.isprintable()))


def _after(token: str, fields: Mapping[str, object]) -> str:
    """The element that a page of those that are gone begins behind."""
    key = decode_token(token, fields)
    if key is None:
        return ""
    if len(key) != 1 or not isinstance(key[0], str):
        raise InvalidArgument(Violation("page_token", "is not a page token"))
    return key[0]


def _none(element: str) -> ElementCount:
    return ElementCount(element, 0, 0, 0, 0, 0, 0)


def _stats(count: ElementCount) -> pb.ElementStats:
    return pb.ElementStats(
        element_id=count.element,
        reached=count.reached,
        waiting=count.present,
        left=count.left,
        on_its_way=count.on_its_way,
        sent=count.sent,
        failed=count.failed,
    )
