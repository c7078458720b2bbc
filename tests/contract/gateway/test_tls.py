"""All services under TLS, each known by a certificate."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hookline_dispatcher.server import Dispatcher
from hookline_dispatcher.server import start as start_dispatcher
from hookline_gateway.server import Gateway
from hookline_gateway.server import start as start_gateway
from hookline_gateway.settings import GatewaySettings
from hookline_registry.bootstrap import Credentials
from hookline_registry.registry import start as start_registry
from hookline_registry.settings import Settings as RegistrySettings
from hookline_runtime.channels import open_channel
from hookline_runtime.settings import SettingsError
from hookline_runtime.tls.rpc import channel_credentials
from tests.contract.dispatcher.receiver import until
from tests.contract.dispatcher.suite import dispatcher_settings
from tests.contract.registry import first_database
from tests.contract.registry.world import SERVICE_KEY
from tests.unit.runtime.tls.certificates import Place, place, shown


@dataclass(frozen=True)
class Suite:
    """What runs, and the keys of the first account."""

    dispatcher: Dispatcher
    gateway: Gateway
    first: Credentials

    def client(self, made: Place) -> httpx.AsyncClient:
        """A client of the gateway that believes this authority."""
        headers = {"Api-Key": self.first.api_key, "Api-Appid": self.first.api_appid}
        believing = ssl.create_default_context(cafile=str(made.ca))
        address = f"https://127.0.0.1:{self.gateway.port}"
        return httpx.AsyncClient(base_url=address, headers=headers, verify=believing, trust_env=False, timeout=30)


def own(made: Place, name: str) -> dict[str, Any]:
    """The settings by which a service shows a certificate and asks others for theirs."""
    return {
        "tls_certificate_file": made.certificate(name),
        "tls_key_file": made.key(name),
        "tls_ca_file": made.ca,
        "tls_client_ca_file": made.ca,
    }


def registry_settings(folder: Path, **more: Any) -> RegistrySettings:
    database = f"sqlite+aiosqlite:///{folder / 'registry.db'}"
    chosen = {"service_key": SERVICE_KEY, "registry_address": "127.0.0.1:0", "registry_database": database}
    return RegistrySettings.load(**{**chosen, **more})


@asynccontextmanager
async def mutual(folder: Path, made: Place) -> AsyncIterator[Suite]:
    first = await first_database.put(folder / "registry.db")
    async with AsyncExitStack() as stack:
        registry = await start_registry(registry_settings(folder, **own(made, "registry")))
        stack.push_async_callback(registry.stop, 0.5)
        dispatcher = await start_dispatcher(dispatcher_settings(folder, registry.port, **own(made, "dispatcher")))
        stack.push_async_callback(dispatcher.stop)
        settings = GatewaySettings.load(
            gateway_address="127.0.0.1:0",
            gateway_registry=f"127.0.0.1:{registry.port}",
            gateway_dispatcher=f"127.0.0.1:{dispatcher.port}",
            gateway_drain_seconds=1.0,
            gateway_certificate_file=made.certificate("gateway"),
            gateway_key_file=made.key("gateway"),
            **own(made, "gateway"),
        )
        gateway = await start_gateway(settings)
        stack.push_async_callback(gateway.drain)
        yield Suite(dispatcher, gateway, first)


@pytest.fixture
def made(tmp_path: Path) -> Place:
    return place(tmp_path / "certificates", "registry", "dispatcher", "gateway")


async def test_the_services_know_each_other_by_certificates(tmp_path: Path, made: Place) -> None:
    async with mutual(tmp_path, made) as suite, suite.client(made) as http:
        await until(lambda: suite.dispatcher.known_revision > 0)
        assert (await http.get("/v1/caller")).status_code == 200  # by the registry
        assert (await http.get("/v1/deliveries")).status_code == 200  # by the dispatcher
        async with open_channel(
            f"127.0.0.1:{suite.dispatcher.port}", channel_credentials(made.client())
        ) as without_certificate:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await health_pb2_grpc.HealthStub(without_certificate).Check(health_pb2.HealthCheckRequest(), timeout=30)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_the_gateway_is_believed_by_its_authority_alone_and_its_cookie_is_for_tls(
    tmp_path: Path, made: Place
) -> None:
    strangers = place(tmp_path / "strangers")
    async with mutual(tmp_path, made) as suite, suite.client(made) as http, suite.client(strangers) as stranger:
        with pytest.raises(httpx.ConnectError):
            await stranger.get("/healthz")
        key = {"api_key": suite.first.api_key, "api_appid": suite.first.api_appid}
        answer = await http.post("/session", json=key)
        (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
        assert (cookie.key, bool(cookie["secure"])) == ("__Host-hookline-session", True)
        with pytest.raises(httpx.TransportError):
            await http.get(f"http://127.0.0.1:{suite.gateway.port}/healthz")


async def test_the_gateway_takes_a_renewed_certificate_and_keeps_the_old_one_before_a_broken_one(
    tmp_path: Path, made: Place
) -> None:
    async with mutual(tmp_path, made) as suite, suite.client(made) as http:
        assert (await http.get("/v1/caller")).status_code == 200
        first = await asyncio.to_thread(shown, suite.gateway.port)
        made.issue("gateway")
        second = await asyncio.to_thread(shown, suite.gateway.port)
        assert second != first
        assert (await http.get("/v1/caller")).status_code == 200  # by the connection that was there
        made.certificate("gateway").write_text("broken")
        assert await asyncio.to_thread(shown, suite.gateway.port) == second


async def test_the_gateway_goes_on_when_every_certificate_and_the_authority_is_another(
    tmp_path: Path, made: Place
) -> None:
    later = place(tmp_path / "later", "registry", "dispatcher", "gateway")
    async with mutual(tmp_path, made) as suite:
        async with suite.client(made) as http:
            assert (await http.get("/v1/caller")).status_code == 200
        for file in later.folder.iterdir():
            (made.folder / file.name).write_bytes(file.read_bytes())
        async with suite.client(later) as http:
            for path in ("/v1/caller", "/v1/deliveries"):
                assert (await http.get(path)).status_code == 200


@pytest.mark.parametrize("name", ["address", "metrics"])
async def test_no_service_listens_in_plain_text_where_others_connect(tmp_path: Path, name: str) -> None:
    everywhere = "0.0.0.0:0"
    with pytest.raises(SettingsError, match=f"HOOKLINE_REGISTRY_{name.upper()}: .*HOOKLINE_PLAINTEXT=true"):
        await start_registry(registry_settings(tmp_path, **{f"registry_{name}": everywhere}))
    with pytest.raises(SettingsError, match=f"HOOKLINE_DISPATCHER_{name.upper()}: .*HOOKLINE_PLAINTEXT=true"):
        await start_dispatcher(dispatcher_settings(tmp_path, 1, **{f"dispatcher_{name}": everywhere}))
    with pytest.raises(SettingsError, match=f"HOOKLINE_GATEWAY_{name.upper()}: .*HOOKLINE_PLAINTEXT=true"):
        await start_gateway(GatewaySettings.load(**{"gateway_address": "127.0.0.1:0", f"gateway_{name}": everywhere}))
    assert not list(tmp_path.iterdir())
