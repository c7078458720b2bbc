"""Services as processes: what they say where the key that seals is not there, and that they end."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from hookline_cli.address import Address, claim
from hookline_dispatcher.server import start as start_dispatcher
from hookline_registry.registry import start as start_registry
from hookline_runtime.vault.keys import new_key
from tests.contract.dispatcher.suite import dispatcher_settings
from tests.contract.registry.conftest import settings_in

SERVICES = ("registry", "dispatcher", "gateway")
BOUND = 60.0


async def refused(service: str, folder: Path, **more: str) -> tuple[int | None, str]:
    """Exit status and last words of a service that does not start."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HOOKLINE_")}
    environment = {
        **inherited,
        f"HOOKLINE_{service.upper()}_ADDRESS": f"127.0.0.1:{claim(Address('127.0.0.1', 0), 'a test').port}",
        "HOOKLINE_SERVICE_KEY": "service",
        "HOOKLINE_REGISTRY_DATABASE": f"sqlite+aiosqlite:///{folder / 'data' / 'registry.db'}",
        "HOOKLINE_DISPATCHER_DATA": str(folder / "dispatcher"),
        "HOOKLINE_GATEWAY_DATA": str(folder / "gateway"),
        "HOOKLINE_GATEWAY_BIN": "true",
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"hookline_{service}", env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(BOUND):
            _, said = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    return process.returncode, said.decode()


@pytest.mark.parametrize("service", SERVICES)
async def test_production_without_a_key(tmp_path: Path, service: str) -> None:
    status, said = await refused(service, tmp_path, HOOKLINE_PRODUCTION="true")
    assert status != 0
    assert said.startswith("HOOKLINE_SECRETS_KEY_FILE: is required in production")
    assert len(said.splitlines()) == 1
    assert not list(tmp_path.rglob("*.db"))


@pytest.mark.parametrize("service", SERVICES)
async def test_keys_that_are_none(tmp_path: Path, service: str) -> None:
    status, said = await refused(service, tmp_path, HOOKLINE_SECRETS_KEYS="hunter2")
    assert status != 0
    assert said.startswith("HOOKLINE_SECRETS_KEYS: must hold keys of 32 random bytes")
    assert "hunter2" not in said


async def _sealed(folder: Path) -> None:
    """Databases of a registry and a dispatcher that have run with the key of the environment."""
    registry = await start_registry(settings_in(folder))
    dispatcher = await start_dispatcher(dispatcher_settings(folder, registry.port))
    await dispatcher.stop()
    await registry.stop(0.5)


@pytest.mark.parametrize("keys", ["", "another"])
async def test_another_key_than_the_one_that_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    key, other = new_key(), new_key()
    monkeypatch.setenv("HOOKLINE_SECRETS_KEYS", key.text)
    await _sealed(tmp_path)
    for service in ("registry", "dispatcher"):
        status, said = await refused(service, tmp_path, HOOKLINE_SECRETS_KEYS=other.text if keys else "")
        assert status == 1
        assert f"sealed under the key {key.id}, and " in said
        assert (f"the keys that are set are {other.id}" if keys else "no key is set") in said
        assert "Traceback" not in said
        assert len(said.splitlines()) == 1
