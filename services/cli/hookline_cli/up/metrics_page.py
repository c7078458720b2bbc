"""The page that shows the metrics of all services, and whether they are healthy."""

import asyncio
import json
from collections.abc import Sequence

import httpx

from hookline_cli.address import Address
from hookline_cli.http_server import HttpServer, Request, Response
from hookline_cli.up.child import Child
from hookline_cli.up.layout import Layout
from hookline_cli.up.merging import merged
from hookline_cli.up.readiness import serving
from hookline_cli.up.readiness_by_http import serving_http

_SCRAPE_SECONDS = 3.0


class MetricsPage:
    """Serves /metrics and /healthz on the layout's metrics address; an asynchronous context manager."""

    def __init__(self, layout: Layout, children: Sequence[Child]) -> None:
        self._layout = layout
        self._encryption = layout.encryption
        self._children = children
        self._server = HttpServer(self._answer, layout.metrics)

    async def __aenter__(self) -> "MetricsPage":
        # The pages are on this machine: a proxy of the environment has no part in it.
        verify = self._encryption.http(self._encryption.services)
        self._client = httpx.AsyncClient(timeout=_SCRAPE_SECONDS, trust_env=False, verify=verify)
        await self._server.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._server.close()
        await self._client.aclose()

    @property
    def address(self) -> Address:
        """Where it listens."""
        return self._server.address

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(405, {"allow": "GET, HEAD"})
        match request.path:
            case "/metrics":
                return await self._metrics()
            case "/healthz":
                return await self._health()
            case _:
                return Response(404, {"content-type": "text/plain"}, b"/metrics or /healthz\n")

    async def _metrics(self) -> Response:
        pages = await asyncio.gather(*(self._scrape(child) for child in self._children))
        names = [child.name for child in self._children]
        restarts = {child.name: child.restarts for child in self._children}
        body = merged(dict(zip(names, pages, strict=True)), restarts)
        return Response(200, {"content-type": "text/plain; version=0.0.4; charset=utf-8"}, body)

    async def _scrape(self, child: Child) -> str | None:
        if not child.alive:
            return None
        try:
            response = await self._client.get(self._layout.metrics_url(child.name))
        except httpx.HTTPError:
            return None
        return response.text if response.status_code == 200 else None

    async def _serving(self, name: str) -> bool:
        if name == "gateway":
            return await serving_http(self._layout.http_url, self._encryption.http(self._encryption.gateway))
        return await serving(self._layout.grpc_address(name), self._encryption.rpc())

    async def _health(self) -> Response:
        names = [child.name for child in self._children]
        states = await asyncio.gather(*map(self._serving, names))
        words = {name: "SERVING" if state else "NOT_SERVING" for name, state in zip(names, states, strict=True)}
        body = json.dumps(words).encode() + b"\n"
        return Response(200 if all(states) else 503, {"content-type": "application/json"}, body)
