"""A dispatcher as a process of its own, beside a registry and a receiver in this one; it can be killed."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hookline_cli.address import Address, claim
from hookline_registry.settings import Settings as RegistrySettings
from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.receiver import Receiver, receiving
from tests.contract.dispatcher.suite import LOOPBACK, Caller
from tests.contract.registry import first_database
from tests.contract.registry.world import SERVICE_KEY, World, open_world

BOUND = 30.0


def free_port() -> int:
    return claim(Address("127.0.0.1", 0), "a test").port


@dataclass
class DispatcherProcess:
    """`python -m hookline_dispatcher` in a folder of its own; ``address`` stays the same over restarts."""

    folder: Path
    registry_port: int
    environment: dict[str, str] = field(default_factory=dict)
    address: str = field(default_factory=lambda: f"127.0.0.1:{free_port()}")
    process: asyncio.subprocess.Process | None = None

    async def start(self, stderr: int | None = None) -> None:
        """Starts it, with its errors into that file if one is given, and waits until it serves."""
        self.process = await self._spawn(stderr)
        await self.until_health(health_pb2.HealthCheckResponse.SERVING)

    async def refusal(self) -> str:
        """What it says when it does not start."""
        process = await self._spawn(asyncio.subprocess.PIPE)
        try:
            async with asyncio.timeout(BOUND):
                _, said = await process.communicate()
        except TimeoutError:
            process.kill()
            raise
        assert process.returncode == 1
        return said.decode().strip()

    async def _spawn(self, stderr: int | None) -> asyncio.subprocess.Process:
        settings = {
            "HOOKLINE_SERVICE_KEY": SERVICE_KEY,
            "HOOKLINE_DISPATCHER_ADDRESS": self.address,
            "HOOKLINE_DISPATCHER_REGISTRY": f"127.0.0.1:{self.registry_port}",
            "HOOKLINE_DISPATCHER_DATA": str(self.folder),
            "HOOKLINE_EGRESS_ALLOW": LOOPBACK,
            "HOOKLINE_DISPATCHER_RETRY_FIRST_SECONDS": "0.05",
            "HOOKLINE_LOG_LEVEL": "warning",
        }
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hookline_dispatcher", env=os.environ | settings | self.environment, stderr=stderr
        )

    async def until_health(self, wanted: int) -> None:
        """Waits until it says so."""
        async with asyncio.timeout(BOUND), open_channel(self.address) as channel:
            while await self._health(channel) != wanted:
                await asyncio.sleep(0.02)

    async def _health(self, channel: grpc.aio.Channel) -> int:
        try:
            answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=2)
        except grpc.aio.AioRpcError:
            unknown: int = health_pb2.HealthCheckResponse.UNKNOWN
            return unknown
        status: int = answer.status
        return status

    async def end(self, how: signal.Signals) -> int:
        """Ends it; its exit status."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        async with asyncio.timeout(BOUND):
            status: int = await self.process.wait()
        return status

    def limit_file_size(self, size: int) -> None:
        """No file of it may grow beyond ``size`` bytes from now on; -1 lifts the limit."""
        assert self.process is not None
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@dataclass
class Apart:
    """What runs, and who calls."""

    world: World
    receiver: Receiver
    dispatcher: DispatcherProcess
    caller: Callable[[grpc.aio.Channel], Caller]


@asynccontextmanager
async def apart(folder: Path, **environment: str) -> AsyncIterator[Apart]:
    """Registry, receiver, and a dispatcher that has been started."""
    settings = RegistrySettings.load(
        service_key=SERVICE_KEY,
        registry_address="127.0.0.1:0",
        registry_database=f"sqlite+aiosqlite:///{folder / 'registry.db'}",
        egress_allow=LOOPBACK,
    )
    first = await first_database.put(folder / "registry.db")
    async with receiving() as receiver, open_world(settings, first=first) as world:
        dispatcher = DispatcherProcess(folder / "dispatcher", world.registry.port, environment)

        def caller(channel: grpc.aio.Channel) -> Caller:
            return Caller(channel, ("api-appid", first.api_appid), ("api-key", first.api_key))

        try:
            await dispatcher.start()
            yield Apart(world, receiver, dispatcher, caller)
        finally:
            receiver.gate.set()
            await dispatcher.end(signal.SIGKILL)
