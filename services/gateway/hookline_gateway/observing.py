"""Around every request: its id, its log line, its metrics, a bound on how many there are, and always an answer.

Nothing of a query string, a header's value or a body is logged.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hookline_gateway.answers import failure_answer
from hookline_gateway.crowd import Crowd
from hookline_gateway.http_metrics import HttpMetrics
from hookline_gateway.security_headers import EVERY_ANSWER
from hookline_gateway.statuses import failure_of
from hookline_runtime.errors import Unavailable

ROUTE = "hookline.route"
"""Where a part of the door that has routes of its own notes in the scope which one it took."""
STREAM = "hookline.stream"
"""Where it notes that the answer lasts for as long as the client wants."""
PATH = "hookline.path"
"""Where it notes what the log shows in the place of a path that is a secret itself."""

_ID_HEADER = b"x-request-id"
_EVERY_ANSWER = tuple((name.encode(), value.encode()) for name, value in EVERY_ANSWER.items())
_REQUEST_ID = re.compile(rb"[!-~]{1,128}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CLIENT_GONE = 499
_LONGEST_PATH = 200

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Seen:
    """What went out so far."""

    status: int = 0
    complete: bool = False


class Observing:
    """The outermost part of the door, as ASGI middleware."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics, most_at_once: int) -> None:
        self._app = app
        self._metrics = metrics
        self._most_at_once = most_at_once
        self._at_once = 0
        # Needs no key to be in the way: one client's dawdling leaves a quarter of all places to the others.
        most_of_one = -(-most_at_once * 3 // 4)
        # Bound once: what a proxy makes anew for each line costs more than a line that is not wanted.
        self._log = _log.bind()
        self._addresses = Crowd(most_of_one, most_at_once, "too many requests of this address are under way")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _request_id(scope)
        seen = _Seen()
        told = structlog.contextvars.bind_contextvars(request_id=request_id)
        self._at_once += 1
        self._metrics.in_flight.inc()
        try:
            await self._serve(scope, receive, _marking(send, request_id, seen), seen)
        finally:
            structlog.contextvars.reset_contextvars(**told)
            self._at_once -= 1
            self._metrics.in_flight.dec()
            self._tell(scope, request_id, seen, time.perf_counter() - began)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, seen: _Seen) -> None:
        try:
            if self._at_once > self._most_at_once:
                raise Unavailable("too many requests are under way", 1.0, reason="TOO_MANY_REQUESTS_AT_ONCE")
            with self._addresses.inside((scope.get("client") or ("",))[0]):
                await self._app(scope, receive, send)
        except ClientDisconnect:
            seen.status = seen.status or _CLIENT_GONE
        except Exception as error:
            failure = failure_of(error)
            if not seen.status:
                await failure_answer(failure)(scope, receive, send)

    def _tell(self, scope: Scope, request_id: str, seen: _Seen, seconds: float) -> None:
        route = _route(scope)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        status = seen.status or _CLIENT_GONE
        self._metrics.ended(route, method, status, None if scope.get(STREAM) else seconds)
        self._log.info(
            "request",
            method=method,
            route=route,
            path=scope.get(PATH, scope["path"])[:_LONGEST_PATH],
            status=status,
            milliseconds=round(seconds * 1000, 1),
            complete=seen.complete,
            request_id=request_id,
        )


def _marking(send: Send, request_id: str, seen: _Seen) -> Send:
    """``send`` with the headers that every answer has, noting what goes out."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen.status = message["status"]
            message["headers"] = _with_own(message.get("headers", ()), request_id)
        elif message["type"] == "http.response.body":
            seen.complete = not message.get("more_body", False)
        await send(message)

    return marked


def _with_own(headers: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that every answer has; what it says itself stands."""
    own = [(name, value) for name, value in headers if name != _ID_HEADER]
    said = {name for name, _ in own}
    return [*own, (_ID_HEADER, request_id.encode()), *(each for each in _EVERY_ANSWER if each[0] not in said)]


def _request_id(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == _ID_HEADER), b"")
    return given.decode() if _REQUEST_ID.fullmatch(given) else os.urandom(16).hex()


def _route(scope: Scope) -> str:
    noted = scope.get(ROUTE) or getattr(scope.get("route"), "path", None)
    return noted if isinstance(noted, str) and noted else "unknown"
