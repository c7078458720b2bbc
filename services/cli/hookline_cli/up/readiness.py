"""Whether a service is ready: its health check says SERVING, and the dispatcher has heard from the registry."""

import asyncio
import time

import grpc
import httpx
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hookline_runtime.channels import open_channel

_WHOLE_SERVER = health_pb2.HealthCheckRequest(service="")
_SERVING = health_pb2.HealthCheckResponse.SERVING
_PAUSE_SECONDS = 0.1
_STALENESS = "hookline_config_staleness_seconds"


async def serving(address: str, timeout: float = 2.0) -> bool:
    """Whether the service says SERVING now."""
    async with open_channel(address) as channel:
        try:
            answer = await health_pb2_grpc.HealthStub(channel).Check(_WHOLE_SERVER, timeout=timeout)
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == _SERVING)


async def until_serving(address: str) -> None:
    """Returns once the service says SERVING; the caller bounds the time."""
    async with open_channel(address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        while True:
            try:
                async for answer in stub.Watch(_WHOLE_SERVER, wait_for_ready=True):
                    if answer.status == _SERVING:
                        return
            except grpc.aio.AioRpcError:
                # It listens not yet, or not any more.
                await asyncio.sleep(_PAUSE_SECONDS)


async def serving_http(url: str, timeout: float = 2.0) -> bool:
    """Whether the gateway itself says SERVING now, whatever it says of the services behind it."""
    async with httpx.AsyncClient(trust_env=False, timeout=timeout) as client:
        try:
            answer = await client.get(f"{url}/healthz")
            return bool(answer.json()["gateway"] == "SERVING")
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return False


async def until_serving_http(url: str) -> None:
    """Returns once the gateway says SERVING; the caller bounds the time."""
    while True:
        if await serving_http(url):
            return
        await asyncio.sleep(_PAUSE_SECONDS)


async def until_heard(metrics_url: str, since: float) -> None:
    """Returns once the dispatcher has heard from the registry after a moment of the monotonic clock.

    Until then it may refuse keys: it trusts those that it knows for a time only. The caller bounds the time.
    """
    # The page is on this machine: a proxy of the environment has no part in it.
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            staleness = await _staleness(client, metrics_url)
            if staleness is not None and staleness < time.monotonic() - since:
                return
            await asyncio.sleep(_PAUSE_SECONDS)


async def _staleness(client: httpx.AsyncClient, metrics_url: str) -> float | None:
    try:
        page = (await client.get(metrics_url)).text
    except httpx.HTTPError:
        return None
    found = [line.split()[1] for line in page.splitlines() if line.startswith(f"{_STALENESS} ")]
    return float(found[0]) if found else None
