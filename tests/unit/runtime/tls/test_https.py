"""The doors for metrics and HTTP under TLS: the context that both have, on a real socket."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from hookline_runtime.metrics import MetricsServer, new_registry
from hookline_runtime.tls.files import TlsUnusable
from hookline_runtime.tls.https import server_context
from tests.unit.runtime.tls.certificates import Place, place, shown


@asynccontextmanager
async def metrics(made: Place) -> AsyncIterator[int]:
    server = MetricsServer("127.0.0.1:0", new_registry(), tls=server_context(made.server()))
    server.start()
    try:
        yield server.bound_port
    finally:
        await server.stop()


async def status(port: int, made: Place, scheme: str = "https") -> int:
    believing = ssl.create_default_context(cafile=str(made.ca))
    async with httpx.AsyncClient(verify=believing, trust_env=False, timeout=20) as client:
        return (await client.get(f"{scheme}://127.0.0.1:{port}/healthz")).status_code


async def test_metrics_are_served_by_https_alone(tmp_path: Path) -> None:
    made, strangers = place(tmp_path / "own"), place(tmp_path / "strangers")
    async with metrics(made) as port:
        assert await status(port, made) == 200
        with pytest.raises(httpx.ConnectError):
            await status(port, strangers)
        with pytest.raises(httpx.TransportError):
            await status(port, made, "http")


async def test_who_does_not_shake_hands_holds_up_nobody(tmp_path: Path) -> None:
    made = place(tmp_path)
    async with metrics(made) as port:
        with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)):
            assert await status(port, made) == 200


async def test_a_renewed_certificate_is_shown_and_a_broken_one_is_not(tmp_path: Path) -> None:
    made = place(tmp_path)
    async with metrics(made) as port:
        first = await asyncio.to_thread(shown, port)
        made.issue()
        second = await asyncio.to_thread(shown, port)
        assert second != first
        made.key().write_text("broken")
        assert await asyncio.to_thread(shown, port) == second
        assert await status(port, made) == 200


def test_the_least_is_tls_1_2(tmp_path: Path) -> None:
    assert server_context(place(tmp_path).server()).minimum_version is ssl.TLSVersion.TLSv1_2


def test_it_needs_files_that_fit_together(tmp_path: Path) -> None:
    made = place(tmp_path, "server", "other")
    made.key().write_bytes(made.key("other").read_bytes())
    with pytest.raises(TlsUnusable, match="is not the key"):
        server_context(made.server())
