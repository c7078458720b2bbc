"""CampaignService over gRPC.

What takes a while with a large map is done in threads, so that nobody waits for it.
"""

import asyncio

from hookline.registry.v1 import campaign_pb2 as pb
from hookline.registry.v1 import campaign_pb2_grpc
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_plugin import World
from hookline_registry import (
    accounts,
    campaign_rules,
    campaign_uses,
    campaign_wire,
    campaigns,
    definitions,
    idempotency,
    webhooks,
)
from hookline_registry.campaign_rules import Looked
from hookline_registry.database import Database, Transaction
from hookline_registry.definition_rules import source_of, world_for
from hookline_registry.foreign_sources import Asking
from hookline_registry.in_use import SHOWN, check_unused
from hookline_registry.masks import paths_of
from hookline_registry.model import Campaign, CampaignState, ItemKind
from hookline_registry.pages import Asked, collect
from hookline_registry.requests import check_etag, check_id, create_of, updated
from hookline_registry.validating import written
from hookline_registry.wire import etag_of
from hookline_runtime.access import account_of
from hookline_runtime.errors import Aborted, FailedPrecondition, InvalidArgument, Violation
from hookline_runtime.plugins import PluginHost

_CHANGEABLE = ("name", "object_type_id", "elements", "reentry_allowed", "time_zone")
MOST_FLAWS = 1000
"""How many flaws an answer has."""


