"""StatsService: a real account at a glance, once and again and again, for whom it is and for nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from hookline.dispatcher.v1 import delivery_pb2, target_service_pb2
from hookline.dispatcher.v1 import stats_service_pb2 as pb

from tests.contract.dispatcher.receiver import BOUND
from tests.contract.dispatcher.suite import Caller, Suite, running
from tests.contract.registry.world import refusal


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with running(tmp_path) as suite:
        yield suite


async def overview(suite: Suite) -> pb.Overview:
    response: pb.GetOverviewResponse = await suite.user.GetOverview(pb.GetOverviewRequest())
    return response.overview


async def test_an_account_that_nothing_happened_to_is_all_nought(suite: Suite) -> None:
    found = await overview(suite)
    assert found.deliveries == pb.DeliveryCounts()
    assert found.last_hour == pb.HappenedCounts()
    assert found.trouble_counts == pb.TroubleCounts()
    assert list(found.troubles) == []
    assert found.last_hour_start_time.seconds > 0


async def test_what_happens_is_counted_and_measured_and_a_watch_shows_each_point_once(suite: Suite) -> None:
    await suite.subscribe()
    watch = suite.user.WatchOverview(pb.WatchOverviewRequest())
    assert (await suite.publish("e1")).deliveries == 1
    assert (await suite.publish("e1")).duplicate
    points: list[pb.ActivityPoint] = []
    # Two points take ten seconds, and as much again where they begin right behind one.
    async with asyncio.timeout(2 * BOUND):
        while len(points) < 2 or not any(each.attempts for each in points):
            found = (await watch.read()).overview
            points += found.points
    watch.cancel()
    assert found.deliveries == pb.DeliveryCounts(delivered=1)
    assert (found.last_hour.events, found.last_hour.delivered) == (1, 1)
    first = points[0].start_time.seconds
    assert [each.start_time.seconds for each in points] == list(range(first, first + 5 * len(points), 5))
    [point] = [each for each in points if each.attempts]
    assert point.happened.delivered == point.attempts == 1
    assert 0 < point.attempt_p50.ToMicroseconds() <= point.attempt_p99.ToMicroseconds() < BOUND * 1_000_000
    assert point.delivered_p50.ToMicroseconds() > 0
    assert not any(each.HasField("attempt_p50") for each in points if not each.attempts)


async def test_targets_in_trouble_are_shown_with_their_settings(suite: Suite) -> None:
    paused, off = [(await suite.subscribe()).subscription.id for _ in range(2)]
    ref = delivery_pb2.TargetRef(kind=delivery_pb2.TARGET_KIND_SUBSCRIPTION, id=paused)
    await suite.user.PauseTarget(target_service_pb2.PauseTargetRequest(target=ref, reason="maintenance"))
    ref.id = off
    await suite.user.DisableTarget(target_service_pb2.DisableTargetRequest(target=ref, reason="maintenance"))
    await suite.publish("e1")
    found = await overview(suite)
    shown = [(each.trouble, each.target.ref.id, each.target.waiting) for each in found.troubles]
    assert shown == [(pb.TROUBLE_OFF, off, 0), (pb.TROUBLE_PAUSED, paused, 1)]
    assert {each.target.url for each in found.troubles} == {suite.receiver.url}
    assert {each.target.reason for each in found.troubles} == {"maintenance"}
    assert found.trouble_counts == pb.TroubleCounts(off=1, paused=1)
    assert (found.deliveries.waiting, found.deliveries.cancelled, found.last_hour.cancelled) == (1, 1, 1)
    one = await suite.user.GetOverview(pb.GetOverviewRequest(max_troubles=1))
    assert [each.trouble for each in one.overview.troubles] == [pb.TROUBLE_OFF]
    assert one.overview.trouble_counts.paused == 1


async def test_a_watch_ends_when_the_dispatcher_drains(suite: Suite) -> None:
    watch = suite.user.WatchOverview(pb.WatchOverviewRequest())
    await watch.read()
    await suite.dispatcher.drain()
    assert (await refusal(watch.read())).code is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("field", ["account_id", "max_troubles"])
async def test_bad_fields_are_named(suite: Suite, field: str) -> None:
    for value in (-1, 101 if field == "max_troubles" else -(2**63)):
        refused = await refusal(suite.user.GetOverview(pb.GetOverviewRequest(**{field: value})))
        assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, (field,))


async def test_another_account_and_nobody_see_nothing(suite: Suite) -> None:
    request = pb.GetOverviewRequest(account_id=suite.world.first.account_id + 1)
    assert (await refusal(suite.user.GetOverview(request))).code is grpc.StatusCode.PERMISSION_DENIED
    refused = await refusal(Caller(suite.channel).GetOverview(pb.GetOverviewRequest()))
    assert refused.code is grpc.StatusCode.UNAUTHENTICATED
