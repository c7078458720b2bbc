from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import grpc.aio
import pytest
import structlog
from hookline.dispatcher.v1 import delivery_service_pb2, event_service_pb2, target_service_pb2
from hookline.event.v1 import event_pb2
from prometheus_client import CollectorRegistry

from hookline_runtime.access import account_of, current_principal
from hookline_runtime.channels import MIB, ServerLimits
from hookline_runtime.contract import ContractError
from hookline_runtime.errors import NotFound
from tests.unit.runtime import rig
from tests.unit.runtime.rig import (
    BOUND,
    TARGET,
    collect,
    failure,
    get_target,
    publish_stream,
    raw,
    raw_stream,
    running,
    shows,
    targets,
)

GET = "hookline.dispatcher.v1.TargetService/GetTarget"
STREAM = "hookline.dispatcher.v1.EventService/PublishStream"
WATCH = "hookline.dispatcher.v1.DeliveryService/Watch"
ALL = shows("all")
ENOUGH = 10_000  # responses of 10 kB each: more than any window holds


def batch(batch_id: int, **fields: Any) -> event_service_pb2.PublishStreamRequest:
    return event_service_pb2.PublishStreamRequest(batch_id=batch_id, events=[event_pb2.Event()], **fields)


BAD_MESSAGES = [
    (event_service_pb2.PublishStreamRequest(), "events"),
    (batch(2, min_config_revision=-1), "min_config_revision"),
]


def counted(registry: CollectorRegistry, method: str, code: str) -> float:
    return registry.get_sample_value("hookline_rpcs_total", {"method": method, "code": code}) or 0


async def until(condition: Callable[[], bool]) -> None:
    """Waits for what another task brings about, such as a count: a caller has its answer before that."""
    async with asyncio.timeout(BOUND):
        while not condition():
            await asyncio.sleep(0.001)


