"""Whether services are ready by what they say over HTTP: the gateway serves, the dispatcher heard from the registry.

Apart from what gRPC says, because the client of HTTP takes a quarter of a second to import.
"""

import asyncio
import ssl
import time

import httpx

_PAUSE_SECONDS = 0.1
_STALENESS = "hookline_config_staleness_seconds"


async def serving_http(url: str, verify: ssl.SSLContext | bool = True, timeout: float = 2.0) -> bool:
    """Whether the gateway itself says SERVING now, whatever it says of the services behind it."""
    async with httpx.AsyncClient(trust_env=False, timeout=timeout, verify=verify) as client:
        try:
            answer = await client.get(f"{url}/healthz")
            return bool(answer.json()["gateway"] == "SERVING")
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return False


async def until_serving_http(url: str, verify: ssl.SSLContext | bool = True) -> None:
    """Returns once the gateway says SERVING; the caller bounds the time."""
    while True:
        if await serving_http(url, verify):
            return
        await asyncio.sleep(_PAUSE_SECONDS)


async def until_heard(metrics_url: str, since: float, verify: ssl.SSLContext | bool = True) -> None:
    """Returns once the dispatcher has heard from the registry after a moment of the monotonic clock.

    Until then it may refuse keys: it trusts those that it knows for a time only. The caller bounds the time.
    """
    # The page is on this machine: a proxy of the environment has no part in it.
    async with httpx.AsyncClient(trust_env=False, verify=verify) as client:
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
