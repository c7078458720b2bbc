import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from hookline.dispatcher.v1 import event_service_pb2, event_service_pb2_grpc
from hookline.event.v1 import event_pb2

from hookline_cli.connection import Connection
from hookline_cli.failure import CliError
from hookline_cli.publishing.batches import Batch, Refused
from hookline_cli.publishing.stream import Settled, StreamPublisher

Request = event_service_pb2.PublishStreamRequest
Response = event_service_pb2.PublishStreamResponse
Answer = Callable[[int, Request, Any], AsyncIterator[Response]]


class Dispatcher(event_service_pb2_grpc.EventServiceServicer):
    """Answers by a script: what to do with the n-th batch that arrives."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.arrived: list[tuple[int, list[str]]] = []
        self.taken: dict[str, int] = {}
        self.keys: set[tuple[str, str]] = set()

    async def PublishStream(self, request_iterator: AsyncIterator[Request], context: Any) -> AsyncIterator[Response]:
        metadata = dict(context.invocation_metadata())
        self.keys.add((metadata["api-key"], metadata["api-appid"]))
        async for request in request_iterator:
            self.arrived.append((request.batch_id, [event.id for event in request.events]))
            async for response in self.answer(len(self.arrived), request, context):
                yield response

    def take(self, request: Request) -> Response:
        results = []
        for event in request.events:
            self.taken[event.id] = self.taken.get(event.id, 0) + 1
            duplicate = self.taken[event.id] > 1
            ack = event_service_pb2.PublishAck(event_id=event.id, duplicate=duplicate, deliveries=1)
            results.append(event_service_pb2.PublishResult(ack=ack))
        return Response(batch_id=request.batch_id, results=results)

    async def Publish(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    PublishBatch = GetEvent = ListEvents = Explain = Publish


@asynccontextmanager
async def serving(dispatcher: Dispatcher) -> AsyncIterator[Connection]:
    server = grpc.aio.server()
    event_service_pb2_grpc.add_EventServiceServicer_to_server(dispatcher, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with Connection("dispatcher", f"127.0.0.1:{port}", "secret", "app") as connection:
            yield connection
    finally:
        await server.stop(None)


async def numbered(count: int, size: int = 2) -> AsyncIterator[Batch | Refused]:
    for number in range(count):
        events = [event_pb2.Event(id=f"{number}-{index}", type="sub_tag", object_id="8") for index in range(size)]
        yield Batch(tuple(events), tuple(range(number * size + 1, number * size + size + 1)))


async def publish(dispatcher: Dispatcher, count: int, **options: Any) -> list[Settled]:
    settled: list[Settled] = []
    async with serving(dispatcher) as connection:
        async with asyncio.timeout(20):
            await StreamPublisher(connection, settled.append, **options).run(numbered(count))
    return settled


def accepting() -> Dispatcher:
    async def answer(number: int, request: Request, context: Any) -> AsyncIterator[Response]:
        yield dispatcher.take(request)

    dispatcher = Dispatcher(answer)
    return dispatcher


async def test_everything_is_sent_once_and_in_order() -> None:
    dispatcher = accepting()
    settled = await publish(dispatcher, 40)
    assert sum(each.taken for each in settled) == 80
    assert sum(each.deliveries for each in settled) == 80
    assert [batch_id for batch_id, _ in dispatcher.arrived] == list(range(1, 41))
    assert dispatcher.keys == {("secret", "app")}


async def test_nothing_to_publish() -> None:
    assert await publish(accepting(), 0) == []


async def test_no_more_than_the_window_is_unacked() -> None:
    held: list[Request] = []

    async def answer(number: int, request: Request, context: Any) -> AsyncIterator[Response]:
        held.append(request)
        if len(held) == 3 or number == 10:
            # Three are under way and a fourth does not come, though there is more to send.
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(more_than(3), 0.1)
            for each in held:
                yield dispatcher.take(each)
            held.clear()

    async def more_than(count: int) -> None:
        while len(held) <= count:
            await asyncio.sleep(0)

    dispatcher = Dispatcher(answer)
    settled = await publish(dispatcher, 10, window=3)
    assert sum(each.taken for each in settled) == 20


async def test_a_broken_stream_is_opened_again_and_the_unacked_are_sent_again() -> None:
    async def answer(number: int, request: Request, context: Any) -> AsyncIterator[Response]:
        if number in (3, 7):
            dispatcher.take(request)  # committed, but the ack is lost
            await context.abort(grpc.StatusCode.UNAVAILABLE, "draining")
        yield dispatcher.take(request)

    dispatcher = Dispatcher(answer)
    trouble: list[str] = []
    settled = await publish(dispatcher, 10, on_trouble=trouble.append)
    assert sum(each.taken for each in settled) == 20
    assert set(dispatcher.taken) == {f"{number}-{index}" for number in range(10) for index in (0, 1)}
    assert sum(each.duplicates for each in settled) == 4
    assert len(trouble) == 2


async def test_a_stream_that_ends_early_without_an_error_is_opened_again() -> None:
    class Leaving(Dispatcher):
        async def PublishStream(
            self, request_iterator: AsyncIterator[Request], context: Any
        ) -> AsyncIterator[Response]:
            async for request in request_iterator:
                self.arrived.append((request.batch_id, []))
                yield self.take(request)
                if len(self.arrived) == 2:
                    return

    settled = await publish(Leaving(accepting().answer), 5)
    assert sum(each.taken for each in settled) == 10


async def test_refused_events_are_told_by_line_and_the_others_go_through() -> None:
    async def answer(number: int, request: Request, context: Any) -> AsyncIterator[Response]:
        response = dispatcher.take(request)
        if number == 2:
            bad = error_details_pb2.BadRequest()
            bad.field_violations.add(field="data", description="is nested too deep")
            status = status_pb2.Status(code=3, message="bad")
            status.details.add().Pack(bad)
            response.results[1].error.CopyFrom(status)
        yield response

    dispatcher = Dispatcher(answer)
    settled = await publish(dispatcher, 3)
    assert [refused for each in settled for refused in each.refused] == [Refused(4, ("data: is nested too deep",))]
    assert sum(each.taken for each in settled) == 5


async def test_events_that_found_the_queue_full_are_sent_again() -> None:
    async def answer(number: int, request: Request, context: Any) -> AsyncIterator[Response]:
        if number > 1:
            yield dispatcher.take(request)
            return
        full = status_pb2.Status(code=grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], message="the queue is full")
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(20)
        full.details.add().Pack(retry)
        ack = event_service_pb2.PublishAck(event_id=request.events[0].id)
        yield Response(
            batch_id=request.batch_id,
            results=[
                event_service_pb2.PublishResult(ack=ack),
                event_service_pb2.PublishResult(error=full),
            ],
        )

    dispatcher = Dispatcher(answer)
    settled = await publish(dispatcher, 3)
    assert sum(each.taken for each in settled) == 6
    assert not [refused for each in settled for refused in each.refused]
    assert dispatcher.taken["0-1"] == 1
    assert "0-0" not in dispatcher.taken


async def test_gives_up_with_what_the_server_said() -> None:
    async def answer(number: int, request: Request, context: Any) -> AsyncIterator[Response]:
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, "no such key")
        yield Response()

    with pytest.raises(CliError, match="no such key"):
        await publish(Dispatcher(answer), 3)


async def test_gives_up_on_a_server_that_is_not_there_and_names_its_address() -> None:
    async with serving(accepting()) as connection:
        address = connection.address
    async with Connection("dispatcher", address, "k", "a") as connection:
        publisher = StreamPublisher(connection, lambda settled: None, patience=0.3)
        async with asyncio.timeout(20):
            with pytest.raises(CliError, match=f"no dispatcher answers at {address}.*hookline up"):
                await publisher.run(numbered(3))


async def test_lines_that_are_no_events_are_told() -> None:
    async def source() -> AsyncIterator[Batch | Refused]:
        yield Refused(1, ("line: is not JSON",))

    settled: list[Settled] = []
    async with serving(accepting()) as connection:
        await StreamPublisher(connection, settled.append).run(source())
    assert settled == [Settled(0, 0, 0, (Refused(1, ("line: is not JSON",)),))]
