"""The routes of this API, and what it says where there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from hookline.dispatcher.v1 import log_service_pb2_grpc
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from hookline_gateway.bodies import BodyLimits
from hookline_gateway.calls import Calls
from hookline_gateway.ontraport import envelope, operations
from hookline_gateway.ontraport.callers import Caller, Callers
from hookline_gateway.ontraport.door import Door, PerMinute, Work
from hookline_gateway.ontraport.fields import WEBHOOK
from hookline_gateway.ontraport.last_attempts import LastAttempts
from hookline_gateway.ontraport.listing import Source
from hookline_gateway.ontraport.log_entries import LogEntries
from hookline_gateway.ontraport.offers import BASE, OFFERS, Does, Offer
from hookline_gateway.ontraport.subscriptions import Subscribed, Subscriptions
from hookline_gateway.refusals import NoSuchMethod, NoSuchRoute


def routes(
    calls: Calls,
    limits: BodyLimits,
    *,
    per_minute: PerMinute,
    clock: Callable[[], int] = time.monotonic_ns,
) -> list[Route]:
    """Everything below ``/1/``: an account may make as many requests in a minute as its plan gives."""
    door = Door(Callers(calls, clock), limits, per_minute, clock)
    works = Works(calls)
    return [
        *(Route(each.path, door.endpoint(works.of(each)), methods=[*each.methods]) for each in OFFERS),
        Route(f"{BASE}/{{path:path}}", _Elsewhere({each.path: each.methods for each in OFFERS})),
    ]


class Works:
    """What does what is offered."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        # Made once: a stub takes as long to make as several rows of a list.
        self._dispatcher = log_service_pb2_grpc.LogServiceStub(calls.backends.dispatcher)
        self._subscribed = Subscribed(calls, LastAttempts(calls))
        self._subscribing = operations.Subscribing(calls)

    def of(self, offer: Offer) -> Work:
        """The work of one operation."""
        sources = self._subscriptions if offer.kind is WEBHOOK else self._log
        match offer.does:
            case Does.SUBSCRIBE:
                return self._subscribing.subscribe
            case Does.UNSUBSCRIBE:
                return self._subscribing.unsubscribe
            case Does.ONE:
                return operations.one(offer.kind, sources)
            case Does.MANY:
                return operations.many(offer.kind, sources)
            case Does.INFO:
                return operations.info(offer.kind, sources)
            case Does.META:
                return operations.meta(offer.kind)

    def _subscriptions(self, caller: Caller) -> Source:
        return Subscriptions(self._subscribed, caller)

    def _log(self, caller: Caller) -> Source:
        return LogEntries(self._calls, self._dispatcher, caller)


class _Elsewhere:
    """Answers where no operation is, in the words of this API; an ASGI application, since it takes every method."""

    def __init__(self, allowed: Mapping[str, Sequence[str]]) -> None:
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        methods = self._allowed.get(scope["path"])
        if methods is None:
            answer = envelope.refused(NoSuchRoute("nothing has this path"), None, {})
        else:
            words = f"{scope['method'][:32]} is not among the methods of this path"
            answer = envelope.refused(NoSuchMethod(words, headers={"allow": ", ".join(methods)}), None, {})
        await answer(scope, receive, send)
