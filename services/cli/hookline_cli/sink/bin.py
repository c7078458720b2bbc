"""The request bin itself: an HTTP server that keeps count and tells about every request."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from hookline_cli.address import Address
from hookline_cli.http_server import HttpServer, Request, Response
from hookline_cli.sink.behaviour import Behaviour
from hookline_runtime.signature_check import VerifyingKey, key_of, refusal


@dataclass(frozen=True, slots=True)
class Received:
    """One request and how it was answered.

    verified is None where no secret was given for its path; refusal says why a signature was not accepted.
    """

    request: Request
    receive_time: float
    status: int
    verified: bool | None
    refusal: str | None


@dataclass(slots=True)
class Counts:
    """What a sink has seen so far."""

    received: int = 0
    verified: int = 0
    not_verified: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    paths: Counter[str] = field(default_factory=Counter)

    def add(self, received: Received) -> None:
        """Counts one more."""
        self.received += 1
        self.verified += received.verified is True
        self.not_verified += received.verified is False
        self.statuses[received.status] += 1
        self.paths[received.request.path] += 1


class Sink:
    """A receiver of webhooks; an asynchronous context manager that listens from enter to exit.

    A request whose signature fits no secret for its path is answered with 401. The path "*" stands for every path that
    has no entry of its own, among secrets and among behaviours.
    """

    def __init__(
        self,
        listen: Address | None = None,
        *,
        secrets: Mapping[str, Iterable[str]] | None = None,
        behaviours: Mapping[str, Behaviour] | None = None,
        on_request: Callable[[Received], None] | None = None,
        seed: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.counts = Counts()
        self._keys: dict[str, list[VerifyingKey]] = {}
        self._behaviours = dict(behaviours or {})
        self._on_request = on_request or (lambda received: None)
        self._random = random.Random(seed)  # noqa: S311 - decides which requests fail, no secret
        self._clock = clock
        self._server = HttpServer(self._receive, listen or Address("127.0.0.1", 0))
        for path, texts in (secrets or {}).items():
            self.expect(path, *texts)

    async def __aenter__(self) -> "Sink":
        await self._server.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._server.close()

    @property
    def address(self) -> Address:
        """Where it listens."""
        return self._server.address

    def url(self, path: str = "/") -> str:
        """The URL of a path of this sink."""
        return f"http://{self.address.reachable()}{path}"

    def expect(self, path: str, *secrets: str) -> None:
        """From now on requests to the path must be signed with one of these; raises BadSecret."""
        self._keys[path] = [key_of(secret) for secret in secrets]

    async def _receive(self, request: Request) -> Response:
        receive_time = self._clock()
        keys = self._keys.get(request.path, self._keys.get("*"))
        reason = refusal(request.headers, request.body, keys, receive_time) if keys is not None else None
        behaviour = self._behaviours.get(request.path, self._behaviours.get("*", Behaviour()))
        status, headers = behaviour.answer(self._random) if reason is None else (401, {})
        if behaviour.delay:
            await asyncio.sleep(behaviour.delay)
        verified = None if keys is None else reason is None
        received = Received(request, receive_time, status, verified, reason)
        self.counts.add(received)
        self._on_request(received)
        return Response(status, headers)
