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
from hookline_dispatcher.store.routing import Counted, CountedObject, CountedPage, DefinitionKey, ElementCount
from hookline_runtime.access import account_of
from hookline_runtime.errors import InvalidArgument, NotFound, Unavailable, Violation
from hookline_runtime.paging import decode_token, encode_token, page_size

from .object_service import at_rest
from .plan import Accounts
from .store_errors import store_in_use
from .wire_definitions import LAST_TIME
from .wire_deliveries import timestamp

MAP = ""
"""The element that stands for the whole map."""
RETRY_SECONDS = 1.0
_WHICH = {
    pb.CONTACT_COUNT_REACHED: Counted.REACHED,
    pb.CONTACT_COUNT_WAITING: Counted.WAITING,
    pb.CONTACT_COUNT_LEFT: Counted.LEFT,
    pb.CONTACT_COUNT_ON_ITS_WAY: Counted.ON_ITS_WAY,
    pb.CONTACT_COUNT_SENT: Counted.SENT,
    pb.CONTACT_COUNT_FAILED: Counted.FAILED,
}


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

    async def counted(
        self, definition: DefinitionKey, element: str, which: Counted, after: int, limit: int
    ) -> CountedPage:
        """The objects behind a count, in the order in which they first came there."""


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
            campaign = await self._campaign(account_id, key)
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

    async def ListElementContacts(
        self, request: pb.ListElementContactsRequest, context: Any
    ) -> pb.ListElementContactsResponse:
        """Shows a page of the contacts behind a count."""
        account_id, element = account_of(request.account_id), request.element_id
        key = TriggerKey(ItemKind.CAMPAIGN, request.campaign_id)
        which, fields = _WHICH[request.count], {"list": "contacts", "account": account_id, "campaign": key.id}
        fields |= {"element": element, "count": which.value}
        after = _after_row(request.page_token, fields)
        with store_in_use():
            campaign = await self._campaign(account_id, key)
            definition = DefinitionKey(account_id, *key)
            page = await self._counts.counted(definition, element, which, after, page_size(request.page_size))
            counted = await self._counts.element_counts(definition, [element])
        paused = at_rest(campaign)
        return pb.ListElementContactsResponse(
            contacts=[_contact(each, paused) for each in page.objects],
            next_page_token=encode_token(fields, [page.last]) if page.last else "",
            total_size=_size(counted[0], which) if counted else 0,
        )

    async def _campaign(self, account_id: int, key: TriggerKey) -> Trigger:
        config = await self._accounts.account(account_id)
        campaign = config.triggers.get(key) if config else None
        if campaign is None:
            raise NotFound("no such campaign", metadata={"id": str(key.id)})
        return campaign

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


def _after_row(token: str, fields: Mapping[str, object]) -> int:
    """The row that a page of contacts begins behind."""
    key = decode_token(token, fields)
    if key is None:
        return 0
    if len(key) != 1 or not isinstance(key[0], int):
        raise InvalidArgument(Violation("page_token", "is not a page token"))
    return key[0]


def _contact(counted: CountedObject, paused: bool) -> pb.ElementContact:
    return pb.ElementContact(
        object_type_id=counted.object_type_id,
        object_id=counted.object_id,
        since_time=timestamp(counted.move_time),
        waiting=counted.present,
        until_time=timestamp(min(counted.due_time, LAST_TIME)),
        held=bool(counted.due_time) and (counted.held or paused),
        on_its_way=counted.on_its_way,
        sent=counted.sent,
        failed=counted.failed,
    )


def _size(count: ElementCount, which: Counted) -> int:
    return count.present if which is Counted.WAITING else int(getattr(count, which.value))


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
