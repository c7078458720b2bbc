"""Starting, draining and dying: what a dispatcher owes to what it acked."""

from __future__ import annotations

import asyncio
import urllib.request
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2

from hookline_dispatcher.server import start
from hookline_dispatcher.store.sqlite.file import InUse
from tests.contract.dispatcher.receiver import BOUND
from tests.contract.dispatcher.suite import dispatcher_settings, running
from tests.contract.registry.world import refusal


async def test_a_second_dispatcher_on_one_folder_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        with pytest.raises(InUse, match="another dispatcher works on"):
            await start(dispatcher_settings(tmp_path, suite.world.registry.port))
        await suite.subscribe()
        await suite.publish()
        await suite.receiver.until(1)


async def test_it_serves_what_it_knows_while_the_registry_is_away(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        await suite.subscribe()
        await suite.publish("e1")
        await suite.receiver.until(1)
        await suite.dispatcher.drain()
        await suite.world.registry.stop(0)
        await suite.restart(tmp_path)
        health = health_pb2_grpc.HealthStub(suite.channel)
        assert (await health.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING
        await suite.publish("e2")
        await suite.receiver.until(2)


async def test_a_drain_finishes_attempts_and_keeps_the_rest(tmp_path: Path) -> None:
    async with running(tmp_path, dispatcher_in_flight=1) as suite:
        await suite.subscribe()
        suite.receiver.gate.clear()
        for number in range(3):
            await suite.publish(f"e{number}")
        await suite.receiver.until(1)
        watch = suite.user.Watch(delivery_service_pb2.WatchRequest())
        assert (await watch.read()).resume_token
        drain = asyncio.create_task(suite.dispatcher.drain())
        assert (await refusal(watch.read())).code == grpc.StatusCode.UNAVAILABLE
        suite.receiver.gate.set()
        await drain
        assert len(suite.receiver.received) == 1
        await suite.restart(tmp_path)
        requests = await suite.receiver.until(3)
        assert len({each.headers["webhook-id"] for each in requests}) == 3
        for number in range(3):
            found = await suite.until_delivery(
                lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED, event_id=f"e{number}"
            )
            assert found.attempts == 1


async def test_an_attempt_that_outlasts_the_drain_is_sent_again(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        await suite.subscribe()
        suite.receiver.gate.clear()
        await suite.publish()
        await suite.receiver.until(1)
        await suite.dispatcher.stop()
        suite.receiver.gate.set()
        await suite.restart(tmp_path)
        requests = await suite.receiver.until(2)
        assert requests[0].headers["webhook-id"] == requests[1].headers["webhook-id"]
        delivery = await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED)
        assert delivery.attempts == 2


async def test_metrics_and_health_are_served(tmp_path: Path) -> None:
    async with running(tmp_path, dispatcher_metrics="127.0.0.1:0") as suite:
        await suite.subscribe()
        await suite.publish()
        await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED)
        address = f"http://127.0.0.1:{suite.dispatcher.metrics_port}"
        text = await asyncio.to_thread(_read, f"{address}/metrics")
        assert 'hookline_deliveries_total{outcome="delivered"} 1.0' in text
        assert 'hookline_attempts_total{class="2xx"} 1.0' in text
        assert 'hookline_events_ingested_total{result="new"} 1.0' in text
        assert "hookline_store_commit_seconds_count" in text
        assert await asyncio.to_thread(_read, f"{address}/healthz") == "ok\n"


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=BOUND) as response:
        text: str = response.read().decode()
        return text
