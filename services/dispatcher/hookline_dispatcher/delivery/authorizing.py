"""Requests that show an access token: the token is got first, within the attempt's deadline, and shown.

Where the receiver answers 401 to a token that was kept from before, a new one is got and the request sent once more;
not in a throttle's slot, in which it may see one request only: there the next attempt has the new token.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.model import Answered, Failed, Late, Outgoing, SendResult, Sends

from .echoes import without
from .oauth2 import Client, NoToken
from .tokens import Granted, Tokens

NOT_IN_TIME = "no access token: the token server did not answer in time"
UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Authorizing:
    """Sends requests with the tokens of their clients; ``clock`` is that of the sender."""

    sender: Sends
    tokens: Tokens
    clock: Callable[[], float] = time.monotonic

    async def send(
        self, request: Outgoing, client: Client, *, timeout: float, leave_by: float | None = None
    ) -> SendResult:
        """Send ``request`` with a token; the contract is that of `Sender.send`."""
        started = self.clock()
        deadline = started + timeout
        granted = await self.tokens.token(client, deadline if leave_by is None else min(deadline, leave_by))
        if granted is None and leave_by is not None and self.clock() < deadline:
            return Late()
        if not isinstance(granted, Granted):
            return self._unsent(granted or NoToken(NOT_IN_TIME), started)
        result = await self._send(request, granted, deadline, leave_by)
        if not isinstance(result, Answered) or result.status_code != UNAUTHORIZED:
            return result
        self.tokens.refused(client, granted)
        if leave_by is not None or granted.since >= started:
            return result
        renewed = await self.tokens.token(client, deadline)
        return await self._send(request, renewed, deadline, None) if isinstance(renewed, Granted) else result

    async def _send(self, request: Outgoing, granted: Granted, deadline: float, leave_by: float | None) -> SendResult:
        shown = request._replace(headers=(*request.headers, granted.token.header))
        left = max(deadline - self.clock(), 0.001)
        result = await self.sender.send(shown, timeout=left, leave_by=leave_by)
        return without((granted.token.value,), result) if isinstance(result, Answered) else result

    def _unsent(self, refused: NoToken, started: float) -> Failed:
        latency = int((self.clock() - started) * 1_000_000)
        return Failed(Outcome.NOT_AUTHORIZED, refused.reason, latency, refusal=refused.refusal)
