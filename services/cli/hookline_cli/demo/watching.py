"""Seeing what becomes of the deliveries: outcomes as they come, queues now and then."""

import asyncio

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import (
    delivery_service_pb2,
    delivery_service_pb2_grpc,
    target_service_pb2,
    target_service_pb2_grpc,
)

from hookline_cli.connection import Connection
from hookline_cli.demo.tally import Key, Tally, key_of, unseen

_QUEUE_SECONDS = 0.5
_PAUSE_SECONDS = 0.3


class Watching:
    """Keeps a tally and the length of each target's queue up to date."""

    def __init__(self, dispatcher: Connection, tally: Tally, since: Timestamp) -> None:
        self._dispatcher = dispatcher
        self._tally = tally
        self._since = since
        self.queues: dict[Key, int] = {}

    async def outcomes(self) -> None:
        """Takes outcomes for ever; a stream that breaks is resumed where it was."""
        stub = delivery_service_pb2_grpc.DeliveryServiceStub(self._dispatcher.channel)
        request = delivery_service_pb2.WatchRequest()
        while True:
            try:
                async for outcome in self._dispatcher.watch(stub.Watch, request):
                    request.resume_token = outcome.resume_token
                    if not outcome.HasField("delivery"):
                        continue  # it only says where to resume
                    self._tally.add(outcome.delivery, outcome.attempt if outcome.HasField("attempt") else None)
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise self._dispatcher.failure(error) from None
            await asyncio.sleep(_PAUSE_SECONDS)

    async def lengths(self) -> None:
        """Looks at the queues for ever, and at what the stream may have begun too late to tell."""
        quiet = 0
        while True:
            await self.look()
            quiet = 0 if any(self.queues.values()) else quiet + 1
            if quiet == 3:
                await self._catch_up()
            await asyncio.sleep(_QUEUE_SECONDS)

    async def look(self) -> None:
        """Looks at the queues once."""
        stub = target_service_pb2_grpc.TargetServiceStub(self._dispatcher.channel)
        request = target_service_pb2.ListTargetsRequest()
        targets, _ = await self._dispatcher.pages(stub.ListTargets, request, lambda page: page.targets, 0)
        self.queues = {key_of(each.ref): each.waiting + each.in_flight for each in targets}

    async def _catch_up(self) -> None:
        """Counts what was settled without being told, such as before the stream was open."""
        stub = delivery_service_pb2_grpc.DeliveryServiceStub(self._dispatcher.channel)
        request = delivery_service_pb2.ListDeliveriesRequest(since_time=self._since)
        found, _ = await self._dispatcher.pages(stub.ListDeliveries, request, lambda page: page.deliveries, 0)
        for delivery in unseen(found, self._tally):
            ask = delivery_service_pb2.ListAttemptsRequest(delivery_id=delivery.id)
            attempts, _ = await self._dispatcher.pages(stub.ListAttempts, ask, lambda page: page.attempts, 0, 50)
            for attempt in attempts:
                self._tally.add(delivery, attempt)
            if not attempts:
                self._tally.add(delivery, None)