async def test_the_servicer_knows_who_calls() -> None:
    seen: list[tuple[str, int]] = []

    async def get(request: Any) -> target_service_pb2.GetTargetResponse:
        seen.append((current_principal().application_id, account_of(request.account_id)))
        return target_service_pb2.GetTargetResponse()

    async with running(targets(get)) as (_, channel):
        await get_target(channel)(TARGET, metadata=ALL)
        request = target_service_pb2.GetTargetRequest(account_id=9, target=TARGET.target)
        await get_target(channel)(request, metadata=shows("operator"))
        found = await failure(get_target(channel)(request, metadata=ALL))
        assert (found.code, found.info.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ACCOUNT_MISMATCH")
    assert seen == [("all", 7), ("operator", 9)]


async def test_the_servicer_never_sees_what_breaks_the_rules() -> None:
    called = False

    async def get(request: Any) -> target_service_pb2.GetTargetResponse:
        nonlocal called
        called = True
        return target_service_pb2.GetTargetResponse()

    async with running(targets(get)) as (_, channel):
        found = await failure(get_target(channel)(target_service_pb2.GetTargetRequest(), metadata=ALL))
    assert (found.code, set(found.fields)) == (grpc.StatusCode.INVALID_ARGUMENT, {"target"})
    assert not called


@pytest.mark.parametrize("metadata, code", [(ALL, "INVALID_ARGUMENT"), ((), "UNAUTHENTICATED")], ids=str)
async def test_garbage_is_invalid_and_not_even_read_of_strangers(metadata: Any, code: str) -> None:
    async with running() as (_, channel):
        found = await failure(raw(channel, f"/{GET}")(b"\xff" * MIB, metadata=metadata))
    assert found.code is grpc.StatusCode[code]


async def test_a_request_over_the_limit_is_refused_by_grpc() -> None:
    async with running(limits=ServerLimits(max_receive_bytes=1000)) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await raw(channel, f"/{GET}")(bytes(2000), metadata=ALL)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize("reads", [False, True])
async def test_a_stream_is_served(reads: bool) -> None:
    async with running(rig.events(reads)) as (_, channel):
        acks = await collect(publish_stream(channel)(iter([batch(1), batch(2)]), metadata=ALL))
    assert [ack.batch_id for ack in acks] == [1, 2]


@pytest.mark.parametrize("reads", [False, True])
@pytest.mark.parametrize("bad, field", BAD_MESSAGES, ids=[row[1] for row in BAD_MESSAGES])
async def test_a_bad_message_ends_a_stream(reads: bool, bad: Any, field: str) -> None:
    registry = CollectorRegistry()
    async with running(rig.events(reads), registry=registry) as (_, channel):
        call = publish_stream(channel)(metadata=ALL)
        await call.write(batch(1))
        assert (await call.read()).batch_id == 1
        await call.write(bad)
        found = await failure(call.read())
        await until(lambda: counted(registry, STREAM, "INVALID_ARGUMENT") == 1)
    assert (found.code, set(found.fields)) == (grpc.StatusCode.INVALID_ARGUMENT, {field})


async def test_garbage_ends_a_stream() -> None:
    async with running(rig.events()) as (_, channel):
        call = raw_stream(channel, f"/{STREAM}")(iter([b"\xff\xff"]), metadata=ALL)
        found = await failure(call.read())
    assert found.code is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_stream_asks_for_a_key_as_well() -> None:
    async with running(rig.events()) as (_, channel):
        found = await failure(collect(publish_stream(channel)(iter([batch(1)]))))
    assert found.code is grpc.StatusCode.UNAUTHENTICATED


async def test_a_stream_that_fails_midway_says_why_after_its_responses() -> None:
    async def source(draining: asyncio.Event) -> AsyncIterator[delivery_service_pb2.WatchResponse]:
        assert current_principal().account_id == 7
        yield delivery_service_pb2.WatchResponse()
        raise NotFound("no more")

    async with running(rig.deliveries(source)) as (_, channel):
        call = rig.watch(channel)(delivery_service_pb2.WatchRequest(), metadata=ALL)
        assert await call.read() == delivery_service_pb2.WatchResponse()
        found = await failure(call.read())
    assert (found.code, found.message) == (grpc.StatusCode.NOT_FOUND, "no more")


async def test_a_stream_whose_caller_leaves_is_closed_and_counted_as_cancelled() -> None:
    async def source(draining: asyncio.Event) -> AsyncIterator[delivery_service_pb2.WatchResponse]:
        yield delivery_service_pb2.WatchResponse()
        await asyncio.Event().wait()

    registry = CollectorRegistry()
    add, servicer = rig.deliveries(source)
    async with running((add, servicer), registry=registry) as (_, channel):
        call = rig.watch(channel)(delivery_service_pb2.WatchRequest(), metadata=ALL)
        await call.read()
        call.cancel()
        async with asyncio.timeout(BOUND):
            await servicer.closed.wait()
        await until(lambda: counted(registry, WATCH, "CANCELLED") == 1)
        assert registry.get_sample_value("hookline_rpcs_in_flight", {"method": WATCH}) == 0


async def test_a_caller_that_stops_reading_holds_the_stream_back() -> None:
    sent = 0

    async def source(draining: asyncio.Event) -> AsyncIterator[delivery_service_pb2.WatchResponse]:
        nonlocal sent
        while sent < ENOUGH:
            sent += 1
            yield delivery_service_pb2.WatchResponse(resume_token="x" * 10_000)

    async with running(rig.deliveries(source)) as (_, channel):
        call = rig.watch(channel)(delivery_service_pb2.WatchRequest(), metadata=ALL)
        await call.read()
        before = -1
        while before != sent:  # until the window is full
            before = sent
            await asyncio.sleep(0.05)
        assert sent < ENOUGH
        call.cancel()


async def test_an_abort_of_the_servicer_is_left_alone() -> None:
    class Aborting:
        async def GetTarget(self, request: Any, context: Any) -> Any:
            await context.abort(grpc.StatusCode.DATA_LOSS, "as I say")

        def __getattr__(self, name: str) -> Any:
            return self.GetTarget

    registry = CollectorRegistry()
    add, _ = targets()
    async with running((add, Aborting()), registry=registry) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await get_target(channel)(TARGET, metadata=ALL)
        await until(lambda: counted(registry, GET, "DATA_LOSS") == 1)
    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.DATA_LOSS, "as I say")


async def test_what_a_servicer_leaves_out_is_unimplemented() -> None:
    async with running() as (_, channel):
        call = raw(channel, "/hookline.dispatcher.v1.TargetService/ListTargets")
        found = await failure(call(b"", metadata=ALL))
    assert found.code is grpc.StatusCode.UNIMPLEMENTED


