"""Certificates and authorities are renewed under a registry and a dispatcher that run."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from hookline.registry.v1 import account_pb2

from hookline_dispatcher.server import start as start_dispatcher
from hookline_registry.bootstrap import Credentials
from hookline_registry.registry import Registry
from hookline_registry.registry import start as start_registry
from hookline_registry.settings import Settings
from hookline_runtime.channels import open_channel
from hookline_runtime.tls.rpc import channel_credentials
from tests.contract.dispatcher.receiver import until
from tests.contract.dispatcher.suite import dispatcher_settings
from tests.contract.registry import first_database
from tests.contract.registry.world import SERVICE_KEY, Caller
from tests.unit.runtime.tls.certificates import Place, place


def own(made: Place, name: str) -> dict[str, Any]:
    return {
        "tls_certificate_file": made.certificate(name),
        "tls_key_file": made.key(name),
        "tls_ca_file": made.ca,
        "tls_client_ca_file": made.ca,
    }


async def registry_of(folder: Path, made: Place, port: int = 0) -> Registry:
    return await start_registry(
        Settings.load(
            service_key=SERVICE_KEY,
            registry_address=f"127.0.0.1:{port}",
            registry_database=f"sqlite+aiosqlite:///{folder / 'registry.db'}",
            **own(made, "registry"),
        )
    )


async def change(registry: Registry, first: Credentials, made: Place) -> int:
    """Changes something; the revision that the dispatcher is to know of."""
    async with open_channel(f"127.0.0.1:{registry.port}", channel_credentials(made.client("registry"))) as channel:
        operator = Caller(channel, ("api-appid", first.operator_appid), ("api-key", first.operator_key))
        account = account_pb2.Account(name="another", plan=account_pb2.PLAN_PRO)
        answer = await operator.CreateAccount(account_pb2.CreateAccountRequest(account=account))
        return int(answer.config_revision)


async def test_a_dispatcher_follows_a_registry_whose_authority_was_replaced(tmp_path: Path) -> None:
    made, later = (place(tmp_path / name, "registry", "dispatcher") for name in ("certificates", "later"))
    first = await first_database.put(tmp_path / "registry.db")
    async with AsyncExitStack() as stack:
        registry = await registry_of(tmp_path, made)
        port = registry.port
        dispatcher = await start_dispatcher(dispatcher_settings(tmp_path, port, **own(made, "dispatcher")))
        stack.push_async_callback(dispatcher.stop)
        before = await change(registry, first, made)
        await until(lambda: dispatcher.known_revision >= before)

        for file in later.folder.iterdir():  # the old authority is believed no more, by nobody
            (made.folder / file.name).write_bytes(file.read_bytes())
        known = await change(registry, first, made)
        await until(lambda: dispatcher.known_revision >= known)

        await registry.stop(0.5)
        registry = await registry_of(tmp_path, made, port)
        stack.push_async_callback(registry.stop, 0.5)
        after = await change(registry, first, made)
        await until(lambda: dispatcher.known_revision >= after)
        assert before < known < after
