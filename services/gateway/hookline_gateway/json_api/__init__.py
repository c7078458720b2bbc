"""The JSON API: every RPC of the protos that has a ``google.api.http`` annotation, transcoded from the descriptors.

There is no other schema: what the protos say is what is served, documented and refused.
"""

from __future__ import annotations

import asyncio

from starlette.routing import Route

from hookline_gateway.bodies import BodyLimits
from hookline_gateway.calls import Calls
from hookline_gateway.credentials import KeysOf
from hookline_gateway.json_api.endpoint import Endpoint
from hookline_gateway.json_api.operations import operations, publishing
from hookline_gateway.json_api.publishing import Publishing
from hookline_gateway.json_api.routing import Router
from hookline_gateway.json_api.rpcs import Rpcs

_EVERY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def routes(calls: Calls, limits: BodyLimits, keys_of: KeysOf, draining: asyncio.Event) -> list[Route]:
    """The routes under ``/v1``; ``keys_of`` says as whom a request acts, ``draining`` ends the streams."""
    offered = (*operations(), publishing())
    rpcs = Rpcs(calls)
    events = Publishing(calls.backends, rpcs, limits, keys_of, draining)
    endpoint = Endpoint(Router(offered), rpcs, events, limits, keys_of, draining)
    return [Route("/v1/{path:path}", endpoint.__call__, methods=_EVERY)]
