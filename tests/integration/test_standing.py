"""Starting, draining and dying: what a dispatcher owes to what it acked."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2, event_service_pb2

from hookline_dispatcher.server import start
from hookline_dispatcher.store.sqlite.file import InUse
from tests.contract.dispatcher.receiver import BOUND, until
from tests.contract.dispatcher.suite import LOOPBACK, Suite, dispatcher_settings, event, running
from tests.contract.registry.world import SERVICE_KEY, refusal


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
        await suite.deliveries()  # the watch came before it on the same connection
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


@asynccontextmanager
async def process(folder: Path, registry_port: int, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """``python -m hookline_dispatcher`` on the suite's folder."""
    environment = {
        **os.environ,
        "HOOKLINE_SERVICE_KEY": SERVICE_KEY,
        "HOOKLINE_DISPATCHER_ADDRESS": f"127.0.0.1:{port}",
        "HOOKLINE_DISPATCHER_DATA": str(folder / "dispatcher"),
        "HOOKLINE_DISPATCHER_REGISTRY": f"127.0.0.1:{registry_port}",
        "HOOKLINE_EGRESS_ALLOW": LOOPBACK,
        "HOOKLINE_LOG_LEVEL": "warning",
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hookline_dispatcher", env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def test_a_process_that_is_killed_loses_nothing_and_one_that_is_told_ends_well(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        await suite.subscribe()
        await suite.publish("e0")
        await suite.receiver.until(1)
        port, registry_port = suite.dispatcher.port, suite.world.registry.port
        await suite.dispatcher.drain()
        suite.receiver.gate.clear()
        async with process(tmp_path, registry_port, port) as child:
            acked = await _publish_patiently(suite, [f"k{number}" for number in range(20)])
            await suite.receiver.until(2)
            child.send_signal(signal.SIGKILL)
            await child.wait()
        suite.receiver.gate.set()
        async with process(tmp_path, registry_port, port) as child:
            await until(lambda: len({each.headers["webhook-id"] for each in suite.receiver.received}) == 1 + len(acked))
            async with process(tmp_path, registry_port, 0) as second:
                _, said = await second.communicate()
                assert (second.returncode, b"another dispatcher works on" in said) == (1, True)
            child.send_signal(signal.SIGTERM)
            async with asyncio.timeout(BOUND):
                _, said = await child.communicate()
            assert (child.returncode, b"Traceback" in said) == (0, False)


async def _publish_patiently(suite: Suite, ids: list[str]) -> list[str]:
    """Publishes to a process that may still be starting."""
    async with asyncio.timeout(30):
        for event_id in ids:
            while True:
                try:
                    await suite.user.Publish(event_service_pb2.PublishRequest(event=event(event_id)))
                    break
                except grpc.aio.AioRpcError as error:
                    if error.code() != grpc.StatusCode.UNAVAILABLE:
                        raise
                    await asyncio.sleep(0.05)
    return ids
