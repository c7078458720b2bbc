"""Watching outcomes over what may happen to the dispatcher, with a real one in its place that follows a script."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health, health_pb2_grpc
from hookline.dispatcher.v1 import delivery_pb2, delivery_service_pb2, delivery_service_pb2_grpc

from hookline_cli.commands.deliveries import watch
from hookline_cli.credentials import Access
from hookline_cli.failure import CliError
from hookline_cli.output import Output
from hookline_cli.session import Session

Request = delivery_service_pb2.WatchRequest
Response = delivery_service_pb2.WatchResponse


class Dispatcher(delivery_service_pb2_grpc.DeliveryServiceServicer):
    """Ends each watch after the outcomes that the script has for it, with the status of a restart."""

    def __init__(self, script: list[list[int]], last: grpc.StatusCode) -> None:
        self.script = script
        self.last = last
        self.tokens: list[str] = []

    async def ListDeliveries(self, request: Any, context: Any) -> delivery_service_pb2.ListDeliveriesResponse:
        return delivery_service_pb2.ListDeliveriesResponse()

    async def Watch(self, request: Request, context: Any) -> AsyncIterator[Response]:
        self.tokens.append(request.resume_token)
        yield Response(resume_token=request.resume_token or "beginning")
        for number in self.script[len(self.tokens) - 1]:
            yield Response(delivery=delivery_pb2.Delivery(id=number), resume_token=f"after {number}")
        code = grpc.StatusCode.UNAVAILABLE if len(self.tokens) < len(self.script) else self.last
        await context.abort(code, "going")

    async def Cancel(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    GetDelivery = ListAttempts = GetAttempt = Redeliver = BatchRedeliver = RedeliverSince = Cancel


@asynccontextmanager
async def session(dispatcher: Dispatcher) -> AsyncIterator[Session]:
    server = grpc.aio.server()
    delivery_service_pb2_grpc.add_DeliveryServiceServicer_to_server(dispatcher, server)
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with Session(Access("secret", "app", "", f"127.0.0.1:{port}"), Output(True), 0) as made:
            yield made
    finally:
        await server.stop(None)


async def test_resumes_where_it_was_even_when_nothing_had_come_yet() -> None:
    dispatcher = Dispatcher([[], [1, 2], [], [3]], grpc.StatusCode.PERMISSION_DENIED)
    seen: list[int] = []

    async def see(made: Session) -> None:
        async for response in watch(made, Request()):
            if response.HasField("delivery"):
                seen.append(response.delivery.id)

    async with session(dispatcher) as made, asyncio.timeout(30):
        with pytest.raises(CliError, match="PERMISSION_DENIED"):
            await see(made)
    assert seen == [1, 2, 3]
    assert dispatcher.tokens == ["", "beginning", "after 2", "after 2"]


async def test_a_dispatcher_that_never_answered_is_not_waited_for() -> None:
    async with Session(Access("secret", "app", "", "127.0.0.1:1"), Output(True), 0) as made, asyncio.timeout(30):
        with pytest.raises(CliError, match="no dispatcher answers"):
            await anext(watch(made, Request()))
