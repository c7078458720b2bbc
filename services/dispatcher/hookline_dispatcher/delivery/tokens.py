"""Access tokens: fetched one at a time for each client, and kept until shortly before they expire.

A fetch is bounded by itself and not by who waits for it, so that a token server that takes longer than an attempt may
wait still gets there. Of a fetch that fails every attempt that waited is told; where none waits any more, the next one
is, so that no attempt waits in vain without it being counted.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from hookline_dispatcher.sender.model import Late, Sends

from .oauth2 import Client, NoToken, Token, read_token, token_request

FETCH_SECONDS = 20.0
MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Granted:
    """A token at hand: asked for at ``since``, and not used after ``until``."""

    token: Token
    since: float
    until: float


@dataclass(slots=True)
class _Fetch:
    task: asyncio.Task[Granted | NoToken]
    waiting: int = 0


class Tokens:
    """Gives tokens; moments are seconds of ``clock``. Lives in one event loop.

    Args:
        sender: Takes the requests to token servers, past whatever asks here.
        clock: Counts seconds.
        most_kept: How many tokens are kept.
        fetch_seconds: The bound of one fetch.
    """

    def __init__(
        self,
        sender: Sends,
        clock: Callable[[], float] = time.monotonic,
        most_kept: int = MOST_KEPT,
        fetch_seconds: float = FETCH_SECONDS,
    ) -> None:
        self._sender = sender
        self._clock = clock
        self._most_kept = most_kept
        self._fetch_seconds = fetch_seconds
        self._kept: OrderedDict[Client, Granted | NoToken] = OrderedDict()
        self._fetches: dict[Client, _Fetch] = {}

    async def token(self, client: Client, until: float) -> Granted | NoToken | None:
        """The token of a client; None where it does not come until then."""
        kept = self._kept.get(client)
        if isinstance(kept, NoToken):
            del self._kept[client]
            return kept
        if kept is not None and self._clock() < kept.until:
            return kept
        fetch = self._fetches.get(client)
        if fetch is None:
            fetch = self._fetches[client] = _Fetch(asyncio.create_task(self._fetch(client)))
        fetch.waiting += 1
        try:
            await asyncio.wait((fetch.task,), timeout=max(0.0, until - self._clock()))
        finally:
            fetch.waiting -= 1
        return fetch.task.result() if fetch.task.done() and not fetch.task.cancelled() else None

    def refused(self, client: Client, refused: Granted) -> None:
        """Forget a token that a receiver did not take; one that was fetched since stays."""
        if self._kept.get(client) is refused:
            del self._kept[client]

    async def aclose(self) -> None:
        """Break off what is being fetched."""
        tasks = [fetch.task for fetch in self._fetches.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch(self, client: Client) -> Granted | NoToken:
        try:
            result = await self._asked(client)
        finally:
            fetch = self._fetches.pop(client)
        if isinstance(result, Granted) or not fetch.waiting:
            self._kept[client] = result
            self._kept.move_to_end(client)
            if len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
        return result

    async def _asked(self, client: Client) -> Granted | NoToken:
        since = self._clock()
        try:
            answer = await self._sender.send(token_request(client), timeout=self._fetch_seconds)
        except (ValueError, RuntimeError):  # a request that cannot be written; a sender that is closed
            return NoToken("no access token: it cannot be asked for")
        assert not isinstance(answer, Late), "it has no slot"
        result = read_token(answer)
        return result if isinstance(result, NoToken) else Granted(result, since, since + result.life)
