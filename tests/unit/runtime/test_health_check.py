from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from hookline_runtime.health_check import main
from hookline_runtime.metrics import MetricsServer
from hookline_runtime.tls.https import server_context
from hookline_runtime.tls.rpc import server_credentials
from tests.unit.runtime import rig
from tests.unit.runtime.tls.certificates import place


async def test_it_says_what_is_wrong() -> None:
    async with rig.running() as (server, _):
        address = f"127.0.0.1:{server.bound_port}"
        assert await asyncio.to_thread(main, [address]) == ""
        server.set_serving(False)
        assert await asyncio.to_thread(main, [address]) == "NOT_SERVING"
    assert "no answer" in await asyncio.to_thread(main, [address])
    assert "no answer" in await asyncio.to_thread(main, ["--metrics", address])


async def test_a_service_is_believed_by_its_own_certificate_whatever_that_is_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = place(tmp_path)
    made.issue("server", "registry.internal")
    server = rig.server(credentials=server_credentials(made.server(mutual=True)))
    healthy = True
    metrics = MetricsServer("127.0.0.1:0", CollectorRegistry(), lambda: healthy, server_context(made.server()))
    await server.start()
    metrics.start()
    try:
        address, page = f"127.0.0.1:{server.bound_port}", f"127.0.0.1:{metrics.bound_port}"
        assert "no answer" in await asyncio.to_thread(main, [address])
        monkeypatch.setenv("HOOKLINE_TLS_CERTIFICATE_FILE", str(made.certificate()))
        monkeypatch.setenv("HOOKLINE_TLS_KEY_FILE", str(made.key()))
        assert await asyncio.to_thread(main, [address]) == ""
        assert await asyncio.to_thread(main, ["--metrics", page]) == ""
        healthy = False
        assert await asyncio.to_thread(main, ["--metrics", page]) == "503"
        made.key().unlink()
        assert "server.key: cannot be read" in await asyncio.to_thread(main, [address])
    finally:
        await metrics.stop()
        await server.drain(0)
