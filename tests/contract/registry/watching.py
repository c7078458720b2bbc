"""A replica of the configuration, fed as a dispatcher feeds its own."""

import asyncio
from typing import Any

from hookline.registry.v1 import config_pb2 as pb

from tests.contract.registry.world import World

Place = tuple[int, int, int]


class Replica:
    """What the feed has told so far."""

    def __init__(self) -> None:
        self.items: dict[Place, pb.ConfigItem] = {}
        self.checkpoint = 0
        self.snapshots = 0
        self.received: list[pb.WatchResponse] = []
        self._named: set[Place] | None = None

    def take(self, response: pb.WatchResponse) -> None:
        self.received.append(response)
        if response.snapshot and self._named is None:
            self._named = set()
            self.snapshots += 1
        for item in response.items:
            place = (item.kind, item.account_id, item.id)
            if self._named is not None:
                self._named.add(place)
            if item.deleted:
                assert item.WhichOneof("body") is None
                self.items.pop(place, None)
            else:
                self.items[place] = item
        if response.checkpoint:
            self.checkpoint = response.checkpoint
            if self._named is not None:
                self.items = {place: item for place, item in self.items.items() if place in self._named}
                self._named = None

    async def follow(self, call: Any, revision: int) -> None:
        """Take in responses until a checkpoint at `revision` or later."""
        async with asyncio.timeout(20):
            while True:
                self.take(await call.read())
                if self.received[-1].checkpoint >= revision:
                    return

    async def catch_up(self, world: World) -> None:
        """Open a watch where this replica stands, take in what there is, and close it."""
        call = world.service.Watch(pb.WatchRequest(resume_revision=self.checkpoint))
        try:
            await self.follow(call, world.registry.database.head.revision)
        finally:
            call.cancel()
