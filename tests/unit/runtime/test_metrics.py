from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from prometheus_client import Counter

from hookline_runtime.listen import ListenError
from hookline_runtime.metrics import MetricsServer, new_registry


@asynccontextmanager
async def serving(server: MetricsServer, host: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
    server.start()
    async with httpx.AsyncClient(base_url=f"http://{host}:{server.bound_port}", trust_env=False) as client:
        try:
            yield client
        finally:
            await server.stop()


async def test_metrics_are_served_with_those_of_the_process() -> None:
    registry = new_registry()
    Counter("sold", "Things sold.", registry=registry).inc(3)
    async with serving(MetricsServer("127.0.0.1:0", registry)) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    for line in ("sold_total 3.0", "python_gc_collections_total", "process_cpu_seconds_total"):
        assert line in answer.text


async def test_registries_are_apart() -> None:
    first, second = new_registry(), new_registry()
    Counter("sold", "Things sold.", registry=first)
    Counter("sold", "Things sold.", registry=second)


async def test_health_follows_what_it_is_told() -> None:
    healthy = True
    async with serving(MetricsServer("127.0.0.1:0", new_registry(), lambda: healthy)) as client:
        assert (await client.get("/healthz")).status_code == 200
        healthy = False
        assert (await client.get("/healthz")).status_code == 503
        assert (await client.get("/")).status_code == 404


async def test_ipv6_is_served() -> None:
    try:
        async with serving(MetricsServer("[::1]:0", new_registry()), "[::1]") as client:
            assert (await client.get("/healthz")).status_code == 200
    except ListenError:
        pytest.skip("no IPv6 here")


async def test_a_taken_address_is_named() -> None:
    first = MetricsServer("127.0.0.1:0", new_registry())
    async with serving(first):
        address = f"127.0.0.1:{first.bound_port}"
        with pytest.raises(ListenError, match=address):
            MetricsServer(address, new_registry()).start()


async def test_stopping_what_never_started_does_nothing() -> None:
    server = MetricsServer("127.0.0.1:0", new_registry())
    assert server.bound_port == 0
    await server.stop()
