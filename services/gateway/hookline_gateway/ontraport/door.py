"""What happens around every request of this API: who calls, the limit, the parameters, and always an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hookline_gateway.bodies import BodyLimits, media_type, read_body
from hookline_gateway.ontraport import envelope
from hookline_gateway.ontraport.callers import Caller, Callers
from hookline_gateway.ontraport.parameters import Parameters, merged
from hookline_gateway.rate_window import RateWindows
from hookline_gateway.refusals import TooManyRequests

MOST_BYTES = 128 * 1024
"""Of a body: several times as much as all parameters may have, and so little that nobody waits while it is read."""
Work: TypeAlias = Callable[[Caller, Parameters], Awaitable[object]]
PerMinute: TypeAlias = Callable[[int], int]


class Door:
    """Serves what an operation does.

    ``per_minute`` says how many requests a plan gives; ``clock`` is in nanoseconds and never goes back.
    """

    def __init__(self, callers: Callers, limits: BodyLimits, per_minute: PerMinute, clock: Callable[[], int]) -> None:
        self._callers = callers
        self._limits = BodyLimits(min(limits.most_bytes, MOST_BYTES), limits.seconds)
        self._per_minute = per_minute
        self._clock = clock
        self._windows = RateWindows[int]()

    def endpoint(self, work: Work) -> ASGIApp:
        """An operation as an ASGI application: what starlette puts around a function answers errors, as does this."""
        return _Endpoint(partial(self._answer, work))

    async def _answer(self, work: Work, request: Request) -> Response:
        account_id: int | None = None
        headers: dict[str, str] = {}
        try:
            caller = await self._callers.of(request.headers)
            account_id = caller.account_id
            self._let_in(caller, headers)
            data = await work(caller, await self._parameters(request))
            return envelope.done(data, account_id, headers)
        except ClientDisconnect:
            raise
        except Exception as error:
            return envelope.refused(error, account_id, headers)

    def _let_in(self, caller: Caller, headers: dict[str, str]) -> None:
        standing = self._windows.take(caller.account_id, self._per_minute(caller.plan), self._clock())
        headers.update(standing.headers())
        if not standing.allowed:
            raise TooManyRequests(
                f"the account may make {standing.limit} requests in a minute",
                headers={"retry-after": str(standing.reset)},
            )

    async def _parameters(self, request: Request) -> Parameters:
        query: bytes = request.scope.get("query_string", b"")
        body = await read_body(request, self._limits)
        return merged(query, media_type(request), body) if query or body else {}


class _Endpoint:
    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)
