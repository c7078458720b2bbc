"""The HTTP door: `GET /1/Webhooks` of 50 subscriptions, and `POST /v1/events` as JSON lines.

    python -m bench.door [--requests 3000] [--events 50000] [--slow-events 5000]

The gateway has one core to itself; registry, dispatcher and the load share the other. Each of the subscriptions was
sent something. Slow events come line by line, each written by itself. Prints rates as they were, the CPU time of each
process for a request or an event, which other work on the machine changes less, with the part of the kernel in it, and
what a core each for the gateway and for all that is behind it would give by that.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import NamedTuple

import httpx
import uvloop

from bench.deliver import FIELDS, _free_port
from bench.receiver import Receiver
from hookline_registry.bootstrap import Credentials, bootstrap

SUBSCRIPTIONS = 50
CONNECTIONS = 8
PIECE = 64 * 1024
SERVICES = ("registry", "dispatcher", "gateway")


class Cpu(NamedTuple):
    """CPU seconds, and how many of them were the kernel's."""

    whole: float
    kernel: float


class Suite:
    """The three services as processes, and the CPU time of each."""

    def __init__(self, folder: Path, cores: tuple[int, int]) -> None:
        self._folder = folder
        self._cores = cores
        self.port = _free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    async def start(self) -> Credentials:
        """Starts all and waits until the gateway says that they serve."""
        database = f"sqlite+aiosqlite:///{self._folder}/registry.db"
        credentials = await bootstrap(database)
        assert credentials is not None
        environment = self._environment(database)
        for name in SERVICES:
            command = [sys.executable, "-m", f"hookline_{name}"]
            process = subprocess.Popen(command, env=environment)  # noqa: ASYNC220 - nothing is measured yet
            os.sched_setaffinity(process.pid, {self._cores[0 if name == "gateway" else 1]})
            self._processes[name] = process
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False) as http:
            async with asyncio.timeout(60):
                while not await _serves(http):  # noqa: ASYNC110 - it is in another process
                    await asyncio.sleep(0.1)
        return credentials

    def _environment(self, database: str) -> dict[str, str]:
        registry, dispatcher = (f"127.0.0.1:{_free_port()}" for _ in range(2))
        return os.environ | {
            "HOOKLINE_SERVICE_KEY": "bench",
            "HOOKLINE_LOG_LEVEL": "warning",
            "HOOKLINE_EGRESS_ALLOW": "127.0.0.0/8",
            "HOOKLINE_REGISTRY_ADDRESS": registry,
            "HOOKLINE_REGISTRY_DATABASE": database,
            "HOOKLINE_DISPATCHER_ADDRESS": dispatcher,
            "HOOKLINE_DISPATCHER_DATA": str(self._folder),
            "HOOKLINE_DISPATCHER_REGISTRY": registry,
            "HOOKLINE_GATEWAY_ADDRESS": f"127.0.0.1:{self.port}",
            "HOOKLINE_GATEWAY_REGISTRY": registry,
            "HOOKLINE_GATEWAY_DISPATCHER": dispatcher,
            "HOOKLINE_GATEWAY_REQUESTS_PER_MINUTE": "100000",
        }

    def cpu(self) -> dict[str, Cpu]:
        """CPU time of each so far."""
        return {name: _cpu(process.pid) for name, process in self._processes.items()}

    def stop(self) -> None:
        """Stops all."""
        for process in reversed(self._processes.values()):
            process.send_signal(signal.SIGTERM)
            process.wait(60)


