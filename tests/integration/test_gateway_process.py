"""A gateway as a process of its own: it starts by the environment, logs no secret, and drains on SIGTERM."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.contract.dispatcher.suite import running
from tests.integration.process import free_port

BOUND = 30.0


@asynccontextmanager
async def process(log: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m hookline_gateway`, its log in a file."""
    environment = os.environ | {f"HOOKLINE_GATEWAY_{name.upper()}": value for name, value in settings.items()}
    with log.open("wb") as stderr:
        made = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hookline_gateway", env=environment, stderr=stderr
        )
    try:
        yield made
    finally:
        if made.returncode is None:
            made.kill()
            await made.wait()


async def until_answered(http: httpx.AsyncClient, url: str) -> httpx.Response:
    """The answer, once there is any."""
    async with asyncio.timeout(BOUND):
        while True:
            try:
                return await http.get(url)
            except httpx.ConnectError:
                await asyncio.sleep(0.02)


async def test_it_serves_logs_and_drains(tmp_path: Path) -> None:
    address, metrics = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    log = tmp_path / "log"
    async with running(tmp_path) as suite, httpx.AsyncClient(trust_env=False, timeout=BOUND) as http:
        first = suite.world.first
        keys = {"Api-Key": first.api_key, "Api-Appid": first.api_appid}
        places = {
            "registry": f"127.0.0.1:{suite.world.registry.port}",
            "dispatcher": f"127.0.0.1:{suite.dispatcher.port}",
        }
        async with process(log, address=address, metrics=metrics, **places) as gateway:
            assert (await until_answered(http, f"http://{address}/healthz")).status_code == 200
            url = f"http://{address}/v1/events?type=a-word-of-the-query"
            assert (await http.get(url, headers=keys)).status_code == 200
            page = (await http.get(f"http://{metrics}/metrics")).text
            assert 'hookline_http_requests_total{method="GET",route="/v1/events",status="200"} 1.0' in page
            async with http.stream("GET", f"http://{address}/v1/deliveries:watch", headers=keys) as watch:
                parts = watch.aiter_bytes()
                await anext(parts)
                gateway.send_signal(signal.SIGTERM)
                async for _ in parts:
                    pass
            async with asyncio.timeout(BOUND):
                assert await gateway.wait() == 0
        said = log.read_text()
        events = [json.loads(line)["event"] for line in said.splitlines()]
        assert {"listening", "request", "stopping"} <= set(events)
        for secret in (first.api_key, "a-word-of-the-query"):
            assert secret not in said


async def test_what_keeps_it_from_starting_is_said_in_a_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with socket.create_server(("127.0.0.1", 0)) as held:
        taken = f"127.0.0.1:{held.getsockname()[1]}"
        for settings, status, words in (
            ({"address": taken}, 1, f"cannot listen on {taken}: Address already in use"),
            ({"address": "127.0.0.1:0", "metrics": taken}, 1, f"cannot listen on {taken}: Address already in use"),
            ({"address": "x"}, 2, "HOOKLINE_GATEWAY_ADDRESS: must be host:port, such as 127.0.0.1:7701 or [::1]:7701"),
        ):
            async with process(log, **settings) as gateway, asyncio.timeout(BOUND):
                assert await gateway.wait() == status
            assert log.read_text().splitlines()[-1] == words
