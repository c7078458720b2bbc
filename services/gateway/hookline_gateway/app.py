"""The parts of the door put together as one ASGI application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hookline_gateway import bin as request_bin
from hookline_gateway import console, health, json_api, ontraport, openapi
from hookline_gateway.answers import failure_answer
from hookline_gateway.backends import Backends
from hookline_gateway.bodies import BodyLimits
from hookline_gateway.calls import Calls
from hookline_gateway.content_coding import GzipWhereTaken
from hookline_gateway.crowd import Crowd
from hookline_gateway.http_metrics import HttpMetrics
from hookline_gateway.observing import Observing
from hookline_gateway.refusals import HttpRefusal, NoSuchMethod, NoSuchRoute
from hookline_gateway.settings import GatewaySettings
from hookline_gateway.statuses import CallFailed, failure_of
from hookline_runtime.errors import HooklineError

_SMALLEST_GZIP = 1024
# A third of the time of level 5 for a sixth more bytes; what the pages load is compressed when they are built.
_GZIP_LEVEL = 1
# Lines of acks go out as they come; compressed they would wait for each other.
_NEVER_GZIP = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/x-ndjson")
_ASKED_HEADERS = (
    "api-key",
    "api-appid",
    "content-type",
    "if-match",
    "if-none-match",
    "last-event-id",
    "x-request-id",
)
_SHOWN_HEADERS = (
    "etag",
    "retry-after",
    "x-request-id",
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
)


def application(
    backends: Backends,
    settings: GatewaySettings,
    draining: asyncio.Event,
    metrics: CollectorRegistry,
    bins: request_bin.BinStore | None,
    pages: Path = console.STATIC,
) -> Starlette:
    """The whole door; ``draining`` ends its streams once it is set.

    There are bins where ``bins`` keeps them; the console's pages lie in ``pages``.
    """
    app = Starlette(
        routes=[*_parts(backends, settings, draining, bins, pages), *console.page_routes(pages)],
        middleware=_around(settings, metrics),
        exception_handlers={
            HTTPException: _unrouted(console.Pages(pages)),
            HooklineError: _refused,
            CallFailed: _refused,
        },
    )
    # A path with a slash too many is another path, not one to be sent elsewhere.
    app.router.redirect_slashes = False
    return app


def _parts(
    backends: Backends,
    settings: GatewaySettings,
    draining: asyncio.Event,
    bins: request_bin.BinStore | None,
    pages: Path,
) -> Sequence[BaseRoute]:
    """Every part of the door, each a list of routes."""
    limits = BodyLimits(settings.body_bytes, settings.gateway_body_seconds)
    calls = Calls(backends, settings.gateway_rpc_seconds)
    sessions = console.Sessions(settings.session_key(), settings.session_seconds, time.time)
    keys_of = console.session_or_header_keys(sessions)
    return [
        *health.routes(backends, draining),
        *openapi.routes(bins=bins is not None),
        *json_api.routes(calls, limits, keys_of, draining, _streams(settings)),
        *request_bin.routes(
            bins, calls, limits, keys_of, draining, settings.gateway_public_url, console.Pages(pages).document
        ),
        *ontraport.routes(calls, limits, per_minute=settings.requests_per_minute),
        *console.sign_in_routes(
            calls,
            sessions,
            wrong_per_minute=settings.gateway_wrong_sign_ins_per_minute,
            body_seconds=settings.gateway_body_seconds,
        ),
    ]


def _streams(settings: GatewaySettings) -> Crowd:
    # Whoever asks for what does not last finds a quarter of all places free of streams.
    most = max(1, settings.gateway_max_concurrent_requests * 3 // 4)
    return Crowd(settings.gateway_streams_per_key, most, "too many streams are open")


def _around(settings: GatewaySettings, metrics: CollectorRegistry) -> Sequence[Middleware]:
    """What every request passes on its way in, the outermost first."""
    around = [
        Middleware(Observing, metrics=HttpMetrics(metrics), most_at_once=settings.gateway_max_concurrent_requests)
    ]
    if settings.cors_origins:
        around.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=("GET", "POST", "PATCH", "PUT", "DELETE"),
                allow_headers=_ASKED_HEADERS,
                expose_headers=_SHOWN_HEADERS,
            )
        )
    around.append(
        Middleware(
            GzipWhereTaken,
            minimum_size=_SMALLEST_GZIP,
            compresslevel=_GZIP_LEVEL,
            exclude_content_types=_NEVER_GZIP,
        )
    )
    return around


async def _refused(request: Request, error: Exception) -> Response:
    return failure_answer(failure_of(error))


def _unrouted(pages: console.Pages) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Answers what starlette itself refuses: a path or a method that no route has."""

    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        refusal: HttpRefusal
        match error.status_code:
            case 404:
                if (page := pages.nothing(request)) is not None:
                    return page
                refusal = NoSuchRoute("nothing has this path")
            case 405:
                refusal = NoSuchMethod(f"{request.method} is not among the methods of this path", headers=error.headers)
            case _:
                refusal = HttpRefusal(error.detail)
        return failure_answer(failure_of(refusal))

    return answer
