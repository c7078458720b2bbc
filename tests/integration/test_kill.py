"""A dispatcher that is killed, stopped, or has no disk left keeps its promise: what it acked is delivered."""

from __future__ import annotations

import asyncio
import itertools
import signal
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import grpc
import pytest
from grpc_health.v1 import health_pb2
from hookline.dispatcher.v1 import event_service_pb2
from hookline.registry.v1 import subscription_pb2

from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.suite import event
from tests.integration.process import BOUND, Apart, DispatcherProcess, apart, free_port

KILLS = 5


class Producer:
    """Publishes batches for as long as it may; keeps what it sent and what was acked."""

    def __init__(self, suite: Apart, revision: int) -> None:
        self._suite = suite
        self._revision = revision
        self._numbers = itertools.count()
        self.sent: set[str] = set()
        self.acked: set[str] = set()

    async def run(self) -> None:
        async with open_channel(self._suite.dispatcher.address) as channel:
            caller = self._suite.caller(channel)
            while True:
                ids = [f"e{next(self._numbers)}" for _ in range(20)]
                self.sent.update(ids)
                batch = event_service_pb2.PublishBatchRequest(
                    events=[event(id_, object_id=id_) for id_ in ids], min_config_revision=self._revision
                )
                try:
                    answer = await caller.PublishBatch(batch)
                except grpc.aio.AioRpcError:
                    await asyncio.sleep(0.02)
                    continue
                self.acked.update(result.ack.event_id for result in answer.results if result.HasField("ack"))

    async def acks(self, more: int) -> None:
        """Waits until that many more have been acked."""
        goal = len(self.acked) + more
        async with asyncio.timeout(BOUND):
            while len(self.acked) < goal:
                await asyncio.sleep(0.005)


def delivered(suite: Apart) -> set[str]:
    """The objects that the receiver has been told of."""
    return {parse_qs(each.body.decode())["data[id]"][0] for each in suite.receiver.received}


async def subscribe(suite: Apart, **options: Any) -> int:
    made = await suite.world.user.CreateSubscription(
        subscription_pb2.CreateSubscriptionRequest(
            subscription=subscription_pb2.Subscription(event="sub_tag", url=suite.receiver.url, **options)
        )
    )
    return int(made.config_revision)


async def until_all(suite: Apart, wanted: set[str]) -> None:
    async with asyncio.timeout(BOUND):
        while not wanted <= delivered(suite):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("ordered", [False, True])
async def test_what_was_acked_before_a_kill_is_delivered(tmp_path: Path, ordered: bool) -> None:
    async with apart(tmp_path) as suite:
        producer = Producer(suite, await subscribe(suite, ordered=ordered))
        # Every seventh request fails, so that the kill finds retries as well.
        count = itertools.count()
        suite.receiver.answer = lambda _: (503 if next(count) % 7 == 0 else 200, "")
        publishing = asyncio.create_task(producer.run())
        for _ in range(KILLS):
            await producer.acks(100)
            await suite.dispatcher.end(signal.SIGKILL)
            await suite.dispatcher.start()
        await producer.acks(100)
        publishing.cancel()
        await until_all(suite, producer.acked)
        assert delivered(suite) <= producer.sent
        ids: dict[str, set[str]] = {}
        for each in suite.receiver.received:
            ids.setdefault(parse_qs(each.body.decode())["data[id]"][0], set()).add(each.headers["webhook-id"])
        assert all(len(of_one) == 1 for of_one in ids.values()), "one delivery each, however often it was sent"


async def test_attempts_that_a_kill_broke_off_are_counted(tmp_path: Path) -> None:
    port = free_port()
    async with apart(tmp_path, HOOKLINE_DISPATCHER_METRICS=f"127.0.0.1:{port}") as suite:
        producer = Producer(suite, await subscribe(suite))
        suite.receiver.gate.clear()
        publishing = asyncio.create_task(producer.run())
        await suite.receiver.until(3)
        publishing.cancel()
        await suite.dispatcher.end(signal.SIGKILL)
        with closing(sqlite3.connect(suite.dispatcher.folder / "dispatcher.db")) as file:
            (broken_off,) = file.execute("SELECT count(*) FROM delivery WHERE state = 2").fetchone()
        await suite.dispatcher.start()
        page = await asyncio.to_thread(_read, f"http://127.0.0.1:{port}/metrics")
        assert broken_off >= 3
        assert f'hookline_attempts_total{{class="unknown"}} {float(broken_off)}\n' in page


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=BOUND) as answer:
        text: str = answer.read().decode()
        return text


async def test_sigterm_drains(tmp_path: Path) -> None:
    async with apart(tmp_path) as suite:
        producer = Producer(suite, await subscribe(suite))
        publishing = asyncio.create_task(producer.run())
        await producer.acks(100)
        suite.receiver.gate.clear()
        await producer.acks(20)
        ending = asyncio.create_task(suite.dispatcher.end(signal.SIGTERM))
        await suite.dispatcher.until_health(health_pb2.HealthCheckResponse.NOT_SERVING)
        suite.receiver.gate.set()
        assert await ending == 0
        publishing.cancel()
        await suite.dispatcher.start()
        await until_all(suite, producer.acked)
        assert len(suite.receiver.received) == len(delivered(suite)), "a drain sends nothing twice"


async def test_a_full_disk_acks_nothing_and_recovers(tmp_path: Path) -> None:
    async with apart(tmp_path) as suite:
        revision = await subscribe(suite)
        async with open_channel(suite.dispatcher.address) as channel:
            caller = suite.caller(channel)
            first = event_service_pb2.PublishRequest(event=event("before"), min_config_revision=revision)
            await caller.Publish(first)
            suite.dispatcher.limit_file_size(1)
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await caller.Publish(event_service_pb2.PublishRequest(event=event("during")))
            assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
            await suite.dispatcher.until_health(health_pb2.HealthCheckResponse.NOT_SERVING)
            with pytest.raises(grpc.aio.AioRpcError) as unknown:
                await caller.GetEvent(event_service_pb2.GetEventRequest(event_id="during"))
            assert unknown.value.code() is grpc.StatusCode.NOT_FOUND
            suite.dispatcher.limit_file_size(-1)
            await suite.dispatcher.until_health(health_pb2.HealthCheckResponse.SERVING)
            ack = await caller.Publish(event_service_pb2.PublishRequest(event=event("after", object_id="9")))
            assert not ack.ack.duplicate
            await until_all(suite, {"8", "9"})


async def test_a_second_dispatcher_on_one_folder_is_refused(tmp_path: Path) -> None:
    async with apart(tmp_path) as suite:
        second = DispatcherProcess(suite.dispatcher.folder, suite.world.registry.port)
        said = await second.refusal()
        assert said == f"another dispatcher works on {suite.dispatcher.folder}"
        await suite.dispatcher.until_health(health_pb2.HealthCheckResponse.SERVING)
