"""PublishStream as its proto states it: acks in order after the commit, bounded memory, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from google.rpc import code_pb2, error_details_pb2
from hookline.dispatcher.v1 import event_service_pb2 as pb

from hookline_dispatcher.api import live_key, publish_stream
from hookline_dispatcher.api.publish_stream import READ_AHEAD
from hookline_dispatcher.api.streams import MOST_OF_ACCOUNT, MOST_OF_ONE
from hookline_dispatcher.ingest.room import Bounds
from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.event_rig import (
    APP,
    BOUND,
    FOREIGN,
    OPERATOR,
    Rig,
    acked,
    batch,
    errors,
    event,
    running,
    shows,
)
from tests.unit.dispatcher.configs import api_key
from tests.unit.runtime.rig import Failure, failure

ROUND_TRIPS = 50
"""Calls during which a stream that is read gets on."""


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path) as started:
        yield started


async def ack(call: Any) -> pb.PublishStreamResponse:
    async with asyncio.timeout(BOUND):
        response = await call.read()
    assert isinstance(response, pb.PublishStreamResponse)
    return response


async def ended(call: Any) -> Failure:
    """How a stream ends that has nothing more to say."""
    return await failure(call.read())


async def came(rig: Rig, events: int) -> None:
    async with asyncio.timeout(BOUND):
        while rig.door.came < events:
            await asyncio.sleep(0.005)


async def test_each_batch_is_acked_with_its_own_number(rig: Rig) -> None:
    call = rig.stream()
    for batch_id, ids in ((7, ("a", "b")), (7, ("c",)), (-1, ("a",))):
        await call.write(batch(batch_id, *ids))
        response = await ack(call)
        assert (response.batch_id, acked(response.results)) == (batch_id, list(ids))
    assert response.results[0].ack.duplicate
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF
    assert await call.code() is grpc.StatusCode.OK


async def test_acks_come_in_order_after_the_commit_while_more_is_read(rig: Rig) -> None:
    rig.door.open.clear()
    call = rig.stream()
    for number in range(READ_AHEAD + 3):
        await call.write(batch(number, f"e{number}"))
    await call.done_writing()
    await came(rig, READ_AHEAD)
    assert rig.door.came == READ_AHEAD
    rig.door.open.set()
    async with asyncio.timeout(BOUND):
        responses = [response async for response in call]
    assert [response.batch_id for response in responses] == list(range(READ_AHEAD + 3))
    newest_first = [each.event.id for each in (await rig.list_events()).events]
    assert newest_first == [f"e{number}" for number in reversed(range(READ_AHEAD + 3))]


async def test_a_bad_event_does_not_end_the_stream(rig: Rig) -> None:
    call = rig.stream()
    await call.write(pb.PublishStreamRequest(batch_id=1, events=[event("a"), event("b", type="x")]))
    response = await ack(call)
    assert acked(response.results) == ["a", ""]
    assert "events[1].type" in errors(response.results)[1].message
    await call.write(
        pb.PublishStreamRequest(batch_id=2, events=[event("c"), event("d", type="x")], mode=pb.BATCH_MODE_ATOMIC)
    )
    response = await ack(call)
    assert [error.code for error in errors(response.results).values()] == [code_pb2.ABORTED, code_pb2.INVALID_ARGUMENT]
    await call.write(batch(3, "c"))
    assert not (await ack(call)).results[0].ack.duplicate
    await call.done_writing()
    assert await call.code() is grpc.StatusCode.OK


@pytest.mark.parametrize("bad, field", [
    (pb.PublishStreamRequest(batch_id=2), "events"),
    (batch(2, *["x"] * 1001), "events"),
    (batch(2, "x", min_config_revision=-1), "min_config_revision"),
])  # fmt: skip
async def test_a_batch_that_is_none_ends_the_stream_after_the_acks_before(
    rig: Rig, bad: pb.PublishStreamRequest, field: str
) -> None:
    call = rig.stream()
    await call.write(batch(1, "a"))
    await call.write(bad)
    assert acked((await ack(call)).results) == ["a"]
    end = await ended(call)
    assert end.code is grpc.StatusCode.INVALID_ARGUMENT
    assert field in end.fields


async def test_garbage_ends_the_stream(rig: Rig) -> None:
    async with open_channel(f"127.0.0.1:{rig.server.bound_port}") as channel:
        method: Any = channel.stream_stream("/hookline.dispatcher.v1.EventService/PublishStream")
        call = method(metadata=APP)
        await call.write(batch(1, "a").SerializeToString())
        async with asyncio.timeout(BOUND):
            assert pb.PublishStreamResponse.FromString(await call.read()).batch_id == 1
        await call.write(b"\xff\xff garbage")
        assert (await ended(call)).code is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_drain_ends_an_idle_stream(rig: Rig) -> None:
    call = rig.stream()
    await call.write(batch(1, "a"))
    await ack(call)
    rig.server.draining.set()
    end = await ended(call)
    assert end.code is grpc.StatusCode.UNAVAILABLE
    assert end.detail(error_details_pb2.RetryInfo).retry_delay.ToMicroseconds() > 0


async def test_a_drain_acks_what_was_committed_first(rig: Rig) -> None:
    rig.door.open.clear()
    call = rig.stream()
    await call.write(batch(1, "a"))
    await call.write(batch(2, "b"))
    await came(rig, 2)
    drain = asyncio.create_task(rig.server.drain(BOUND))
    await rig.server.draining.wait()
    rig.door.open.set()
    assert [(await ack(call)).batch_id for _ in range(2)] == [1, 2]
    assert (await ended(call)).code is grpc.StatusCode.UNAVAILABLE
    async with asyncio.timeout(BOUND):
        await drain


async def test_a_client_that_reads_no_acks_is_not_read_either(rig: Rig) -> None:
    """Acks of some 300 KB each fill the connection's window soon; then reading has to stop, not memory to grow."""
    batches = 60
    call = rig.stream()
    bad = [event(type="x" * 64)] * 500

    async def write() -> None:
        for number in range(batches):
            await call.write(pb.PublishStreamRequest(batch_id=number, events=[*bad, event()]))
        await call.done_writing()

    writing = asyncio.create_task(write())
    before = -1
    while rig.door.came != before or not before:
        before = rig.door.came
        for _ in range(ROUND_TRIPS):  # client and server share a loop: a stream that was still read would get on
            await rig.list_events(page_size=1)
    assert rig.door.came < batches
    async with asyncio.timeout(4 * BOUND):
        responses = [response.batch_id async for response in call]
    await writing
    assert responses == list(range(batches))


