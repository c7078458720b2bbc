"""Services that greet and then never say a word: whoever asks is told so in time, also who wants a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.contract.gateway.rig import gateway

KEYS = {"Api-Key": "hl_key_x", "Api-Appid": "hl_app_x"}
# The empty SETTINGS of HTTP/2: with them a connection counts as made (RFC 9113, 3.4).
GREETING = b"\0\0\0\4\0\0\0\0\0"
EVENT = b'{"type": "sub_tag", "params": {"tag_id": "4"}, "object_id": "8"}'


@asynccontextmanager
async def frozen() -> AsyncIterator[int]:
    """The port of a service that is frozen."""
    ended = asyncio.Event()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GREETING)
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(keep, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        ended.set()
        server.close()


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/v1/subscriptions", 504),
        ("GET", "/v1/deliveries", 504),
        ("GET", "/v1/deliveries:watch", 504),
        ("GET", "/v1/overview:watch", 504),
        ("POST", "/v1/events", 504),
        ("GET", "/1/Webhooks", 503),
    ],
)
async def test_who_asks_is_told_in_time(method: str, path: str, status: int) -> None:
    async with (
        frozen() as port,
        gateway(port, port, gateway_rpc_seconds=0.3) as made,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{made.port}", headers=KEYS, trust_env=False, timeout=30) as http,
    ):
        answer = await http.request(method, path, content=EVENT if method == "POST" else None)
        assert answer.status_code == status
        assert "the answer took too long" in answer.text
