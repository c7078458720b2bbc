"""A whole gateway: started, drained and stopped in order.

It serves as soon as it listens; registry and dispatcher may come later, and go and come again. A
drain ends the streams first, then stops listening and lets what is under way finish.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import structlog
import uvicorn
from starlette.types import ASGIApp

from hookline_gateway.app import application
from hookline_gateway.backends import Backends
from hookline_gateway.bin import BinLimits, BinStore
from hookline_gateway.bin.sealing import settle_file
from hookline_gateway.bounded_protocol import bounded
from hookline_gateway.console import STATIC
from hookline_gateway.settings import GatewaySettings
from hookline_runtime.listen import ListenError, split_address
from hookline_runtime.metrics import MetricsServer, new_registry
from hookline_runtime.sealing_keys import tell, vault_of
from hookline_runtime.tls.of_settings import http_server, rpc_client

_BACKLOG = 1024

_log = structlog.get_logger(__name__)


class Gateway:
    """A running gateway; made by ``start``."""

    def __init__(
        self,
        app: ASGIApp,
        backends: Backends,
        draining: asyncio.Event,
        settings: GatewaySettings,
        bins: BinStore | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._bins = bins
        self._backends = backends
        self._draining = draining
        self._socket = _listen(settings.gateway_address)
        self._server = _Server(app, settings, tls)
        self._serving: asyncio.Task[None] | None = None
        self.metrics: MetricsServer | None = None

    @property
    def port(self) -> int:
        """The port that is listened on."""
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def serving(self) -> bool:
        """Whether requests are taken."""
        return self._server.up.is_set() and not self._draining.is_set()

    async def drain(self) -> None:
        """Ends politely within the drain's seconds, then stops."""
        self._draining.set()
        self._server.should_exit = True
        try:
            if self._serving is not None:
                await self._serving
        finally:
            self._socket.close()
            if self.metrics is not None:
                await self.metrics.stop()
            await self._backends.close()
            if self._bins is not None:
                await self._bins.close()

    async def _begin(self) -> None:
        self._serving = asyncio.create_task(self._server.serve([self._socket]))
        ready = asyncio.create_task(self._server.up.wait())
        await asyncio.wait({ready, self._serving}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._serving.done():
            await self._serving
            raise RuntimeError("the HTTP server ended before it began")
        if self.metrics is not None:
            self.metrics.start()
        _log.info("listening", port=self.port)


async def start(settings: GatewaySettings, pages: Path = STATIC) -> Gateway:
    """A gateway that serves, with the console's pages out of a folder. Logging is configured before.

    Raises:
        ListenError: an address cannot be listened on.
        BinsUnusable: the file of the bins cannot be used.
        SettingsError: keys or certificates cannot be used, or plain text may not be where it would.
    """
    tls = http_server(settings, "gateway_address", "gateway_certificate_file", "gateway_key_file")
    metrics_tls = http_server(settings, "gateway_metrics")
    credentials = rpc_client(settings)
    registry = new_registry()
    draining = asyncio.Event()
    bins = _bins(settings) if settings.gateway_bin else None
    backends = Backends.connect(settings.gateway_registry, settings.gateway_dispatcher, credentials)
    try:
        app = application(backends, settings, draining, registry, bins, pages)
        gateway = Gateway(app, backends, draining, settings, bins, tls)
    except BaseException:
        await backends.close()
        if bins is not None:
            await bins.close()
        raise
    if settings.gateway_metrics is not None:
        gateway.metrics = MetricsServer(settings.gateway_metrics, registry, lambda: gateway.serving, metrics_tls)
    try:
        await gateway._begin()
    except BaseException:
        await gateway.drain()
        raise
    return gateway


def _bins(settings: GatewaySettings) -> BinStore:
    """The bins; what is in memory alone needs no key."""
    folder, limits = settings.gateway_data, BinLimits(settings.bin_bytes)
    if folder is None:
        return BinStore.open(None, limits)
    vault = vault_of(settings)
    tell(settle_file(folder, vault), "bins.db")
    return BinStore.open(folder, limits, vault=vault)


class _Server(uvicorn.Server):
    """uvicorn as a guest in this process: signals are the host's, and ``up`` says when it listens."""

    def __init__(self, app: ASGIApp, settings: GatewaySettings, tls: ssl.SSLContext | None) -> None:
        config = uvicorn.Config(
            app,
            http=bounded(settings.gateway_header_seconds, settings.gateway_body_seconds),
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            backlog=_BACKLOG,
            ssl_context_factory=None if tls is None else lambda config, default: tls,
            timeout_graceful_shutdown=max(1, round(settings.gateway_drain_seconds)),
        )
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(address: str) -> socket.socket:
    host, port = split_address(address)
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise ListenError(address, f"{host} is not known") from error
    # The protocol is named, for asyncio sends at once (TCP_NODELAY) only on sockets that say they are of TCP.
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
    except OSError as error:
        listening.close()
        raise ListenError(address, error.strerror or str(error)) from error
    return listening
