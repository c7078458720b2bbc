"""The door for metrics: ``/metrics`` in the text format of Prometheus, and ``/healthz``.

It runs in a thread of its own, so that it answers while the event loop is busy.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from hookline_runtime.listen import ListenError, split_address

REQUEST_SECONDS = 10.0


def new_registry() -> CollectorRegistry:
    """A registry that tells of the process and its garbage collection already; one per process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


class MetricsServer:
    """Serves ``registry`` on ``address`` ("host:port"; port 0 takes a free one).

    ``healthy`` is asked from another thread; it decides between 200 and 503 at ``/healthz``. With ``tls`` it speaks
    https and nothing else.
    """

    def __init__(
        self,
        address: str,
        registry: CollectorRegistry,
        healthy: Callable[[], bool] = lambda: True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._address = address
        self._tls = tls
        self._app = _app(make_wsgi_app(registry), healthy)
        self._server: ThreadingWSGIServer | None = None

    @property
    def bound_port(self) -> int:
        """The port that is listened on; 0 before the start."""
        return self._server.server_port if self._server else 0

    def start(self) -> None:
        """Listens and serves.

        Raises:
            ListenError: the address cannot be listened on.
        """
        host, port = split_address(self._address)
        try:
            server = make_server(host, port, self._app, _family(host), handler_class=_Request)
        except OSError as error:
            raise ListenError(self._address, error.strerror or str(error)) from error
        if self._tls is not None:
            # Hands are shaken as a request is read, in its thread and its time: others are not held up.
            server.socket = self._tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        self._server = server
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()

    async def stop(self) -> None:
        """Stops listening."""
        server, self._server = self._server, None
        if server is not None:
            await asyncio.to_thread(server.shutdown)
            server.server_close()


def _family(host: str) -> type[ThreadingWSGIServer]:
    class Server(ThreadingWSGIServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Says nothing of callers that go away, or that speak no TLS; of anything else what a bug deserves."""
            if not isinstance(sys.exception(), OSError):
                super().handle_error(request, client_address)

    return Server


class _Request(WSGIRequestHandler):
    timeout = REQUEST_SECONDS

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: a line per scrape helps nobody."""


def _app(metrics: Callable[..., Any], healthy: Callable[[], bool]) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            response: Iterable[bytes] = metrics(environ, start_response)
            return response
        status, body = ("404 Not Found", b"try /metrics or /healthz\n")
        if path == "/healthz":
            status, body = ("200 OK", b"ok\n") if healthy() else ("503 Service Unavailable", b"not serving\n")
        start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    return app
