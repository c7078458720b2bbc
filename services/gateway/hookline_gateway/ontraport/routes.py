"""The routes of this API, and what it says where there is none."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from hookline_gateway.bodies import BodyLimits
from hookline_gateway.calls import Calls
from hookline_gateway.ontraport import envelope, operations
from hookline_gateway.ontraport.callers import Caller, Callers
from hookline_gateway.ontraport.door import Door, PerMinute, Work
from hookline_gateway.ontraport.fields import WEBHOOK, WEBHOOK_LOG
from hookline_gateway.ontraport.last_attempts import LastAttempts
from hookline_gateway.ontraport.log_entries import LogEntries
from hookline_gateway.ontraport.subscriptions import Subscriptions
from hookline_gateway.refusals import NoSuchMethod, NoSuchRoute

BASE = "/1"


def routes(
    calls: Calls,
    limits: BodyLimits,
    *,
    per_minute: PerMinute,
    clock: Callable[[], int] = time.monotonic_ns,
) -> list[Route]:
    """Everything below ``/1/``: an account may make as many requests in a minute as its plan gives."""
    door = Door(Callers(calls, clock), limits, per_minute, clock)
    table = _table(calls)
    allowed: dict[str, list[str]] = {}
    for methods, path, _ in table:
        allowed.setdefault(f"{BASE}{path}", []).extend(methods)
    return [
        *(Route(f"{BASE}{path}", door.endpoint(work), methods=methods) for methods, path, work in table),
        Route(f"{BASE}/{{path:path}}", _Elsewhere(allowed)),
    ]


def _table(calls: Calls) -> list[tuple[list[str], str, Work]]:
    attempts = LastAttempts(calls)
    subscribing = operations.Subscribing(calls)

    def webhooks(caller: Caller) -> Subscriptions:
        return Subscriptions(calls, attempts, caller)

    def logs(caller: Caller) -> LogEntries:
        return LogEntries(calls, caller)

    table: list[tuple[list[str], str, Work]] = [
        (["POST"], "/Webhook/subscribe", subscribing.subscribe),
        # Digests of the original differ on the method; its own client deletes.
        (["DELETE", "POST"], "/Webhook/unsubscribe", subscribing.unsubscribe),
    ]
    for kind, sources in ((WEBHOOK, webhooks), (WEBHOOK_LOG, logs)):
        several = f"/{kind.name}s"
        table += [
            (["GET"], f"/{kind.name}", operations.one(kind, sources)),
            (["GET"], several, operations.many(kind, sources)),
            (["GET"], f"{several}/meta", operations.meta(kind)),
            (["GET"], f"{several}/getInfo", operations.info(kind, sources)),
        ]
    return table


class _Elsewhere:
    """Answers where no operation is, in the words of this API; an ASGI application, since it takes every method."""

    def __init__(self, allowed: dict[str, list[str]]) -> None:
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        methods = self._allowed.get(scope["path"])
        if methods is None:
            answer = envelope.refused(NoSuchRoute("nothing has this path"), None, {})
        else:
            words = f"{scope['method'][:32]} is not among the methods of this path"
            answer = envelope.refused(NoSuchMethod(words, headers={"allow": ", ".join(methods)}), None, {})
        await answer(scope, receive, send)
