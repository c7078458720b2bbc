"""A bound on how many requests there are: for all, and for each address."""

import asyncio

import httpx
from prometheus_client import CollectorRegistry
from starlette.types import Receive, Scope, Send

from hookline_gateway.http_metrics import HttpMetrics
from hookline_gateway.observing import Observing


async def test_one_address_leaves_a_quarter_of_the_places_to_the_others() -> None:
    entered, may_go = asyncio.Semaphore(0), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        entered.release()
        await may_go.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    observing = Observing(slow, HttpMetrics(CollectorRegistry()), most_at_once=4)

    async def asked(address: str) -> httpx.Response:
        transport = httpx.ASGITransport(observing, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as http:
            return await http.get("/")

    held = [asyncio.create_task(asked(address)) for address in ("192.0.2.1", "192.0.2.1", "192.0.2.1")]
    for _ in held:
        await entered.acquire()
    refused = await asked("192.0.2.1")
    assert (refused.status_code, refused.json()["details"][0]["reason"]) == (429, "TOO_MANY_AT_ONCE")
    held.append(asyncio.create_task(asked("192.0.2.2")))
    await entered.acquire()
    full = await asked("192.0.2.3")
    assert (full.status_code, full.json()["details"][0]["reason"]) == (503, "TOO_MANY_REQUESTS_AT_ONCE")
    may_go.set()
    assert [answer.status_code for answer in await asyncio.gather(*held)] == [204] * 4
    assert (await asked("192.0.2.1")).status_code == 204
