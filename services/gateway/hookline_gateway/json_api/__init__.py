"""The JSON API: every RPC of the protos that has a ``google.api.http`` annotation, transcoded from the descriptors.

There is no other schema: what the protos say is what is served, documented and refused.
"""

from __future__ import annotations

import asyncio

from starlette.routing import Route

from hookline_gateway.backends import Backends
from hookline_gateway.bodies import BodyLimits
from hookline_gateway.json_api.calls import Calls
from hookline_gateway.json_api.endpoint import Endpoint
from hookline_gateway.json_api.operations import operations, publishing
from hookline_gateway.json_api.publishing import Publishing
from hookline_gateway.json_api.routing import Router

_EVERY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def routes(backends: Backends, limits: BodyLimits, rpc_seconds: float, draining: asyncio.Event) -> list[Route]:
    """The routes under ``/v1``; ``rpc_seconds`` bounds a call with one answer, ``draining`` ends the streams."""
    offered = (*operations(), publishing())
    calls = Calls(backends, rpc_seconds)
    events = Publishing(backends, calls, limits, draining)
    endpoint = Endpoint(Router(offered), calls, events, limits, draining)
    return [Route("/v1/{path:path}", endpoint.__call__, methods=_EVERY)]
