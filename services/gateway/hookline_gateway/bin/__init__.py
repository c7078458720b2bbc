"""The request bin: private URLs that keep what is sent to them for a day, and show it, signature and all.

Who knows a bin's URL may look at it; only a key of the account that made it changes it. Everything is bounded, and what
strangers send is only ever shown as JSON.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from hookline_gateway.bin.door import BinDoor, Page
from hookline_gateway.bin.limits import BinLimits
from hookline_gateway.bin.owners import Owners
from hookline_gateway.bin.places import BASE
from hookline_gateway.bin.schema import BinsUnusable
from hookline_gateway.bin.store import BinStore
from hookline_gateway.bodies import BodyLimits
from hookline_gateway.calls import Calls
from hookline_gateway.credentials import KeysOf
from hookline_gateway.crowd import Crowd
from hookline_gateway.observing import PATH
from hookline_gateway.refusals import NoSuchRoute

__all__ = ["BinLimits", "BinStore", "BinsUnusable", "Page", "routes"]

_BIN, _BELOW = f"{BASE}/{{id}}", f"{BASE}/{{id}}/{{rest:path}}"


def routes(
    store: BinStore | None,
    calls: Calls,
    reading: BodyLimits,
    keys_of: KeysOf,
    draining: asyncio.Event,
    public_url: str,
    page: Page,
) -> list[BaseRoute]:
    """The routes of the bins; without a store they say that there are none here."""
    if store is None:
        return [Route(path, _Any(_off, path)) for path in (BASE, _BIN, _BELOW)]
    crowds = Crowd(20, 200), Crowd(20, 200)
    door = BinDoor(store, Owners(calls, keys_of), reading, draining, public_url, page, *crowds)

    async def within(request: Request) -> Response:
        return await door.within(request, request.path_params["id"], request.path_params.get("rest"))

    return [Route(BASE, door.make, methods=["POST"]), *(Route(path, _Any(within, path)) for path in (_BIN, _BELOW))]


async def _off(request: Request) -> Response:
    raise NoSuchRoute("this gateway has no request bins; HOOKLINE_GATEWAY_BIN=true gives it some", reason="BIN_OFF")


class _Any:
    """An endpoint as an ASGI application, since it takes every method; the log does not show where it is."""

    def __init__(self, serve: Callable[[Request], Awaitable[Response]], path: str) -> None:
        self._serve = serve
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[PATH] = self._path
        answer = await self._serve(Request(scope, receive, send))
        await answer(scope, receive, send)
