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
from hookline_registry.bootstrap import bootstrap
from hookline_runtime.channels import open_channel

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


@pytest.mark.parametrize(
    ("setting", "value", "status"),
    [
        ("HOOKLINE_REGISTRY_ADDRESS", "nowhere", 2),
        ("HOOKLINE_EGRESS_ALLOW", "10.0.0.0/99", 2),
        ("HOOKLINE_REGISTRY_DATABASE", "postgres//user:hidden@host", 1),
    ],
)
async def test_bad_settings_are_told_without_their_secrets(
    tmp_path: Path, setting: str, value: str, status: int
) -> None:
    env = environment(tmp_path, **{setting: value})
    process = await asyncio.create_subprocess_exec(*COMMAND, env=env, stderr=asyncio.subprocess.PIPE)
    async with asyncio.timeout(60):
        _, told = await process.communicate()
    assert process.returncode == status
    assert told
    assert b"Traceback" not in told
    assert b"hidden" not in told
