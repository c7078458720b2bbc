"""What a hundred receivers that misbehave cost the others.

    python -m bench.hostile [--rounds 5] [--seconds 10] [--rate 200]

Publishes to a hundred healthy targets and prints the times from publish to received: in turn alone, and while each of a
hundred targets of the zoo (``tests/integration/zoo.py``) is attempted all the time. One run has both, several times,
for a stall of the disk would decide a single one: compare what all of the rounds come to.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
from collections.abc import Iterator
from itertools import count, cycle
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
ATTEMPT_SECONDS = 1
Key = tuple[tuple[str, str], ...]


async def subscribe(address: str, key: Key, origins: dict[str, str]) -> None:
    """Tags from HEALTHY + 1 on lead to the zoo, attempts of a second, without retries."""
    async with grpc.aio.insecure_channel(address) as channel:
        stub = subscription_pb2_grpc.SubscriptionServiceStub(channel)
        for tag, origin in zip(range(HEALTHY + 1, HEALTHY + HOSTILE + 1), cycle(origins.values()), strict=False):
            wanted = subscription_pb2.Subscription(event=f"sub_tag({tag})", url=f"{origin}/", max_retries=0)
            wanted.timeout.FromSeconds(ATTEMPT_SECONDS)
            await stub.CreateSubscription(subscription_pb2.CreateSubscriptionRequest(subscription=wanted), metadata=key)


async def feed(stub: event_service_pb2_grpc.EventServiceAsyncStub, key: Key, numbers: Iterator[int]) -> None:
    """Keeps an attempt under way at every receiver of the zoo: each is asked anew every second, one after the other."""
    for tag in cycle(range(HEALTHY + 1, HEALTHY + HOSTILE + 1)):
        await stub.PublishBatch(
            event_service_pb2.PublishBatchRequest(events=[event_of(next(numbers), tag)]), metadata=key
        )
        await asyncio.sleep(ATTEMPT_SECONDS / HOSTILE)


async def times(publisher: Publisher, receiver: Receiver, options: argparse.Namespace) -> list[float]:
    """How long it took from publish to received, in milliseconds."""
    receiver.ask("latencies")
    await publisher.paced(options.rate, options.seconds, HEALTHY)
    await asyncio.sleep(1)
    return [ns / 1e6 for ns in receiver.ask("latencies")]


def told(title: str, found: list[float]) -> float:
    """Prints what the times come to; the 99th percentile."""
    found = sorted(found)
    p99 = found[int(len(found) * 0.99)]
    print(f"{title}: p50 {statistics.median(found):.1f} ms, p99 {p99:.1f} ms, n {len(found)}", flush=True)
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
        _, before = suite.cpu_and_memory()
        alone: list[float] = []
        beside: list[float] = []
        numbers = count(50_000_000)
        for round_ in range(1, options.rounds + 1):
            alone += (new := await times(publisher, receiver, options))
            told(f"{round_} alone", new)
            feeding = asyncio.ensure_future(feed(stub, key, numbers))
            await asyncio.sleep(2 * ATTEMPT_SECONDS)
            beside += (new := await times(publisher, receiver, options))
            told(f"{round_} beside the zoo", new)
            feeding.cancel()
            await asyncio.sleep(2 * ATTEMPT_SECONDS)
        _, after = suite.cpu_and_memory()
    ratio = told("all beside the zoo", beside) / told("all alone", alone)
    print(f"p99 beside the zoo is {ratio:.1f} times that alone; memory from {before:.0f} to {after:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rate", type=int, default=200)
    uvloop.run(main(parser.parse_args()))
