"""The whole way, embedded: gRPC stream in, SQLite with synchronous FULL, HTTP out, settled.

    python bench/deliver.py [--subscriptions 1000] [--events 30000] [--latency-seconds 10] [--no-backlog]

The dispatcher has one core to itself; publisher, registry and receiver share the other. Prints, in this order: what a
bare sender makes of the same requests in the same run, deliveries/s from first publish to last settled, deliveries/s of
a backlog that waits in 1,000 lanes, events/s ingested that match nothing, publish-to-received times at 200 events/s.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import grpc.aio
import uvloop
from hookline.dispatcher.v1 import (
    delivery_pb2,
    event_service_pb2,
    event_service_pb2_grpc,
    target_service_pb2,
    target_service_pb2_grpc,
)
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import subscription_pb2, subscription_pb2_grpc
from prometheus_client.parser import text_string_to_metric_families

from bench.receiver import Receiver
from hookline_cli.address import Address, claim
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.model import Answered, Endpoint, Outgoing
from hookline_dispatcher.sender.sender import Sender
from hookline_registry.bootstrap import Credentials, bootstrap
from hookline_runtime.egress.policy import Policy

BATCH = 200
OUTSTANDING = 16
FIELDS = "".join(f', "field_{number}": "value {number}"' for number in range(12))


class Suite:
    """Registry and dispatcher as processes, with an account and its key."""

    def __init__(self, folder: Path, cores: tuple[int, int]) -> None:
        self._folder = folder
        self._cores = cores
        self._processes: list[subprocess.Popen[bytes]] = []
        self.ports = [_free_port() for _ in range(3)]
        self.registry, self.dispatcher, self._metrics = (f"127.0.0.1:{port}" for port in self.ports)

    async def start(self) -> Credentials:
        """Starts both and waits until they serve."""
        database = f"sqlite+aiosqlite:///{self._folder}/registry.db"
        credentials = await bootstrap(database)
        assert credentials is not None
        environment = os.environ | {
            "HOOKLINE_SERVICE_KEY": "bench",
            "HOOKLINE_LOG_LEVEL": "warning",
            "HOOKLINE_EGRESS_ALLOW": "127.0.0.0/8",
            "HOOKLINE_REGISTRY_ADDRESS": self.registry,
            "HOOKLINE_REGISTRY_DATABASE": database,
            "HOOKLINE_DISPATCHER_ADDRESS": self.dispatcher,
            "HOOKLINE_DISPATCHER_DATA": str(self._folder),
            "HOOKLINE_DISPATCHER_REGISTRY": self.registry,
            "HOOKLINE_DISPATCHER_METRICS": self._metrics,
        }
        for module, core in (("hookline_registry", self._cores[1]), ("hookline_dispatcher", self._cores[0])):
            process = subprocess.Popen([sys.executable, "-m", module], env=environment)  # noqa: ASYNC220 - starting may block, nothing is measured yet
            os.sched_setaffinity(process.pid, {core})
            self._processes.append(process)
        for address in (self.registry, self.dispatcher):
            async with grpc.aio.insecure_channel(address) as channel:
                await asyncio.wait_for(channel.channel_ready(), 30)
        return credentials

    def figure(self, name: str, **labels: str) -> float:
        """The value of one series of the dispatcher."""
        text = urllib.request.urlopen(f"http://{self._metrics}/metrics").read().decode()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return sample.value
        raise LookupError(name)

    def cpu_and_memory(self) -> tuple[float, float]:
        """CPU seconds and resident megabytes of the dispatcher."""
        pid = self._processes[1].pid
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        ticks = int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        """Stops both."""
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _free_port() -> int:
    return claim(Address("127.0.0.1", 0), "a benchmark").port


def event_of(number: int, tag: int, sent: int = 0) -> event_pb2.Event:
    data = f'{{"firstname": "Mary", "email": "mary{number}@example.com", "sent": {sent}{FIELDS}}}'
    return event_pb2.Event(
        type="sub_tag", params={"tag_id": str(tag)}, object_id=str(number), data=data.encode(), id=f"{tag}-{number}"
    )


class Publisher:
    """Publishes over a stream with several batches outstanding."""

    def __init__(self, stub: event_service_pb2_grpc.EventServiceAsyncStub, key: tuple[tuple[str, str], ...]) -> None:
        self._stub = stub
        self._key = key
        self._paced = 10_000_000

    async def stream(self, events: list[event_pb2.Event]) -> float:
        """Publishes all; the seconds until the last ack."""
        room = asyncio.Semaphore(OUTSTANDING)

        async def batches() -> AsyncIterator[event_service_pb2.PublishStreamRequest]:
            for start in range(0, len(events), BATCH):
                await room.acquire()
                yield event_service_pb2.PublishStreamRequest(batch_id=start, events=events[start : start + BATCH])

        started = time.perf_counter()
        async for answer in self._stub.PublishStream(batches(), metadata=self._key):
            assert all(result.HasField("ack") for result in answer.results), answer.results[0]
            room.release()
        return time.perf_counter() - started

    async def paced(self, rate: int, seconds: float, tags: int) -> None:
        """Publishes one by one, ``rate`` a second."""
        begin = time.monotonic()
        calls = []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0, begin + number / rate - time.monotonic()))
            event = event_of(self._paced + number, number % tags + 1, time.monotonic_ns())
            call = self._stub.Publish(event_service_pb2.PublishRequest(event=event), metadata=self._key)
            calls.append(asyncio.ensure_future(call))
        self._paced += len(calls)
        await asyncio.gather(*calls)


async def bare(port: int, requests: int, core: int) -> float:
    """Requests/s of the sender alone, 64 in flight, with a body of the same size."""
    was = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    sender = Sender(Guard(Policy.of("127.0.0.0/8")))
    headers = [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"webhook-id", b"msg_1"),
        (b"user-agent", b"b"),
    ]
    request = Outgoing(b"POST", Endpoint("http", "127.0.0.1", port), b"/hook", headers, b"x" * 600)
    left = iter(range(requests))

    async def worker() -> None:
        for _ in left:
            assert isinstance(await sender.send(request, timeout=30), Answered)

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(64)))
    rate = requests / (time.perf_counter() - started)
    await sender.aclose()
    os.sched_setaffinity(0, was)
    return rate


async def subscribe(address: str, key: tuple[tuple[str, str], ...], port: int, count: int) -> None:
    """One subscription for each tag."""
    async with grpc.aio.insecure_channel(address) as channel:
        stub = subscription_pb2_grpc.SubscriptionServiceStub(channel)
        for tag in range(1, count + 1):
            wanted = subscription_pb2.Subscription(event=f"sub_tag({tag})", url=f"http://127.0.0.1:{port}/hook/{tag}")
            await stub.CreateSubscription(subscription_pb2.CreateSubscriptionRequest(subscription=wanted), metadata=key)


async def switch(address: str, key: tuple[tuple[str, str], ...], count: int, *, pause: bool) -> None:
    """Pauses or resumes every subscription's target."""
    async with grpc.aio.insecure_channel(address) as channel:
        stub: target_service_pb2_grpc.TargetServiceAsyncStub = target_service_pb2_grpc.TargetServiceStub(channel)
        calls: list[Awaitable[object]] = []
        for number in range(1, count + 1):
            target = delivery_pb2.TargetRef(kind=delivery_pb2.TARGET_KIND_SUBSCRIPTION, id=number)
            calls.append(
                stub.PauseTarget(target_service_pb2.PauseTargetRequest(target=target), metadata=key)
                if pause
                else stub.ResumeTarget(target_service_pb2.ResumeTargetRequest(target=target), metadata=key)
            )
        await asyncio.gather(*calls)


