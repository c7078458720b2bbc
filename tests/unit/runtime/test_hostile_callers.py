"""Callers that speak HTTP/2 and mean harm: memory stays flat, and another client is served meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import grpc.aio
import pytest

from hookline_runtime.channels import MIB, ServerLimits
from tests.unit.runtime.frames import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    ENHANCE_YOUR_CALM,
    GOAWAY,
    HEADERS,
    PING,
    REFUSED_STREAM,
    RESET,
    SETTINGS,
    Frame,
    field,
    headers,
    reset,
    wire,
)
from tests.unit.runtime.rig import BOUND, TARGET, get_target, running, shows

HEALTH = "/grpc.health.v1.Health/Check"
GET = "/hookline.dispatcher.v1.TargetService/GetTarget"
GROWTH = 64 * MIB
PAGE = 4096


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


async def served(channel: grpc.aio.Channel, key: str = "reader") -> None:
    """Another client's call, made again where a burst leaves no room for it; raises where it is not answered."""
    async with asyncio.timeout(BOUND):
        while True:
            try:
                await get_target(channel)(TARGET, metadata=shows(key))
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                    raise
            else:
                return


@asynccontextmanager
async def unharmed() -> AsyncIterator[tuple[int, grpc.aio.Channel]]:
    """A server and another client of it, which is served before and after; what is taken meanwhile is bounded."""
    async with running(limits=ServerLimits(max_concurrent_rpcs=200, max_connections=20)) as (server, channel):
        await served(channel)
        before = resident()
        yield server.bound_port, channel
        await served(channel)
        assert resident() - before < GROWTH


async def test_rapid_reset() -> None:
    """CVE-2023-44487: calls that are begun and called off at once, thousands of them."""
    async with unharmed() as (port, channel), wire(port) as attacker:
        for first in range(1, 10_000, 1_000):
            for stream in range(first, first + 1_000, 2):
                await attacker.send([headers(stream, GET, *shows("all")), reset(stream)])
            await served(channel)
        assert await attacker.answered()


@pytest.mark.parametrize("path, key", [(GET, shows("all")), (HEALTH, ())], ids=["with a key", "without"])
async def test_calls_that_never_come_to_their_request(path: str, key: tuple[tuple[str, str], ...]) -> None:
    async with unharmed() as (port, channel), wire(port) as first, wire(port) as second:
        for attacker in (first, second):
            await attacker.send(headers(stream, path, *key) for stream in range(1, 2_001, 2))
            await attacker.answered()
        await served(channel)


async def test_calls_that_come_all_at_once_drop_no_call_of_another_client() -> None:
    async with running(limits=ServerLimits()) as (server, channel), wire(server.bound_port) as attacker:
        await served(channel)
        await attacker.send(headers(stream, GET, *shows("all")) for stream in range(1, 4_001, 2))
        await asyncio.gather(*(served(channel) for _ in range(50)))


async def test_a_connection_has_no_more_calls_than_the_server() -> None:
    async with unharmed() as (port, _), wire(port) as attacker:
        await attacker.send(headers(stream, GET, *shows("all")) for stream in range(1, 2_001, 2))
        refused = await attacker.until(RESET, 1_999)
        assert refused is not None
        assert int.from_bytes(refused.payload, "big") in (REFUSED_STREAM, ENHANCE_YOUR_CALM)


async def test_pings_without_end_end_the_connection() -> None:
    async with unharmed() as (port, channel), wire(port) as attacker:
        pings = [Frame(PING, 0, 0, b"12345678")] * 10
        await attacker.send(pings)
        ended = await attacker.until(GOAWAY)
        assert ended is None or int.from_bytes(ended.payload[4:8], "big") == ENHANCE_YOUR_CALM
        await served(channel)
        while await attacker.send(pings):
            await asyncio.sleep(0)


async def test_settings_without_end() -> None:
    async with unharmed() as (port, channel), wire(port) as attacker:
        for _ in range(20):
            await attacker.send([Frame(SETTINGS, 0, 0)] * 1_000)
            await served(channel)


async def test_headers_without_end() -> None:
    """CVE-2024-27316 and its kin: CONTINUATION upon CONTINUATION."""
    async with unharmed() as (port, channel), wire(port) as attacker:
        begin = headers(1, GET, *shows("all"), flags=0)
        await attacker.send([begin])
        for number in range(100):
            more = b"".join(field(f"x-{number}-{each}", "x" * 1_000) for each in range(10))
            await attacker.send([Frame(CONTINUATION, 0, 1, more)])
        await served(channel)


async def test_headers_without_end_on_many_connections() -> None:
    """Memory for the fields of each would come to twice the growth that is allowed."""
    more = [Frame(CONTINUATION, 0, 1, b"".join(field("x", "x" * 100) for _ in range(100)))] * 800

    async def flood(port: int) -> None:
        async with wire(port) as attacker:
            await attacker.acknowledge()
            assert await attacker.send([headers(1, HEALTH, flags=0), *more])

    async with unharmed() as (port, channel):
        await asyncio.gather(served(channel), *(flood(port) for _ in range(16)))


async def test_who_does_not_acknowledge_the_settings_is_closed() -> None:
    async with running(limits=ServerLimits(handshake_seconds=1)) as (server, channel), wire(server.bound_port) as idle:
        await idle.send([headers(1, HEALTH, flags=0)])
        assert await idle.until(GOAWAY) is not None
        assert await idle.until(GOAWAY) is None
        await served(channel)


@pytest.mark.parametrize(("path", "key"), [(GET, shows("all")), (HEALTH, ())])
async def test_metadata_that_is_too_large(path: str, key: tuple[tuple[str, str], ...]) -> None:
    """In frames of one field each, where gRPC's own bound takes hold now and then only."""
    async with unharmed() as (port, _), wire(port) as attacker:
        for stream in range(1, 20, 2):
            much = [Frame(CONTINUATION, 0, stream, field(f"x-{each}", "x" * 10_000)) for each in range(40)]
            await attacker.send([headers(stream, path, *key, flags=0), *much])
            await attacker.send([Frame(CONTINUATION, END_HEADERS, stream, field("x-last", "x"))])
            answer = await attacker.until(HEADERS, stream, END_STREAM)
            assert answer is not None
            assert (
                b"the metadata must not be larger than 32768 bytes" in answer.payload
                or b"received metadata size exceeds" in answer.payload
            )


async def test_a_message_that_is_too_large_is_refused_by_its_length() -> None:
    async with unharmed() as (port, _), wire(port) as attacker:
        length = b"\0" + (1 << 30).to_bytes(4, "big")
        await attacker.send([headers(1, GET, *shows("all")), Frame(DATA, 0, 1, length + b"x" * 1_000)])
        answer = await attacker.until(HEADERS, 1, END_STREAM)
        assert answer is not None


async def test_connections_beyond_the_most_are_closed() -> None:
    async with running(limits=ServerLimits(max_connections=3)) as (server, channel):
        await served(channel)
        async with wire(server.bound_port) as first, wire(server.bound_port) as second:
            assert await first.answered()
            assert await second.answered()
            async with wire(server.bound_port) as beyond:
                assert not await beyond.answered()
            await served(channel)
