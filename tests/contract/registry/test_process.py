"""The registry as a process of its own: starts, serves, drains at SIGTERM, and says what is wrong with its settings."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import grpc
import pytest
from hookline.registry.v1 import account_pb2, account_pb2_grpc, config_pb2, config_pb2_grpc

from hookline_cli.address import Address, claim
from hookline_registry.__main__ import main
from hookline_registry.bootstrap import bootstrap
from hookline_runtime.channels import open_channel
from hookline_runtime.process import Stop

COMMAND = (sys.executable, "-m", "hookline_registry")


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("HOOKLINE_")},
        "HOOKLINE_REGISTRY_ADDRESS": "127.0.0.1:0",
        "HOOKLINE_REGISTRY_DATABASE": f"sqlite+aiosqlite:///{folder / 'registry.db'}",
        "HOOKLINE_REGISTRY_METRICS": "",
        "HOOKLINE_SERVICE_KEY": "service",
        **more,
    }


async def port_of(process: asyncio.subprocess.Process) -> int:
    assert process.stderr is not None
    async with asyncio.timeout(60):
        async for line in process.stderr:
            found = re.search(rb'"port": ?(\d+)', line)
            if found:
                return int(found[1])
    raise AssertionError("it ended without listening")


async def test_it_serves_and_drains(tmp_path: Path) -> None:
    env = environment(tmp_path)
    credentials = await bootstrap(env["HOOKLINE_REGISTRY_DATABASE"], "mine")
    assert credentials is not None
    assert await bootstrap(env["HOOKLINE_REGISTRY_DATABASE"]) is None
    process = await asyncio.create_subprocess_exec(*COMMAND, env=env, stderr=asyncio.subprocess.PIPE)
    try:
        channel = open_channel(f"127.0.0.1:{await port_of(process)}")
        metadata = (("api-key", credentials.api_key), ("api-appid", credentials.api_appid))
        got = await account_pb2_grpc.AccountServiceStub(channel).GetAccount(
            account_pb2.GetAccountRequest(), metadata=metadata, timeout=30
        )
        assert (got.account.name, got.account.plan) == ("mine", account_pb2.PLAN_PRO)
        watch = config_pb2_grpc.ConfigServiceStub(channel).Watch(
            config_pb2.WatchRequest(), metadata=(("service-key", "service"),), timeout=60
        )
        responses = aiter(watch)
        while not (await anext(responses)).checkpoint:
            pass
        process.send_signal(signal.SIGTERM)
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await anext(responses)
        assert (ended.value.code(), ended.value.details()) == (grpc.StatusCode.UNAVAILABLE, "the server is draining")
        async with asyncio.timeout(30):
            assert await process.wait() == 0
        await channel.close()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_bad_database_is_told_without_its_password(tmp_path: Path) -> None:
    env = environment(tmp_path, HOOKLINE_REGISTRY_DATABASE="postgres//user:hidden@host")
    process = await asyncio.create_subprocess_exec(*COMMAND, env=env, stderr=asyncio.subprocess.PIPE)
    async with asyncio.timeout(60):
        _, told = await process.communicate()
    assert (process.returncode, told) == (1, b"the database URL is malformed, or its driver is not installed\n")


@pytest.mark.parametrize("serves", [True, False])
async def test_its_status_is_the_same_when_standard_error_cannot_be_written(tmp_path: Path, serves: bool) -> None:
    address = claim(Address("127.0.0.1", 0), "a test")
    env = environment(tmp_path, PYTHONUNBUFFERED="", HOOKLINE_REGISTRY_ADDRESS=str(address))
    if not serves:
        (tmp_path / "registry.db").write_bytes(b"no database " * 2_000)
    full = os.open("/dev/full", os.O_WRONLY)
    process = await asyncio.create_subprocess_exec(*COMMAND, env=env, stderr=full)
    os.close(full)
    try:
        async with asyncio.timeout(60):
            if serves:
                async with open_channel(str(address)) as channel:
                    await channel.channel_ready()
                process.send_signal(signal.SIGTERM)
            assert await process.wait() == (0 if serves else 1)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("HOOKLINE_REGISTRY_ADDRESS", "nowhere"),
        ("HOOKLINE_REGISTRY_METRICS", "127.0.0.1"),
        ("HOOKLINE_EGRESS_ALLOW", "10.0.0.0/99"),
        ("HOOKLINE_REGISTRY_TOMBSTONE_DAYS", "0"),
    ],
)
async def test_bad_settings_are_told_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], setting: str, value: str
) -> None:
    monkeypatch.setenv(setting, value)
    assert await main(Stop()) == 2
    assert capsys.readouterr().err.startswith(setting)
