"""ConfigService over gRPC: the change feed and keys, for the other services of the installation."""

import asyncio
from collections.abc import AsyncIterator

from hookline.registry.v1 import config_pb2 as pb
from hookline.registry.v1 import config_pb2_grpc

from hookline_registry import config_wire, keys
from hookline_registry.database import Database
from hookline_registry.key_use import KeyUse
from hookline_registry.watch import watch
from hookline_runtime.draining import until_draining
from hookline_runtime.errors import NotFound
from hookline_runtime.times import micros_of


class ConfigService(config_pb2_grpc.ConfigServiceServicer):
    """The configuration as the other services see it."""

    def __init__(self, database: Database, use: KeyUse, draining: asyncio.Event) -> None:
        self._database = database
        self._use = use
        self._draining = draining

    async def Watch(self, request: pb.WatchRequest, context: object) -> AsyncIterator[pb.WatchResponse]:
        """Send the configuration and its changes until the caller goes or the server drains."""
        steps = watch(self._database, request.resume_revision)
        async for step in until_draining(steps, self._draining):
            yield pb.WatchResponse(
                items=[config_wire.opened(pb.ConfigItem.FromString(item), self._database.vault) for item in step.items],
                snapshot=step.snapshot,
                checkpoint=step.checkpoint,
            )

    async def LookUpKey(self, request: pb.LookUpKeyRequest, context: object) -> pb.LookUpKeyResponse:
        """Find a key by its application id."""
        async with self._database.read() as connection:
            stored = await keys.find(connection, request.application_id)
        if stored is None:
            raise NotFound("there is no key with this application id")
        return pb.LookUpKeyResponse(item=config_wire.item(stored, self._database.clock.now()))

    async def ReportKeyUse(self, request: pb.ReportKeyUseRequest, context: object) -> pb.ReportKeyUseResponse:
        """Note when keys were last used; a time ahead counts as now."""
        now = self._database.clock.now()
        for number, use in enumerate(request.uses):
            time = micros_of(f"uses[{number}].last_used_time", use.last_used_time)
            self._use.note(use.application_id, min(time, now))
        return pb.ReportKeyUseResponse()
