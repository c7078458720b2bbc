"""The standard health service, which also knows that a server drains.

Every service and the server as a whole (the name "") share one status: they stand on one store.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import structlog
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hookline_runtime.draining import draining_error
from hookline_runtime.errors import NotFound

_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN

_log = structlog.get_logger(__name__)


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]  # grpc_health ships no types
    """Serves until told otherwise; once it drains, never again."""

    def __init__(self, services: Iterable[str]) -> None:
        self._services = frozenset({"", *services})
        self._serving = True
        self._draining = False
        self._changed = asyncio.Event()

    @property
    def serving(self) -> bool:
        """Whether requests are welcome."""
        return self._serving

    def set(self, serving: bool, reason: str = "") -> None:
        """Tells all who watch; without effect once the server drains."""
        if self._draining or serving == self._serving:
            return
        self._serving = serving
        _log.info("health changed", serving=serving, reason=reason)
        self._wake()

    def drain(self) -> None:
        """Turns to NOT_SERVING for good and ends the watches, so that nobody waits for them."""
        self.set(False, "draining")
        self._draining = True
        self._wake()

    async def Check(self, request: Any, context: Any) -> Any:
        """The status of one service."""
        if request.service not in self._services:
            raise NotFound("this server has no such service")
        return health_pb2.HealthCheckResponse(status=self._status(request.service))

    async def List(self, request: Any, context: Any) -> Any:
        """The status of every service."""
        response = health_pb2.HealthListResponse()
        for service in self._services:
            response.statuses[service].status = self._status(service)
        return response

    async def Watch(self, request: Any, context: Any) -> AsyncIterator[Any]:
        """The status of one service, and each change of it."""
        told = None
        while True:
            changed, draining = self._changed, self._draining
            status = self._status(request.service)
            if status != told:
                yield health_pb2.HealthCheckResponse(status=status)
                told = status
            if draining:
                raise draining_error()
            await changed.wait()

    def _status(self, service: str) -> int:
        if service not in self._services:
            return int(_UNKNOWN)
        return int(_SERVING if self._serving else _NOT_SERVING)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
