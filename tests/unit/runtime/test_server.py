from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import grpc
import grpc.aio
import pytest
from google.rpc import error_details_pb2
from hookline.dispatcher.v1 import delivery_service_pb2, target_service_pb2

from hookline_runtime.draining import draining_error, until_draining
from hookline_runtime.errors import Unavailable
from hookline_runtime.listen import ListenError
from tests.unit.runtime import rig
from tests.unit.runtime.rig import BOUND, TARGET, failure, get_target, running, shows, targets

ALL = shows("all")


async def test_port_0_takes_a_free_port() -> None:
    async with running() as (server, channel):
        assert server.bound_port > 0
        await get_target(channel)(TARGET, metadata=ALL)


async def test_a_taken_address_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        server = rig.server(address=address)
        with pytest.raises(ListenError, match=address):
            await server.start()
        await server.drain(0)


async def test_two_servers_do_not_share_a_port() -> None:
    async with running() as (server, _):
        address = f"127.0.0.1:{server.bound_port}"
        second = rig.server(address=address)
        with pytest.raises(ListenError):
            await second.start()


async def test_a_drain_lets_calls_under_way_finish() -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def get(request: Any) -> target_service_pb2.GetTargetResponse:
        inside.set()
        await go_on.wait()
        return target_service_pb2.GetTargetResponse()

    async with running(targets(get)) as (server, channel):
        call = asyncio.ensure_future(get_target(channel)(TARGET, metadata=ALL))
        await asyncio.wait_for(inside.wait(), BOUND)
        drain = asyncio.ensure_future(server.drain(BOUND))
        await asyncio.wait_for(server.draining.wait(), BOUND)
        assert not server.serving
        go_on.set()
        assert await asyncio.wait_for(call, BOUND) == target_service_pb2.GetTargetResponse()
        await asyncio.wait_for(drain, BOUND)


async def test_a_drain_cancels_what_outlasts_the_grace() -> None:
    inside = asyncio.Event()

    async def get(request: Any) -> target_service_pb2.GetTargetResponse:
        inside.set()
        await asyncio.Event().wait()
        return target_service_pb2.GetTargetResponse()

    async with running(targets(get)) as (server, channel):
        call = asyncio.ensure_future(get_target(channel)(TARGET, metadata=ALL))
        await asyncio.wait_for(inside.wait(), BOUND)
        await asyncio.wait_for(server.drain(0.05), BOUND)
        with pytest.raises(grpc.aio.AioRpcError):
            await asyncio.wait_for(call, BOUND)


async def by_hand(draining: asyncio.Event) -> AsyncIterator[delivery_service_pb2.WatchResponse]:
    yield delivery_service_pb2.WatchResponse()
    await draining.wait()
    raise draining_error()


async def forever() -> AsyncIterator[delivery_service_pb2.WatchResponse]:
    yield delivery_service_pb2.WatchResponse()
    await asyncio.Event().wait()


async def by_helper(draining: asyncio.Event) -> AsyncIterator[delivery_service_pb2.WatchResponse]:
    async for response in until_draining(forever(), draining):
        yield response


@pytest.mark.parametrize("source", [by_hand, by_helper])
async def test_long_streams_end_with_a_status_that_says_retry(source: rig.Watch) -> None:
    add, servicer = rig.deliveries(source)
    async with running((add, servicer), draining=servicer.draining) as (server, channel):
        call = rig.watch(channel)(delivery_service_pb2.WatchRequest(), metadata=ALL)
        await call.read()
        drain = asyncio.ensure_future(server.drain(60))
        found = await failure(call.read())
        await asyncio.wait_for(drain, BOUND)
    assert (found.code, found.info.reason) == (grpc.StatusCode.UNAVAILABLE, "DRAINING")
    assert found.detail(error_details_pb2.RetryInfo).retry_delay.ToMilliseconds() > 0


async def test_a_drain_before_the_start_and_a_second_one_do_nothing() -> None:
    server = rig.server()
    await server.drain(1)
    async with running() as (started, _):
        await started.drain(1)
        await started.drain(1)


async def test_until_draining_ends_with_what_else_ends_it() -> None:
    async def forever() -> AsyncIterator[int]:
        yield 0
        await asyncio.Event().wait()

    other: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    items = until_draining(forever(), asyncio.Event(), other)
    assert await anext(items) == 0
    other.set_exception(ValueError("its key is gone"))
    with pytest.raises(ValueError, match="its key is gone"):
        await anext(items)


async def test_until_draining_passes_everything_on_and_ends() -> None:
    async def three() -> AsyncIterator[int]:
        for each in range(3):
            yield each

    assert [each async for each in until_draining(three(), asyncio.Event())] == [0, 1, 2]


@pytest.mark.parametrize("ends", ["the drain", "the caller"])
async def test_until_draining_closes_its_source(ends: str) -> None:
    closed = False

    async def source() -> AsyncIterator[int]:
        nonlocal closed
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            closed = True

    draining = asyncio.Event()
    async with aclosing(until_draining(source(), draining)) as stream:
        assert await anext(stream) == 1
        if ends == "the drain":
            draining.set()
            with pytest.raises(Unavailable):
                await anext(stream)
    assert closed


async def test_until_draining_lets_errors_through() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        assert [each async for each in until_draining(broken(), asyncio.Event())] == []


async def test_metadata_that_is_too_large_is_refused() -> None:
    async with running() as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await get_target(channel)(TARGET, metadata=(*ALL, ("x-much", "x" * 100_000)))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
