from __future__ import annotations

import asyncio
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.unit.runtime.rig import BOUND, failure, running

TARGETS = "hookline.dispatcher.v1.TargetService"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


def stub(channel: grpc.aio.Channel) -> Any:
    return health_pb2_grpc.HealthStub(channel)


def about(service: str) -> Any:
    return health_pb2.HealthCheckRequest(service=service)


@pytest.mark.parametrize("service", ["", TARGETS, "store"])
async def test_a_service_is_serving_until_told_otherwise(service: str) -> None:
    async with running(health_names=["store"]) as (server, channel):
        check = stub(channel).Check
        assert (await check(about(service))).status == SERVING
        server.set_serving(False, "the store is away")
        assert (await check(about(service))).status == NOT_SERVING
        assert not server.serving
        server.set_serving(True)
        assert (await check(about(service))).status == SERVING
        assert server.serving


async def test_an_unknown_service_is_not_found() -> None:
    async with running() as (_, channel):
        found = await failure(stub(channel).Check(about("nobody")))
    assert found.code is grpc.StatusCode.NOT_FOUND


async def test_every_service_is_listed() -> None:
    async with running() as (_, channel):
        listed = await stub(channel).List(health_pb2.HealthListRequest())
    assert {name: each.status for name, each in listed.statuses.items()} == {"": SERVING, TARGETS: SERVING}


async def test_a_watch_tells_changes_once_and_ends_with_the_drain() -> None:
    async with running() as (server, channel):
        watch = stub(channel).Watch(about(TARGETS))
        async with asyncio.timeout(BOUND):
            assert (await watch.read()).status == SERVING
            server.set_serving(True)
            server.set_serving(False)
            assert (await watch.read()).status == NOT_SERVING
            server.set_serving(True)
            assert (await watch.read()).status == SERVING
            drain = asyncio.ensure_future(server.drain(60))
            assert (await watch.read()).status == NOT_SERVING
            assert (await failure(watch.read())).code is grpc.StatusCode.UNAVAILABLE
            await drain
        server.set_serving(True)
        assert not server.serving


async def test_a_watch_of_an_unknown_service_waits() -> None:
    async with running() as (_, channel):
        watch = stub(channel).Watch(about("nobody"))
        assert (await asyncio.wait_for(watch.read(), BOUND)).status == UNKNOWN
        watch.cancel()