async def test_a_client_that_goes_away_leaves_nothing_behind(rig: Rig) -> None:
    rig.door.open.clear()
    call = rig.stream()
    await call.write(batch(1, "a"))
    await came(rig, 1)
    call.cancel()
    rig.door.open.set()
    async with asyncio.timeout(BOUND):
        await rig.ingest.quiet()
    assert len(rig.claims) == 2
    assert (await rig.get("a")).event.id == "a"


async def test_overload_makes_a_stream_wait_and_ends_it_when_it_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, Bounds(events=1)) as rig:
        call = rig.stream()
        for number in range(3):
            await call.write(batch(number, f"e{number}"))
        assert [(await ack(call)).batch_id for _ in range(3)] == [0, 1, 2]
        monkeypatch.setattr(publish_stream, "PATIENCE", 0)
        rig.door.open.clear()
        before = rig.keys.uses
        await call.write(batch(3, "e3"))
        await call.write(batch(4, "e4"))
        async with asyncio.timeout(BOUND):
            while rig.keys.uses < before + 2:
                await asyncio.sleep(0.005)
        rig.door.open.set()
        assert (await ack(call)).batch_id == 3
        end = await ended(call)
        assert end.code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert end.detail(error_details_pb2.RetryInfo).retry_delay.ToMicroseconds() > 0


async def test_a_store_that_fails_ends_the_stream_without_an_ack(rig: Rig) -> None:
    call = rig.stream()
    rig.door.fails = True
    await call.write(batch(1, "a"))
    end = await ended(call)
    assert end.code is grpc.StatusCode.UNAVAILABLE
    assert end.detail(error_details_pb2.RetryInfo).retry_delay.ToMicroseconds() > 0


async def test_a_revision_that_does_not_come_in_time_ends_the_stream(rig: Rig) -> None:
    call = rig.stream()
    await call.write(batch(1, "a", min_config_revision=5))
    await ack(call)
    await call.write(batch(2, "b", min_config_revision=6))
    assert (await ended(call)).code is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("change, words", [
    ({"revoked": True}, "revoked"),
    ({"expire_time": 1}, "expired"),
    (None, "revoked"),
])  # fmt: skip
async def test_a_stream_does_not_outlive_its_key(rig: Rig, change: dict[str, Any] | None, words: str) -> None:
    call = rig.stream()
    await call.write(batch(1, "a"))
    await ack(call)
    if change is None:
        del rig.keys.known["app"]
    else:
        rig.keys.known["app"] = api_key("app", **change)
    await call.write(batch(2, "b"))
    end = await ended(call)
    assert end.code is grpc.StatusCode.UNAUTHENTICATED
    assert words in end.message


async def test_a_stream_on_which_nothing_comes_does_not_outlive_its_key_either(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_key, "CHECK_SECONDS", 0.01)
    call = rig.stream()
    await call.write(batch(1, "a"))
    await ack(call)
    rig.keys.known["app"] = api_key("app", revoked=True)
    end = await ended(call)
    assert end.code is grpc.StatusCode.UNAUTHENTICATED
    assert "revoked" in end.message


async def test_one_account_leaves_streams_to_the_others_whatever_its_keys(rig: Rig) -> None:
    names = [f"key{number}" for number in range(MOST_OF_ACCOUNT // MOST_OF_ONE + 1)]
    rig.keys.known.update({name: api_key(name) for name in names})
    for place in range(MOST_OF_ACCOUNT):
        call = rig.stream(shows(names[place // MOST_OF_ONE]))
        await call.write(batch(1, f"{place}"))
        await ack(call)
    refused = rig.stream(shows(names[-1]))
    end = await ended(refused)
    assert end.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "this account has too many" in end.message
    other = rig.stream(FOREIGN)
    await other.write(batch(1, "x"))
    await ack(other)


async def test_an_operator_streams_for_any_account(rig: Rig) -> None:
    call = rig.stream(OPERATOR)
    await call.write(pb.PublishStreamRequest(events=[event("a", account_id=7), event("b", account_id=9), event("c")]))
    response = await ack(call)
    assert acked(response.results) == ["a", "b", ""]
    assert "events[2].account_id" in errors(response.results)[2].message
