"""What a request costs the sender: POST of 300 B over loopback, many in flight, a receiver in another process.

    python bench/sender.py [--seconds 3] [--in-flight 64] [--endpoints 1] [--loop uvloop|asyncio]

Prints requests/s and the CPU microseconds of this process for each, and the same for a bare client in the same run:
one connection per request in flight, ready-made bytes, the same parser, nothing checked.
"""

import argparse
import asyncio
import multiprocessing
import time
from multiprocessing.connection import Connection as Pipe
from typing import cast

import httptools
import uvloop

from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.limits import Limits
from hookline_dispatcher.sender.model import Answered, Endpoint, Outgoing
from hookline_dispatcher.sender.request import encode_request
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
BODY = b"x" * 300
HEADERS = [
    (b"content-type", b"application/json"),
    (b"user-agent", b"Hookline/0.1"),
    (b"webhook-id", b"msg_0123456789abcdef"),
    (b"webhook-timestamp", b"1700000000"),
    (b"webhook-signature", b"v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
]


class Receiver(asyncio.Protocol):
    """Answers every segment that ends a request: here a request is always one segment."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer."""
        self.transport.write(ANSWER)


def receive(pipe: Pipe, endpoints: int) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(Receiver, "127.0.0.1", 0, backlog=4096) for _ in range(endpoints)]
        pipe.send([server.sockets[0].getsockname()[1] for server in servers])
        await loop.run_in_executor(None, pipe.recv)

    uvloop.run(serve())


class Bare(asyncio.Protocol):
    """The least a client can do."""

    transport: asyncio.Transport
    answered: asyncio.Future[None]

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Parse."""
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Go on."""
        self.answered.set_result(None)


async def measure_bare(ports: list[int], in_flight: int, seconds: float) -> tuple[int, float, float]:
    loop = asyncio.get_running_loop()
    wire = encode_request(Outgoing(b"POST", Endpoint("http", "127.0.0.1", ports[0]), b"/hook?a=1", HEADERS, BODY))
    clients = [(await loop.create_connection(Bare, "127.0.0.1", ports[0]))[1] for _ in range(in_flight)]
    done, end = 0, time.monotonic() + seconds

    async def worker(client: Bare) -> None:
        nonlocal done
        while time.monotonic() < end:
            client.answered = loop.create_future()
            client.transport.write(wire)
            await client.answered
            done += 1

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(worker, clients))
    figures = done, time.perf_counter() - started, time.process_time() - cpu
    for client in clients:
        client.transport.abort()
    return figures


async def measure(ports: list[int], in_flight: int, seconds: float) -> tuple[int, float, float]:
    limits = Limits(idle_per_endpoint=in_flight, idle_total=max(1_000, 2 * len(ports)))
    sender = Sender(Guard(Policy.of("127.0.0.0/8")), limits=limits)
    endpoints = [Endpoint("http", "127.0.0.1", port) for port in ports]
    requests = [Outgoing(b"POST", endpoint, b"/hook?a=1", HEADERS, BODY) for endpoint in endpoints]
    done = 0
    end = 0.0

    async def worker(number: int) -> None:
        nonlocal done
        turn = number
        while time.monotonic() < end:
            result = await sender.send(requests[turn % len(requests)], timeout=30.0)
            assert isinstance(result, Answered), result
            turn += in_flight + 1
            done += 1

    async def run(span: float) -> tuple[int, float, float]:
        nonlocal done, end
        done, end = 0, time.monotonic() + span
        started, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(worker(number) for number in range(in_flight)))
        return done, time.perf_counter() - started, time.process_time() - cpu

    await run(0.5)  # open the connections
    figures = await run(seconds)
    await sender.aclose()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--endpoints", type=int, default=1)
    parser.add_argument("--loop", choices=("uvloop", "asyncio"), default="uvloop")
    options = parser.parse_args()
    pipe, other = multiprocessing.Pipe()
    receiver = multiprocessing.get_context("spawn").Process(
        target=receive, args=(other, options.endpoints), daemon=True
    )
    receiver.start()
    ports = pipe.recv()
    run = uvloop.run if options.loop == "uvloop" else asyncio.run
    for name, measured in (("bare", measure_bare), ("sender", measure)):
        done, wall, cpu = run(measured(ports, options.in_flight, options.seconds))
        print(f"{name:6} {done / wall:,.0f} requests/s, {cpu / done * 1e6:.1f} µs of CPU each ({options.loop})")
    pipe.send(None)
    receiver.join()


if __name__ == "__main__":
    main()
