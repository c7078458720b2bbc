"""What a hundred receivers that misbehave cost the others.

    python -m bench.hostile [--seconds 10] [--rate 200]

Publishes to a hundred healthy targets and prints the times from publish to received, first alone, then while each of a
hundred targets of the zoo (``tests/integration/zoo.py``) is attempted all the time. One run has both: compare them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
from itertools import cycle
from pathlib import Path

import grpc.aio
import uvloop
from hookline.dispatcher.v1 import event_service_pb2, event_service_pb2_grpc
from hookline.registry.v1 import subscription_pb2, subscription_pb2_grpc

from bench.deliver import Publisher, Suite, event_of
from bench.deliver import subscribe as subscribe_healthy
from bench.receiver import Receiver
from tests.integration.zoo import zoo

HEALTHY, HOSTILE = 100, 100
Key = tuple[tuple[str, str], ...]


async def subscribe(address: str, key: Key, origins: dict[str, str]) -> None:
    """Tags from HEALTHY + 1 on lead to the zoo, attempts of a second, without retries."""
    async with grpc.aio.insecure_channel(address) as channel:
        stub = subscription_pb2_grpc.SubscriptionServiceStub(channel)
        for tag, origin in zip(range(HEALTHY + 1, HEALTHY + HOSTILE + 1), cycle(origins.values()), strict=False):
            wanted = subscription_pb2.Subscription(event=f"sub_tag({tag})", url=f"{origin}/", max_retries=0)
            wanted.timeout.FromSeconds(1)
            await stub.CreateSubscription(subscription_pb2.CreateSubscriptionRequest(subscription=wanted), metadata=key)


async def feed(stub: event_service_pb2_grpc.EventServiceAsyncStub, key: Key) -> None:
    """Keeps an attempt under way at every receiver of the zoo."""
    number = 50_000_000
    while True:
        events = [event_of(number + tag, tag) for tag in range(HEALTHY + 1, HEALTHY + HOSTILE + 1)]
        await stub.PublishBatch(event_service_pb2.PublishBatchRequest(events=events), metadata=key)
        number += 1000
        await asyncio.sleep(1)


async def times(publisher: Publisher, receiver: Receiver, options: argparse.Namespace, title: str) -> float:
    """Prints how long it took from publish to received; the 99th percentile in milliseconds."""
    receiver.ask("latencies")
    await publisher.paced(options.rate, options.seconds, HEALTHY)
    await asyncio.sleep(1)
    found = sorted(ns / 1e6 for ns in receiver.ask("latencies"))
    p99: float = found[int(len(found) * 0.99)]
    print(f"{title}: p50 {statistics.median(found):.1f} ms, p99 {p99:.1f} ms, n {len(found)}")
    return p99


async def main(options: argparse.Namespace) -> None:
    cores = sorted(os.sched_getaffinity(0))[:2]
    receiver = Receiver(cores[-1])
    os.sched_setaffinity(0, {cores[-1]})
    with tempfile.TemporaryDirectory(prefix="hookline-bench-") as folder:
        suite = Suite(Path(folder), (cores[0], cores[-1]))
        credentials = await suite.start()
        key = (("api-key", credentials.api_key), ("api-appid", credentials.api_appid))
        try:
            async with zoo() as beasts:
                await measure(options, suite, receiver, key, beasts.origins)
        finally:
            suite.stop()
            receiver.stop()


async def measure(
    options: argparse.Namespace, suite: Suite, receiver: Receiver, key: Key, origins: dict[str, str]
) -> None:
    async with grpc.aio.insecure_channel(suite.dispatcher) as channel:
        stub: event_service_pb2_grpc.EventServiceAsyncStub = event_service_pb2_grpc.EventServiceStub(channel)
        publisher = Publisher(stub, key)
        await subscribe_healthy(suite.registry, key, receiver.port, HEALTHY)
        await subscribe(suite.registry, key, origins)
        await publisher.paced(options.rate, 2, HEALTHY)
        alone = await times(publisher, receiver, options, "alone")
        feeding = asyncio.ensure_future(feed(stub, key))
        await asyncio.sleep(2)
        beside = await times(publisher, receiver, options, "beside the zoo")
        feeding.cancel()
    _, memory = suite.cpu_and_memory()
    print(f"p99 beside the zoo is {beside / alone:.1f} times that alone; {memory:.0f} MB resident")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rate", type=int, default=200)
    uvloop.run(main(parser.parse_args()))
