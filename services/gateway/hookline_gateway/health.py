"""``/healthz``: whether this gateway, and each service behind it, serves."""

from __future__ import annotations

import asyncio

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hookline_gateway.answers import json_answer
from hookline_gateway.backends import Backends

_SECONDS = 2.0
_SERVING = health_pb2.HealthCheckResponse.SERVING
_WORDS = {True: "SERVING", False: "NOT_SERVING"}


def routes(backends: Backends, draining: asyncio.Event) -> list[Route]:
    """The route of health; 200 when everything serves, else 503, with a word for each part."""

    async def healthz(request: Request) -> Response:
        registry, dispatcher = await asyncio.gather(_serves(backends.registry), _serves(backends.dispatcher))
        states = {"gateway": not draining.is_set(), "registry": registry, "dispatcher": dispatcher}
        words = {name: _WORDS[state] for name, state in states.items()}
        return json_answer(words, 200 if all(states.values()) else 503, {"cache-control": "no-store"})

    return [Route("/healthz", healthz)]


async def _serves(channel: grpc.aio.Channel) -> bool:
    try:
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=_SECONDS)
    except grpc.aio.AioRpcError:
        return False
    return bool(answer.status == _SERVING)
