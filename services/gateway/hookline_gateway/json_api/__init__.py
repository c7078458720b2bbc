"""The JSON API: every RPC of the protos that has a ``google.api.http`` annotation, transcoded from the descriptors.

There is no other schema: what the protos say is what is served, documented and refused.
"""

from __future__ import annotations

import asyncio

from starlette.routing import Route, request_response
from starlette.types import Receive, Scope, Send

from hookline_gateway.bodies import BodyLimits
from hookline_gateway.calls import Calls
from hookline_gateway.credentials import KeysOf
from hookline_gateway.crowd import Crowd
from hookline_gateway.json_api.endpoint import Endpoint
from hookline_gateway.json_api.operations import operations, publishing
from hookline_gateway.json_api.publishing import Publishing
from hookline_gateway.json_api.routing import Router
from hookline_gateway.json_api.rpcs import Rpcs


def routes(calls: Calls, limits: BodyLimits, keys_of: KeysOf, draining: asyncio.Event, streams: Crowd) -> list[Route]:
    """The routes under ``/v1``.

    ``keys_of`` says as whom a request acts, ``draining`` ends the streams, ``streams`` bounds them by key.
    """
    offered = (*operations(), publishing())
    rpcs = Rpcs(calls)
    events = Publishing(calls.backends, rpcs, limits, keys_of, draining, streams)
    endpoint = Endpoint(Router(offered), rpcs, events, limits, keys_of, draining, streams)
    return [Route("/v1/{path:path}", _EveryMethod(endpoint))]


class _EveryMethod:
    """An ASGI application, since those take every method: which ones a path has, the endpoint says."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._serve = request_response(endpoint.__call__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._serve(scope, receive, send)
