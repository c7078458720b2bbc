"""A gateway over a real registry and a real dispatcher, all in this process, spoken to by HTTP over a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from hookline_gateway.console import STATIC
from hookline_gateway.server import Gateway, start
from hookline_gateway.settings import GatewaySettings
from tests.contract.dispatcher.suite import Suite, running


@dataclass
class Door:
    """What runs, and a client with the first account's keys."""

    suite: Suite
    gateway: Gateway
    http: httpx.AsyncClient

    @property
    def url(self) -> str:
        """Where the gateway is."""
        return f"http://127.0.0.1:{self.gateway.port}"


@asynccontextmanager
async def gateway(registry: int, dispatcher: int, *, pages: Path = STATIC, **settings: Any) -> AsyncIterator[Gateway]:
    """A gateway in front of what listens on these ports."""
    made = await start(
        GatewaySettings.load(
            gateway_address="127.0.0.1:0",
            gateway_registry=f"127.0.0.1:{registry}",
            gateway_dispatcher=f"127.0.0.1:{dispatcher}",
            **{"gateway_drain_seconds": 1.0, **settings},
        ),
        pages,
    )
    try:
        yield made
    finally:
        await made.drain()


@asynccontextmanager
async def door(folder: Path, **settings: Any) -> AsyncIterator[Door]:
    """Everything, and a client that shows the first account's key."""
    async with running(folder) as suite:
        first = suite.world.first
        headers = {"Api-Key": first.api_key, "Api-Appid": first.api_appid}
        async with gateway(suite.world.registry.port, suite.dispatcher.port, **settings) as made:
            address = f"http://127.0.0.1:{made.port}"
            async with httpx.AsyncClient(
                base_url=address, headers=headers, verify=False, trust_env=False, timeout=30
            ) as http:
                yield Door(suite, made, http)
