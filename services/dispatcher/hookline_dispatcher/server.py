"""A whole dispatcher: started, drained and stopped in order.

It serves as soon as its store is open; the registry may come later. A drain loses nothing that was acked: what is in
flight finishes or is settled as unknown, what has not begun goes back to its lane.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from hookline_runtime.clock import SystemClock
from hookline_runtime.isolation.metrics import PluginCollector
from hookline_runtime.memory import give_back
from hookline_runtime.metrics import MetricsServer, new_registry
from hookline_runtime.plugins import PluginHost
from hookline_runtime.sealing_keys import tell, vault_of
from hookline_runtime.tls.of_settings import transport_of

from .activity.book import ActivityBook
from .config.sealing import renewed_body
from .forever import forever
from .metrics import Metrics
from .rooms import Rooms
from .settings import DispatcherSettings
from .store.happened import Happened
from .store.sqlite.sealing import STORE, Sealing, settle_file
from .store.sqlite.settle import Rules
from .store.sqlite.store import Options, SqliteStore
from .store.sqlite.writer import Observe

STORE_FILE = "dispatcher.db"
RPC_SECONDS = 2.0
"""How long calls that are under way may go on once the attempts have ended, and the audit log may be told for."""
SETTLE_SECONDS = 5.0
"""How long, at the end, outcomes may take to be committed."""

_log = structlog.get_logger(__name__)


class Dispatcher:
    """A running dispatcher; made by ``start``."""

    def __init__(self, rooms: Rooms, metrics: MetricsServer | None, drain_seconds: float) -> None:
        self._rooms = rooms
        self._metrics = metrics
        self._drain_seconds = drain_seconds
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port of the gRPC server."""
        return self._rooms.server.bound_port

    @property
    def metrics_port(self) -> int:
        """The port of the metrics; 0: they are not served."""
        return self._metrics.bound_port if self._metrics else 0

    @property
    def installation(self) -> str:
        """What tells this installation's webhook ids and watch tokens from others'."""
        return self._rooms.store.installation

    @property
    def known_revision(self) -> int:
        """The revision of the configuration that is known here."""
        return self._rooms.replica.known_revision

    async def drain(self) -> None:
        """Ends politely within the drain's seconds: health, streams, attempts in flight, outcomes; then stops."""
        await self._end(self._drain_seconds)

    async def stop(self) -> None:
        """Ends at once; attempts in flight are broken off and settled as unknown."""
        await self._end(0)

    async def _begin(self) -> None:
        rooms = self._rooms
        await rooms.replica.start()
        rooms.settling.start()
        rooms.worker.start()
        background = (
            rooms.router.run,
            rooms.keeper.run,
            rooms.announcer.run,
            rooms.keys.report,
            rooms.audit.run,
            give_back,
        )
        self._tasks = [asyncio.create_task(forever(run)) for run in background]
        if self._metrics is not None:
            self._metrics.start()
        await rooms.server.start()

    async def _end(self, seconds: float) -> None:
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._drain_and_close(seconds))
        await asyncio.shield(self._stopping)

    async def _drain_and_close(self, seconds: float) -> None:
        rooms = self._rooms
        async with contextlib.AsyncExitStack() as last:
            last.push_async_callback(_quietly, rooms.store.close)
            last.push_async_callback(_quietly, rooms.channel.close)
            last.push_async_callback(_quietly, rooms.replica.stop)
            last.push_async_callback(_quietly, rooms.name_servers.aclose)
            last.push_async_callback(_quietly, rooms.sender.aclose)
            last.push_async_callback(_quietly, rooms.tokens.aclose)
            last.callback(rooms.plugins.close)
            if self._metrics is not None:
                last.push_async_callback(_quietly, self._metrics.stop)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            # The server answers until the attempts have ended, so that whoever asks for its health is told.
            rooms.server.set_serving(False, "draining")
            rooms.draining.set()
            await rooms.worker.drain(seconds)
            await rooms.server.drain(min(seconds, RPC_SECONDS))
            await rooms.ingest.quiet()
            await self._settle()
            await rooms.keys.report_once()
            with contextlib.suppress(TimeoutError):  # what is left is in the store
                async with asyncio.timeout(RPC_SECONDS):
                    await rooms.audit.report()

    async def _settle(self) -> None:
        settling = self._rooms.settling
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                await settling.written()
        except TimeoutError:
            _log.warning("outcomes were not stored; the next start finds them unknown", count=settling.pending)
        await settling.stop()


async def start(settings: DispatcherSettings, plugins: PluginHost | None = None) -> Dispatcher:
    """A dispatcher that serves, with the plugins that are installed or those given. Logging is configured before.

    Raises:
        InUse: another dispatcher works on the same folder.
        SettingsError: a setting cannot be followed.
        ListenError: an address cannot be listened on.
        TooNew: the store is of a later version.
        KeyMissing: the store is sealed under a key that is not there.
        Unusable, StoreFailed: the store cannot be used.
    """
    transport = transport_of(settings, "dispatcher")
    registry = new_registry()
    metrics = Metrics(registry)
    activity = ActivityBook(SystemClock())
    rules = Rules(settings.schedule, settings.off_after)
    options = Options(caps=settings.caps, rules=rules, observe=_observer(metrics, activity))
    vault = vault_of(settings)
    file = settings.dispatcher_data.resolve() / STORE_FILE
    tell(await asyncio.to_thread(settle_file, file, Sealing(vault, renewed_body), SystemClock().now()), STORE)
    store = await SqliteStore.open(file, options)
    metrics.lost(store.lost)
    if store.lost:
        _log.warning(
            "attempts were closed as unknown: the dispatcher before this one stopped during them", count=store.lost
        )
    plugins = plugins or PluginHost.load(settings.isolation)
    try:
        PluginCollector(plugins.aparts, registry)
        rooms = Rooms(settings, store, metrics, activity, registry, plugins, vault, transport)
    except BaseException:
        plugins.close()
        await store.close()
        raise
    door = None
    if settings.dispatcher_metrics is not None:
        door = MetricsServer(settings.dispatcher_metrics, registry, lambda: rooms.server.serving, transport.metrics)
    dispatcher = Dispatcher(rooms, door, settings.dispatcher_drain_seconds)
    try:
        await dispatcher._begin()
    except BaseException:
        await dispatcher.stop()
        raise
    return dispatcher


def _observer(metrics: Metrics, activity: ActivityBook) -> Observe:
    """Hears of commits for both."""

    def observe(seconds: float, rows: int, called_off: int, happened: Happened) -> None:
        metrics.committed(seconds, rows, called_off)
        activity.happened(happened)

    return observe


async def _quietly(end: Callable[[], Awaitable[object]]) -> None:
    """What ends badly does not keep the rest from ending."""
    try:
        await end()
    except Exception:
        _log.exception("a part of the dispatcher did not end well")