async def until(done: Callable[[], bool]) -> None:
    """Waits until it says True; what it asks is in another process, so it is asked again and again."""
    while not done():  # noqa: ASYNC110 - it is in another process
        await asyncio.sleep(0.02)


async def main(options: argparse.Namespace) -> None:
    cores = sorted(os.sched_getaffinity(0))[:2]
    receiver = Receiver(cores[-1])
    os.sched_setaffinity(0, {cores[-1]})
    with tempfile.TemporaryDirectory(prefix="hookline-bench-") as folder:
        suite = Suite(Path(folder), (cores[0], cores[-1]))
        credentials = await suite.start()
        key = (("api-key", credentials.api_key), ("api-appid", credentials.api_appid))
        try:
            await measure(options, suite, receiver, key, cores[0])
        finally:
            suite.stop()
            receiver.stop()


class Run:
    """The measurements, in their order, of one suite."""

    def __init__(self, options: argparse.Namespace, suite: Suite, publisher: Publisher) -> None:
        self._options = options
        self._suite = suite
        self._publisher = publisher

    def _events(self, first: int, count: int) -> list[event_pb2.Event]:
        return [event_of(first + n, n % self._options.subscriptions + 1) for n in range(count)]

    def _delivered(self) -> float:
        return self._suite.figure("hookline_deliveries_total", outcome="delivered")

    async def _settled(self, count: int, begin: Awaitable[object]) -> str:
        """How it went until ``count`` more deliveries were settled after ``begin``."""
        before, (cpu, _) = self._delivered(), self._suite.cpu_and_memory()
        started = time.perf_counter()
        await begin
        await until(lambda: self._delivered() >= before + count)
        self.rate = count / (time.perf_counter() - started)
        used, memory = self._suite.cpu_and_memory()
        return (
            f"{self.rate:,.0f} deliveries/s, {(used - cpu) / count * 1e6:.0f} µs of CPU each, {memory:.0f} MB resident"
        )

    async def through(self, alone: float) -> None:
        """From the first publish to the last settled."""
        await self._settled(2_000, self._publisher.stream(self._events(5_000_000, 2_000)))  # to warm up
        events = self._events(0, self._options.events)
        told = await self._settled(len(events), self._publisher.stream(events))
        print(f"publish to settled: {told}, {self.rate / alone:.0%} of the bare sender")

    async def backlog(self, key: tuple[tuple[str, str], ...]) -> None:
        """A backlog, from the moment that its targets are resumed."""
        count = self._options.subscriptions
        await switch(self._suite.dispatcher, key, count, pause=True)
        await self._publisher.stream(self._events(20_000_000, self._options.events))
        told = await self._settled(self._options.events, switch(self._suite.dispatcher, key, count, pause=False))
        print(f"backlog to settled: {told}")

    async def ingest(self) -> None:
        """Events that match nothing."""
        unmatched = [event_of(number, 999_999) for number in range(self._options.events)]
        took = await self._publisher.stream(unmatched)
        print(f"ingest alone: {len(unmatched) / took:,.0f} events/s in batches of {BATCH}")

    async def latency(self, receiver: Receiver) -> None:
        """From publish to received, without load."""
        receiver.ask("latencies")
        await self._publisher.paced(200, self._options.latency_seconds, self._options.subscriptions)
        await asyncio.sleep(1)
        times = sorted(ns / 1e6 for ns in receiver.ask("latencies"))
        p99 = times[int(len(times) * 0.99)]
        print(f"publish to received at 200/s: p50 {statistics.median(times):.1f} ms, p99 {p99:.1f} ms, n {len(times)}")


async def measure(
    options: argparse.Namespace, suite: Suite, receiver: Receiver, key: tuple[tuple[str, str], ...], core: int
) -> None:
    await subscribe(suite.registry, key, receiver.port, options.subscriptions)
    alone = await bare(receiver.port, 20_000, core)
    print(f"bare sender: {alone:,.0f} requests/s")
    async with grpc.aio.insecure_channel(suite.dispatcher) as channel:
        run = Run(options, suite, Publisher(event_service_pb2_grpc.EventServiceStub(channel), key))
        await run.through(alone)
        if options.backlog:
            await run.backlog(key)
        await run.ingest()
        await run.latency(receiver)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscriptions", type=int, default=1000)
    parser.add_argument("--events", type=int, default=30_000)
    parser.add_argument("--backlog", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--latency-seconds", type=float, default=10)
    uvloop.run(main(parser.parse_args()))
