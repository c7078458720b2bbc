"""An address is connected to by number: nothing is looked up, so no slow name server is in the way."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from typing import Any, NoReturn

import uvloop

from hookline_dispatcher.sender.dial import connect


class NoLookUps(uvloop.Loop):
    """A loop that looks nothing up."""

    async def getaddrinfo(self, *args: Any, **more: Any) -> NoReturn:
        raise AssertionError("something was looked up")


def test_an_address_is_not_looked_up() -> None:
    async def connected() -> tuple[str, int]:
        with await connect(ip_address("127.0.0.1"), port) as sock:
            peer: tuple[str, int] = sock.getpeername()
        return peer

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with asyncio.Runner(loop_factory=NoLookUps) as runner:
            assert runner.run(connected()) == ("127.0.0.1", port)