async def test_an_unknown_method_is_unimplemented() -> None:
    async with running() as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await raw(channel, "/hookline.dispatcher.v1.TargetService/Nothing")(b"")
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_function_that_is_not_asynchronous_is_refused_at_start() -> None:
    class Synchronous:
        def __getattr__(self, name: str) -> Any:
            return lambda request, context: None

    add, _ = targets()
    with pytest.raises(ContractError, match="not asynchronous"):
        rig.server((add, Synchronous()))


async def test_calls_are_counted_timed_and_in_flight() -> None:
    registry = CollectorRegistry()
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def get(request: Any) -> target_service_pb2.GetTargetResponse:
        inside.set()
        await go_on.wait()
        return target_service_pb2.GetTargetResponse()

    async with running(targets(get), registry=registry) as (_, channel):
        call = asyncio.ensure_future(get_target(channel)(TARGET, metadata=ALL))
        await asyncio.wait_for(inside.wait(), BOUND)
        assert registry.get_sample_value("hookline_rpcs_in_flight", {"method": GET}) == 1
        go_on.set()
        await call
        await failure(get_target(channel)(TARGET))
        await until(lambda: counted(registry, GET, "UNAUTHENTICATED") == 1)
    assert registry.get_sample_value("hookline_rpcs_in_flight", {"method": GET}) == 0
    assert registry.get_sample_value("hookline_rpc_seconds_count", {"method": GET}) == 1
    assert counted(registry, GET, "OK") == 1


async def test_over_the_limit_calls_are_refused_and_health_is_not() -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def get(request: Any) -> target_service_pb2.GetTargetResponse:
        inside.set()
        await go_on.wait()
        return target_service_pb2.GetTargetResponse()

    async with running(targets(get), limits=ServerLimits(max_concurrent_rpcs=1)) as (_, channel):
        call = asyncio.ensure_future(get_target(channel)(TARGET, metadata=ALL))
        await asyncio.wait_for(inside.wait(), BOUND)
        found = await failure(get_target(channel)(TARGET, metadata=ALL))
        assert found.code is grpc.StatusCode.RESOURCE_EXHAUSTED
        await raw(channel, "/grpc.health.v1.Health/Check")(b"")
        go_on.set()
        await call


async def test_a_key_leaves_room_for_others() -> None:
    inside, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def get(request: Any) -> target_service_pb2.GetTargetResponse:
        inside.release()
        await go_on.wait()
        return target_service_pb2.GetTargetResponse()

    async with running(targets(get), limits=ServerLimits(max_concurrent_rpcs=4)) as (_, channel):
        calls = [asyncio.ensure_future(get_target(channel)(TARGET, metadata=ALL)) for _ in range(3)]
        for _ in calls:
            await asyncio.wait_for(inside.acquire(), BOUND)
        found = await failure(get_target(channel)(TARGET, metadata=ALL))
        assert (found.code, "of this caller" in found.message) == (grpc.StatusCode.RESOURCE_EXHAUSTED, True)
        calls.append(asyncio.ensure_future(get_target(channel)(TARGET, metadata=shows("reader"))))
        await asyncio.wait_for(inside.acquire(), BOUND)
        go_on.set()
        await asyncio.gather(*calls)


async def test_open_streams_take_no_part_in_the_limit() -> None:
    async with running(limits=ServerLimits(max_concurrent_rpcs=1)) as (_, channel):
        watch: Any = channel.unary_stream("/grpc.health.v1.Health/Watch")
        watching = watch(b"")
        await asyncio.wait_for(watching.read(), BOUND)
        await get_target(channel)(TARGET, metadata=ALL)
        watching.cancel()


async def test_the_deadline_of_a_call_cancels_the_servicer() -> None:
    cancelled = asyncio.Event()

    async def get(request: Any) -> target_service_pb2.GetTargetResponse:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return target_service_pb2.GetTargetResponse()

    async with running(targets(get)) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await get_target(channel)(TARGET, metadata=ALL, timeout=0.05)
        await asyncio.wait_for(cancelled.wait(), BOUND)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_a_finder_that_fails_is_an_internal_error() -> None:
    class Broken(rig.Keys):
        async def find(self, application_id: str) -> Any:
            raise OSError("disk of the secret store")

    with structlog.testing.capture_logs() as lines:
        async with running(access=rig.access(Broken())) as (_, channel):
            found = await failure(get_target(channel)(TARGET, metadata=ALL))
    assert (found.code, "disk" in found.message) == (grpc.StatusCode.INTERNAL, False)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["internal error"]