class CampaignService(campaign_pb2_grpc.CampaignServiceServicer):
    """Campaigns: drafts, and what of them contacts follow."""

    def __init__(self, database: Database, host: PluginHost, most: int) -> None:
        """`most` is how many definitions of triggers an account may have."""
        self._database = database
        self._host = host
        self._most = most
        self._asking = Asking(field="campaign.elements")

    async def CreateCampaign(self, request: pb.CreateCampaignRequest, context: object) -> pb.CreateCampaignResponse:
        """Make a draft, finished or not."""
        account_id = account_of(request.account_id)
        create = create_of(request, account_id, request.request_id, "campaign")

        async def work(transaction: Transaction) -> pb.CreateCampaignResponse:
            connection = transaction.connection
            await accounts.get(connection, account_id)
            stored = await idempotency.recall(
                transaction, create, lambda made: campaigns.get(connection, account_id, made)
            )
            if stored is None:
                settings = await asyncio.to_thread(campaign_rules.settings_of, request.campaign)
                await definitions.check_room(connection, account_id, self._most)
                fires = await _existing(connection, account_id, campaign_rules.webhooks_of(request.campaign))
                stored = await campaigns.create(transaction, account_id, settings, fires)
                await _note_asks(transaction, stored, campaign_rules.campaigns_of(request.campaign))
                await idempotency.remember(transaction, create, stored.id)
            return pb.CreateCampaignResponse(
                campaign=campaign_wire.working(stored), config_revision=stored.working.revision
            )

        return await written(self._database, request, work)

    async def GetCampaign(self, request: pb.GetCampaignRequest, context: object) -> pb.GetCampaignResponse:
        """Show a campaign with one of its maps."""
        account_id = account_of(request.account_id)
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            stored = await campaigns.get(connection, account_id, request.id)
        if request.view != pb.CAMPAIGN_VIEW_PUBLISHED:
            return pb.GetCampaignResponse(campaign=campaign_wire.working(stored))
        _check_published(stored)
        return pb.GetCampaignResponse(campaign=campaign_wire.published(stored))

    async def ListCampaigns(self, request: pb.ListCampaignsRequest, context: object) -> pb.ListCampaignsResponse:
        """List campaigns without their maps."""
        account_id = account_of(request.account_id)
        of_list: dict[str, int | str] = {"list": "campaigns", "account": account_id}
        state = CampaignState(request.state) if request.state else None
        if state is not None:
            of_list["state"] = int(state)
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            page = await collect(
                Asked(request.page_size, request.page_token, of_list),
                lambda after, limit: campaigns.page(connection, account_id, state, after, limit),
                campaign_wire.working,
            )
        return pb.ListCampaignsResponse(campaigns=page.items, next_page_token=page.next_token)

    async def UpdateCampaign(self, request: pb.UpdateCampaignRequest, context: object) -> pb.UpdateCampaignResponse:
        """Change what is being worked on; what contacts follow stays as it is."""
        account_id = account_of(request.account_id)
        check_id("campaign.id", request.campaign.id)
        paths = paths_of(request.update_mask.paths, request.campaign, _CHANGEABLE)

        async def work(transaction: Transaction) -> pb.UpdateCampaignResponse:
            connection = transaction.connection
            await accounts.get(connection, account_id)
            current = await campaigns.get(connection, account_id, request.campaign.id)
            campaign = updated("campaign", campaign_wire.working(current), request.campaign, paths)
            settings = await asyncio.to_thread(campaign_rules.settings_of, campaign)
            if current.published is not None and settings.object_type_id != current.working.settings.object_type_id:
                raise FailedPrecondition(
                    f"campaign {current.id} was published; it cannot move to another type of object",
                    reason="CAMPAIGN_PUBLISHED",
                    metadata={"field": "campaign.object_type_id"},
                )
            if settings.object_type_id != current.working.settings.object_type_id:
                await _check_unasked(transaction, current, "cannot move to another type of object")
            followed = campaign_wire.published(current)
            named = campaign_rules.webhooks_of(campaign) | campaign_rules.webhooks_of(followed)
            stored = await campaigns.change(
                transaction, current, settings, await _existing(connection, account_id, named)
            )
            asks = campaign_rules.campaigns_of(campaign) | campaign_rules.campaigns_of(followed)
            await _note_asks(transaction, stored, asks)
            return pb.UpdateCampaignResponse(
                campaign=campaign_wire.working(stored), config_revision=stored.working.revision
            )

        return await written(self._database, request, work)

    async def DeleteCampaign(self, request: pb.DeleteCampaignRequest, context: object) -> pb.DeleteCampaignResponse:
        """Delete a campaign, live or not."""
        account_id = account_of(request.account_id)

        async def work(transaction: Transaction) -> pb.DeleteCampaignResponse:
            current = await _current(transaction, account_id, request.id, request.etag)
            await _check_unasked(transaction, current, "cannot be deleted")
            await campaigns.remove(transaction, current)
            return pb.DeleteCampaignResponse(config_revision=transaction.revision)

        return await self._database.write(work)

    async def PublishCampaign(self, request: pb.PublishCampaignRequest, context: object) -> pb.PublishCampaignResponse:
        """Have contacts follow what was worked on, which is whole."""
        account_id = account_of(request.account_id)

        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            read = await campaigns.get(connection, account_id, request.id)
            check_etag(request.etag, etag_of(read.working.revision))
            working = campaign_wire.working(read)
            asks = campaign_rules.campaigns_of(working)
            world = await world_for(connection, account_id, campaign_rules.webhooks_of(working), asks)
        source = source_of(self._host, ItemKind.CAMPAIGN)
        # A large map takes a while to check: nobody waits for that, and what it was checked against may not change.
        resolved = await self._asking.taken(source, campaign_rules.to_publish(read), world)
        if isinstance(resolved, tuple):
            raise InvalidArgument(*campaign_rules.flaws_of(resolved))

        async def work(transaction: Transaction) -> pb.PublishCampaignResponse:
            connection = transaction.connection
            current = await _current(transaction, account_id, request.id, etag_of(read.working.revision))
            if await world_for(connection, account_id, world.webhooks, asks) != world:
                raise Aborted("what the map names has changed meanwhile: try again", reason="WORLD_CHANGED")
            stored = await campaigns.publish(transaction, current, resolved, world.webhooks)
            await campaign_uses.note(transaction, stored.working, asks)
            return pb.PublishCampaignResponse(
                campaign=campaign_wire.working(stored), config_revision=stored.working.revision
            )

        return await self._database.write(work)

    async def ValidateCampaign(
        self, request: pb.ValidateCampaignRequest, context: object
    ) -> pb.ValidateCampaignResponse:
        """Tell what publishing would refuse."""
        account_id, campaign = account_of(request.account_id), request.campaign
        looked = await asyncio.to_thread(campaign_rules.looked_at, campaign)
        async with self._database.read() as connection:
            await accounts.get(connection, account_id)
            world = await world_for(connection, account_id, looked.webhooks, looked.campaigns)
        flaws = [*looked.broken]
        told = {each.field for each in flaws}
        flaws += (each for each in await self._refused(looked, world) if each.field not in told)
        return pb.ValidateCampaignResponse(flaws=[campaign_wire.flaw(campaign, each) for each in flaws[:MOST_FLAWS]])

    async def _refused(self, looked: Looked, world: World) -> tuple[Violation, ...]:
        """Give what keeps a map from being stored, or else from being published."""
        if looked.definition is None:
            return looked.unstorable
        try:
            resolved = await self._asking.taken(source_of(self._host, ItemKind.CAMPAIGN), looked.definition, world)
        except InvalidArgument as refused:
            return refused.violations
        return campaign_rules.flaws_of(resolved) if isinstance(resolved, tuple) else ()

    async def PauseCampaign(self, request: pb.PauseCampaignRequest, context: object) -> pb.PauseCampaignResponse:
        """Hold contacts where they are."""
        stored = await self._put(account_of(request.account_id), request.id, request.etag, CampaignState.PAUSED)
        return pb.PauseCampaignResponse(campaign=campaign_wire.working(stored), config_revision=stored.working.revision)

    async def ResumeCampaign(self, request: pb.ResumeCampaignRequest, context: object) -> pb.ResumeCampaignResponse:
        """Let contacts move again."""
        stored = await self._put(account_of(request.account_id), request.id, request.etag, CampaignState.LIVE)
        return pb.ResumeCampaignResponse(
            campaign=campaign_wire.working(stored), config_revision=stored.working.revision
        )

    async def _put(self, account_id: int, campaign_id: int, etag: str, state: CampaignState) -> Campaign:
        async def work(transaction: Transaction) -> Campaign:
            current = await _current(transaction, account_id, campaign_id, etag)
            _check_published(current)
            return await campaigns.put_in_state(transaction, current, state)

        return await self._database.write(work)


