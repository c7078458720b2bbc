from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2 as pb
from hookline.dispatcher.v1 import target_service_pb2
from hookline.registry.v1 import account_pb2

from hookline_dispatcher.api import live_key
from hookline_runtime.paging import encode_token
from tests.contract.dispatcher.receiver import BOUND
from tests.contract.dispatcher.suite import Suite, running
from tests.contract.registry.world import Refusal, refusal


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with running(tmp_path) as suite:
        yield suite


class Watching:
    """An open watch."""

    def __init__(self, call: Any) -> None:
        self.call = call

    async def begun(self) -> str:
        """The token that comes first, with nothing else."""
        (first,) = await self.next()
        assert first.resume_token
        assert first == pb.WatchResponse(resume_token=first.resume_token)
        return first.resume_token

    async def next(self, number: int = 1) -> list[pb.WatchResponse]:
        async with asyncio.timeout(BOUND):
            return [await self.call.read() for _ in range(number)]

    async def refused(self) -> Refusal:
        return await refusal(self.call.read())


def watching(suite: Suite, **more: Any) -> Watching:
    return Watching(suite.user.Watch(pb.WatchRequest(**more)))


def token(suite: Suite, seq: int) -> str:
    """A token that continues after an entry of the first account's log; 0 stands before all of them."""
    fields = {"watch": suite.dispatcher.installation, "account": suite.world.first.account_id, "target": []}
    return encode_token(fields, [seq])


async def test_tells_every_outcome_in_order_and_resumes(suite: Suite) -> None:
    await suite.subscribe(max_retries=1)
    suite.receiver.answer = lambda _: (500, "")
    await suite.publish("e0")
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DEAD)
    watch = watching(suite, resume_token=token(suite, 0))
    assert await watch.begun() == token(suite, 0)
    outcomes = await watch.next(2)
    assert [each.attempt.number for each in outcomes] == [1, 2]
    assert [each.delivery.state for each in outcomes] == [dpb.DELIVERY_STATE_WAITING, dpb.DELIVERY_STATE_DEAD]
    assert [each.delivery.attempts for each in outcomes] == [1, 2]
    assert not outcomes[0].attempt.request.body
    assert outcomes[0].attempt.response.status_code == 500
    watch.call.cancel()
    await suite.publish("e1")
    resumed = watching(suite, resume_token=outcomes[0].resume_token)
    await resumed.begun()
    after = await resumed.next(3)
    assert [(each.delivery.event_id, each.attempt.number) for each in after] == [("e0", 2), ("e1", 1), ("e1", 2)]


async def test_tells_of_what_was_called_off_without_an_attempt(tmp_path: Path) -> None:
    async with running(tmp_path, dispatcher_retry_first_seconds=3600) as suite:
        made = await suite.subscribe()
        suite.receiver.answer = lambda _: (500, "")
        await suite.publish()
        await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_WAITING)
        watch = watching(suite, resume_token=token(suite, 0))
        await watch.begun()
        await watch.next()
        ref = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=made.subscription.id)
        await suite.user.DisableTarget(target_service_pb2.DisableTargetRequest(target=ref, reason="enough"))
        (told,) = await watch.next()
        assert (told.delivery.state, told.delivery.reason) == (dpb.DELIVERY_STATE_CANCELLED, "enough")
        assert not told.HasField("attempt")


async def test_keeps_to_a_target(suite: Suite) -> None:
    await suite.subscribe()
    two = await suite.subscribe()
    ref = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=two.subscription.id)
    watch = watching(suite, target=ref)
    await watch.begun()
    for number in range(3):
        await suite.publish(f"e{number}")
    told = await watch.next(3)
    assert {each.delivery.target.id for each in told} == {two.subscription.id}
    assert len({each.delivery.event_id for each in told}) == 3


async def test_what_happens_before_any_outcome_was_told_is_not_missed(suite: Suite) -> None:
    await suite.subscribe()
    await suite.publish("before")
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED)
    watch = watching(suite)
    resume_token = await watch.begun()
    watch.call.cancel()
    for event_id in ("e1", "e2"):
        await suite.publish(event_id)
        await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED, event_id=event_id)
    resumed = watching(suite, resume_token=resume_token)
    assert await resumed.begun() == resume_token
    await suite.publish("e3")
    assert [each.delivery.event_id for each in await resumed.next(3)] == ["e1", "e2", "e3"]


@pytest.mark.parametrize("garbage", ["garbage", "AAAA"])
async def test_a_token_that_is_none_is_refused(suite: Suite, garbage: str) -> None:
    watch = watching(suite, resume_token=garbage)
    refused = await watch.refused()
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("resume_token",))


async def test_a_token_past_retention_is_out_of_range(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        watch = watching(suite, resume_token=token(suite, 41))
        refused = await watch.refused()
        assert (refused.code, refused.reason) == (grpc.StatusCode.OUT_OF_RANGE, "RESUME_TOKEN_EXPIRED")


async def test_ends_with_unavailable_when_the_server_drains(suite: Suite) -> None:
    watch = suite.user.Watch(pb.WatchRequest())
    await Watching(watch).begun()
    reading = asyncio.ensure_future(watch.read())
    drain = asyncio.create_task(suite.dispatcher.drain())
    refused = await refusal(reading)
    assert (refused.code, refused.reason) == (grpc.StatusCode.UNAVAILABLE, "DRAINING")
    await drain


async def test_a_watch_that_waits_does_not_outlive_its_key(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_key, "CHECK_SECONDS", 0.01)
    watch = watching(suite)
    await watch.begun()
    await suite.world.user.RevokeKey(account_pb2.RevokeKeyRequest(id=1))
    refused = await watch.refused()
    assert (refused.code, refused.reason) == (grpc.StatusCode.UNAUTHENTICATED, "KEY_REVOKED")
