"""A token server that answers as told: real sockets, and whoever asks is recorded."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from hookline_dispatcher.delivery.oauth2 import Client
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy
from hookline_runtime.webhook.authentication import ClientCredentials
from tests.unit.sender import receiver as r


def answer(status: int, body: bytes, kind: bytes = b"application/json") -> bytes:
    head = b"HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body))
    return head + body


def grant(token: str = "token-1", **more: Any) -> bytes:
    return answer(200, json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": 3600, **more}).encode())


@dataclass
class TokenServer:
    """What it answers, in turn; the last answer from then on. `held` keeps it from answering until it is set."""

    answers: list[bytes] = field(default_factory=lambda: [grant()])
    held: asyncio.Event = field(default_factory=asyncio.Event)
    served: int = 0
    url: str = ""
    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.held.set()

    async def serve(self, visit: r.Visit) -> None:
        while await visit.read_request() is not None:
            await self.held.wait()
            turn = min(self.served, len(self.answers) - 1)
            self.served += 1
            await visit.write(self.answers[turn])

    def client(self, **more: Any) -> Client:
        asked: dict[str, Any] = {"token_url": self.url, "client_id": "id", **more}
        return Client(7, ClientCredentials(**asked), "hunter2-hunter2")


@contextlib.asynccontextmanager
async def token_server(*answers: bytes) -> AsyncIterator[TokenServer]:
    server = TokenServer(list(answers or (grant(),)))
    async with r.receiving(server.serve) as receiver:
        server.url = f"http://127.0.0.1:{receiver.endpoint.port}/token?tenant=a"
        server.requests = receiver.requests
        yield server


@contextlib.asynccontextmanager
async def local_sender() -> AsyncIterator[Sender]:
    sender = Sender(Guard(Policy.of("127.0.0.0/8")))
    try:
        yield sender
    finally:
        await sender.aclose()
