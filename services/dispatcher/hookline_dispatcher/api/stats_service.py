"""StatsService: an account at a glance.

Messages come parsed and valid by their protos' rules. Whoever looks, and however many do, an account is looked at once
in two seconds at most: everyone is shown what the first was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from hookline.dispatcher.v1 import stats_service_pb2 as pb
from hookline.dispatcher.v1 import stats_service_pb2_grpc

from hookline_dispatcher.activity.book import ActivityBook
from hookline_runtime.access import KeyFinder, account_of, current_principal
from hookline_runtime.clock import Clock
from hookline_runtime.draining import until_draining

from . import wire_overview as wire
from .glances import Glances
from .live_key import while_live
from .plan import Accounts
from .store_errors import store_in_use

DEFAULT_TROUBLES = 20
SECONDS = 2.0
"""How long a watch waits between two looks."""


class StatsService(stats_service_pb2_grpc.StatsServiceServicer):
    """Shows overviews.

    Args:
        glances: Looks at the store.
        book: What happened lately.
        accounts: Where the settings of targets are found.
        keys: Where the key of a long stream is looked up again.
        clock: The time.
        draining: Set when long streams are to end.
        quota: How many bytes the events of an account may take up; 0: any number.
    """

    def __init__(
        self,
        glances: Glances,
        book: ActivityBook,
        accounts: Accounts,
        keys: KeyFinder,
        clock: Clock,
        draining: asyncio.Event,
        quota: int = 0,
    ) -> None:
        self._glances = glances
        self._book = book
        self._accounts = accounts
        self._keys = keys
        self._clock = clock
        self._draining = draining
        self._quota = quota

    async def GetOverview(self, request: pb.GetOverviewRequest, context: Any) -> pb.GetOverviewResponse:
        """Shows an account once."""
        with store_in_use():
            overview = await self._overview(account_of(request.account_id), request.max_troubles, 0)
        return pb.GetOverviewResponse(overview=overview)

    async def WatchOverview(
        self, request: pb.WatchOverviewRequest, context: Any
    ) -> AsyncIterator[pb.WatchOverviewResponse]:
        """Shows an account every two seconds; ends with UNAVAILABLE when the server drains."""
        looks = self._looks(account_of(request.account_id), request.max_troubles)
        with store_in_use():
            async with (
                while_live(current_principal(), self._keys, self._clock) as dead,
                aclosing(looks),
                aclosing(until_draining(looks, self._draining, dead)) as responses,
            ):
                async for response in responses:
                    yield response

    async def _looks(self, account_id: int, most: int) -> AsyncGenerator[pb.WatchOverviewResponse, None]:
        after = 0
        while True:
            overview = await self._overview(account_id, most, after)
            if overview.points:
                after = overview.points[-1].start_time.ToMicroseconds()
            yield pb.WatchOverviewResponse(overview=overview)
            await asyncio.sleep(SECONDS)

    async def _overview(self, account_id: int, most: int, after: int) -> pb.Overview:
        glance = await self._glances.of(account_id)
        config = await self._accounts.account(account_id)
        targets = config.targets if config else {}
        activity, now = self._book.of(account_id), self._clock.now()
        return wire.overview(glance, targets, most or DEFAULT_TROUBLES, activity, after, now, self._quota)
