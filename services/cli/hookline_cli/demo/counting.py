"""The counts of the demo's campaign, looked at now and then."""

import asyncio
from collections.abc import Sequence

from hookline.dispatcher.v1 import campaign_stats_service_pb2 as stats_pb2
from hookline.dispatcher.v1 import campaign_stats_service_pb2_grpc as stats_pb2_grpc
from hookline.registry.v1 import campaign_pb2

from hookline_cli.connection import Connection
from hookline_cli.demo.publishing import Published

_LOOK_SECONDS = 0.5


class Counting:
    """Keeps the counts up to date.

    Args:
        dispatcher: Who counts.
        campaign: As it was published.
        entrants: How many contacts are to come in.
        published: The dispatcher knows the campaign once it has taken an event.
    """

    def __init__(
        self, dispatcher: Connection, campaign: campaign_pb2.Campaign, entrants: int, published: Published
    ) -> None:
        self._dispatcher = dispatcher
        self.campaign = campaign
        self.entrants = entrants
        self._published = published
        self._counts = stats_pb2.GetCampaignStatsResponse(
            elements=[stats_pb2.ElementStats(element_id=each.id) for each in campaign.elements]
        )
        self._kinds = {each.id: each.WhichOneof("kind") or "" for each in campaign.elements}

    async def counts(self) -> None:
        """Looks for ever."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Looks once."""
        if not self._published.events:
            return
        stub = stats_pb2_grpc.CampaignStatsServiceStub(self._dispatcher.channel)
        request = stats_pb2.GetCampaignStatsRequest(campaign_id=self.campaign.id)
        self._counts = await self._dispatcher.answer(stub.GetCampaignStats, request)

    @property
    def elements(self) -> Sequence[stats_pb2.ElementStats]:
        """The elements, in the order of the map."""
        return self._counts.elements

    @property
    def total(self) -> stats_pb2.ElementStats:
        """The whole map."""
        return self._counts.total

    def kind(self, element: stats_pb2.ElementStats) -> str:
        """What an element is, such as wait."""
        return self._kinds.get(element.element_id, "")

    @property
    def fired(self) -> int:
        """How many deliveries it fired: each contact passes an element once, since nobody comes in again."""
        return sum(each.reached for each in self.elements if self.kind(each) == "webhook")

    @property
    def at_rest(self) -> bool:
        """Whether everybody went through, and everything that was fired came to an end."""
        return self.total.left >= self.entrants and not self.total.waiting and not self.total.on_its_way