async def _serves(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False


def _cpu(pid: int) -> Cpu:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    user, kernel = (int(fields[place]) / os.sysconf("SC_CLK_TCK") for place in (11, 12))
    return Cpu(user + kernel, kernel)


class Load:
    """Requests over sockets, with as little of a client as will do: it shares a core with what is measured."""

    def __init__(self, port: int, credentials: Credentials) -> None:
        self._port = port
        self._head = f"Host: x\r\nApi-Key: {credentials.api_key}\r\nApi-Appid: {credentials.api_appid}\r\n"

    async def lists(self, count: int) -> None:
        """So many lists, over a few connections."""
        await asyncio.gather(*(self._lists(count // CONNECTIONS) for _ in range(CONNECTIONS)))

    async def _lists(self, count: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        request = f"GET /1/Webhooks HTTP/1.1\r\n{self._head}\r\n".encode()
        for _ in range(count):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            body = await reader.readexactly(length)
            assert body.count(b'"last_code":"204"') == SUBSCRIPTIONS, body
        writer.close()

    async def lines(self, first: int, count: int, tag: int, revision: int = 0, *, slow: bool = False) -> None:
        """So many events as JSON lines in one request, ``slow``: a write for each; returns once each has its ack."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        path = f"/v1/events?min_config_revision={revision}"
        head = f"POST {path} HTTP/1.1\r\n{self._head}Content-Type: application/x-ndjson\r\nConnection: close\r\n"
        lines = [_line(number, tag) for number in range(first, first + count)]
        body = b"".join(lines)
        pieces = lines if slow else [body[start : start + PIECE] for start in range(0, len(body), PIECE)]
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        answer, _ = await asyncio.gather(reader.read(), self._send(writer, pieces))
        assert answer.count(b'"ack"') == count, answer[:500]
        writer.close()

    async def _send(self, writer: asyncio.StreamWriter, pieces: list[bytes]) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # a drain alone lets nothing else in


def _line(number: int, tag: int) -> bytes:
    data = f'{{"firstname": "Mary", "email": "mary{number}@example.com"{FIELDS}}}'
    event = f'{{"type": "sub_tag", "params": {{"tag_id": "{tag}"}}, "object_id": "{number}", "data": {data}}}'
    return f"{event}\n".encode()


async def told(suite: Suite, count: int, work: Awaitable[None]) -> str:
    """How fast ``count`` of something went, and what it cost each process."""
    before, began = suite.cpu(), time.perf_counter()
    await work
    rate = count / (time.perf_counter() - began)
    used = {
        name: Cpu(*((after - earlier) / count * 1e6 for after, earlier in zip(now, before[name], strict=True)))
        for name, now in suite.cpu().items()
    }
    parts = ", ".join(f"{name} {each.whole:,.0f}/{each.kernel:,.0f}" for name, each in used.items())
    gateway = used.pop("gateway").whole
    behind = sum(each.whole for each in used.values())
    could = f"a core gives {1e6 / max(gateway, 1):,.0f}/s at the gateway, {1e6 / max(behind, 1):,.0f}/s behind it"
    return f"{rate:,.0f}/s; CPU of each in µs, all/kernel: {parts}; {could}"


async def prepare(suite: Suite, load: Load, credentials: Credentials, receiver: Receiver) -> None:
    """Subscribes, and has something sent to each."""
    headers = {"Api-Key": credentials.api_key, "Api-Appid": credentials.api_appid}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{suite.port}", headers=headers, trust_env=False) as http:
        for _ in range(SUBSCRIPTIONS):
            form = {"url": f"http://127.0.0.1:{receiver.port}/hook", "event": "sub_tag(4)"}
            (await http.post("/1/Webhook/subscribe", data=form)).raise_for_status()
        newest = (await http.get("/v1/subscriptions?page_size=1000")).json()["subscriptions"][-1]
        await load.lines(0, 20, 4, revision=int(newest["etag"], 16))
        async with asyncio.timeout(60):
            # What settles is told to nobody who asks over HTTP: it is looked for.
            while not await _all_sent(http):  # noqa: ASYNC110 - it is in another process
                await asyncio.sleep(0.1)
        await asyncio.sleep(1)


async def _all_sent(http: httpx.AsyncClient) -> bool:
    """Whether each subscription was sent something."""
    return (await http.get("/1/Webhooks")).text.count('"last_code":"204"') == SUBSCRIPTIONS


async def main(options: argparse.Namespace) -> None:
    cores = sorted(os.sched_getaffinity(0))[:2]
    receiver = Receiver(cores[-1])
    os.sched_setaffinity(0, {cores[-1]})
    with tempfile.TemporaryDirectory(prefix="hookline-bench-") as folder:
        suite = Suite(Path(folder), (cores[0], cores[-1]))
        try:
            credentials = await suite.start()
            load = Load(suite.port, credentials)
            await prepare(suite, load, credentials, receiver)
            await load.lists(400)  # to warm up
            print("lists of 50:", await told(suite, options.requests, load.lists(options.requests)))
            await load.lines(1_000, 2_000, 999)
            print("JSON lines:", await told(suite, options.events, load.lines(10_000, options.events, 999)))
            slow = load.lines(1_000_000, options.slow_events, 999, slow=True)
            print("JSON lines, one by one:", await told(suite, options.slow_events, slow))
        finally:
            suite.stop()
            receiver.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--slow-events", type=int, default=5_000)
    uvloop.run(main(parser.parse_args()))