async def _current(transaction: Transaction, account_id: int, campaign_id: int, etag: str) -> Campaign:
    await accounts.get(transaction.connection, account_id)
    current = await campaigns.get(transaction.connection, account_id, campaign_id)
    check_etag(etag, etag_of(current.working.revision))
    return current


async def _existing(connection: AsyncConnection, account_id: int, named: set[int]) -> set[int]:
    return set(await webhooks.object_types_of(connection, account_id, named))


async def _note_asks(transaction: Transaction, stored: Campaign, named: set[int]) -> None:
    """Write which campaigns a map asks about; of one that is worked on, those that exist."""
    there = await campaign_uses.object_types_of(transaction.connection, stored.working.account_id, named)
    await campaign_uses.note(transaction, stored.working, there)


async def _check_unasked(transaction: Transaction, current: Campaign, refused: str) -> None:
    users = await campaign_uses.asking(transaction.connection, current.working.account_id, current.id, SHOWN + 1)
    check_unused(f"campaign {current.id} {refused}: who is on it is asked by", users, "CAMPAIGN_USED")


def _check_published(current: Campaign) -> None:
    if current.published is None:
        raise FailedPrecondition(
            f"campaign {current.id} is a draft: publish it first",
            reason="CAMPAIGN_IS_DRAFT",
        )
