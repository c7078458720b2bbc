"""A gRPC server as every service runs it: health, reflection, access, limits, and a drain.

A drain goes in three steps: health says NOT_SERVING, so that nobody new comes; ``draining`` is set,
so that long streams end themselves with UNAVAILABLE; then whatever is left has the grace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import grpc.aio
import structlog
from grpc_health.v1 import health_pb2_grpc
from prometheus_client import CollectorRegistry

from hookline_runtime import reflection
from hookline_runtime.access import Access
from hookline_runtime.channels import ServerLimits, server_options
from hookline_runtime.health import Health
from hookline_runtime.interceptor import Around, Handler, RpcInterceptor
from hookline_runtime.listen import ListenError, probe
from hookline_runtime.rpc_metrics import RpcMetrics

Service = tuple[Callable[[Any, Any], None], object]
"""A generated ``add_XServicer_to_server`` and the servicer."""

_log = structlog.get_logger(__name__)


class GrpcServer:
    """Serves ``services`` on ``address`` ("host:port"; port 0 takes a free one).

    ``draining`` may be made before and be given to servicers as well. ``around`` does the work of calls that may change
    something. Each service, and each of ``health_names``, has a health status.
    """

    def __init__(
        self,
        address: str,
        services: Sequence[Service],
        access: Access,
        *,
        registry: CollectorRegistry,
        health_names: Sequence[str] = (),
        limits: ServerLimits | None = None,
        credentials: grpc.ServerCredentials | None = None,
        draining: asyncio.Event | None = None,
        around: Around[Any] | None = None,
    ) -> None:
        self._address = address
        self._limits = limits or ServerLimits()
        self._credentials = credentials
        self._server: grpc.aio.Server | None = None
        self._bound_port = 0
        self.draining = draining or asyncio.Event()
        handlers = _handlers(services)
        self._health = Health([*handlers, *health_names])
        handlers |= _handlers([(health_pb2_grpc.add_HealthServicer_to_server, self._health)])
        handlers |= reflection.services(handlers)
        self._handlers = handlers
        self._interceptor = RpcInterceptor(access, RpcMetrics(registry), self._limits, around)
        for service, methods in handlers.items():
            self._interceptor.add(service, methods)

    @property
    def bound_port(self) -> int:
        """The port that is listened on; 0 before the start."""
        return self._bound_port

    @property
    def serving(self) -> bool:
        """Whether health says SERVING and the server has started."""
        return self._server is not None and self._health.serving

    async def start(self) -> None:
        """Listens and serves.

        Raises:
            ListenError: the address cannot be listened on.
        """
        server = grpc.aio.server(
            interceptors=[self._interceptor],
            options=server_options(self._limits),
            maximum_concurrent_rpcs=self._limits.most_calls,
        )
        for service, methods in self._handlers.items():
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))
        self._bound_port = self._bind(server)
        await server.start()
        self._server = server
        _log.info("listening", address=self._address, port=self._bound_port)

    def set_serving(self, serving: bool, reason: str = "") -> None:
        """Sets health, for people and for load balancers; requests are served all the same."""
        self._health.set(serving, reason)

    async def drain(self, grace: float) -> None:
        """Stops: what is under way has ``grace`` seconds to end by itself. Then it is cancelled."""
        self._health.drain()
        self.draining.set()
        if self._server is not None:
            await self._server.stop(grace)
            self._server = None

    def _bind(self, server: grpc.aio.Server) -> int:
        probe(self._address)
        try:
            if self._credentials is None:
                return server.add_insecure_port(self._address)
            return server.add_secure_port(self._address, self._credentials)
        except RuntimeError as error:
            raise ListenError(self._address, "gRPC cannot listen on it") from error


def _handlers(services: Sequence[Service]) -> dict[str, dict[str, Handler]]:
    """The method handlers of each service, by its full name."""
    recorder = _Recorder()
    for add, servicer in services:
        add(servicer, recorder)
    return recorder.handlers


class _Recorder:
    """Stands in for a server when generated code registers handlers."""

    def __init__(self) -> None:
        self.handlers: dict[str, dict[str, Handler]] = {}

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Any) -> None:
        """The same handlers once more."""

    def add_registered_method_handlers(self, service_name: str, method_handlers: dict[str, Handler]) -> None:
        """Notes the handlers of a service."""
        self.handlers[service_name] = method_handlers
