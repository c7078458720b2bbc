"""The rooms of one dispatcher, put together around an open store: who is told what, and by whom."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from hookline.dispatcher.v1 import (
    campaign_stats_service_pb2_grpc,
    delivery_service_pb2_grpc,
    event_service_pb2_grpc,
    log_service_pb2_grpc,
    object_service_pb2_grpc,
    plugin_service_pb2_grpc,
    preview_service_pb2_grpc,
    route_service_pb2_grpc,
    stats_service_pb2_grpc,
    target_service_pb2_grpc,
)
from prometheus_client import CollectorRegistry

from hookline_runtime.access import Access
from hookline_runtime.channels import ServerLimits, open_channel
from hookline_runtime.clock import SystemClock
from hookline_runtime.egress.policy import Policy
from hookline_runtime.logs import LEVELS, PlainLines
from hookline_runtime.plugins import PluginHost
from hookline_runtime.server import GrpcServer, Service
from hookline_runtime.tls.of_settings import Transport
from hookline_runtime.vault.vault import Vault

from .activity.book import ActivityBook
from .api.attempts_view import AttemptsView
from .api.campaign_stats_service import CampaignStatsService
from .api.delivery_service import DeliveryService
from .api.event_service import EventService
from .api.explain import Explainer
from .api.glances import Glances
from .api.log_service import LogService
from .api.noting import Noting
from .api.object_service import ObjectService
from .api.plugin_service import DispatcherPluginService
from .api.preview_service import PreviewService
from .api.previewed_settings import SettingsReader
from .api.route_service import RouteService
from .api.stats_service import StatsService
from .api.target_service import TargetService
from .api.watch import WatchHub
from .config.audit_outbox import AuditOutbox
from .config.cache import ConfigCache
from .config.keys import ReplicaKeys
from .config.replica import Replica
from .config.triggers import FindSource
from .core.retry import TargetGone
from .delivery.attempt import Attempter
from .delivery.attempt_log import AttemptLog
from .delivery.authorizing import Authorizing
from .delivery.previewing import Previewer
from .delivery.rendering import Renderer
from .delivery.send_test import Tester
from .delivery.settling import Settling
from .delivery.supply import make_sender
from .delivery.tokens import Tokens
from .delivery.webhook_templates import WebhookTemplates
from .delivery.worker import Worker
from .ingest.failures import TriggerFailures
from .ingest.ingest import Ingest
from .ingest.operational import Announcer
from .ingest.rates import PublishRates
from .metrics import Metrics
from .routes.rehearsing import Rehearser
from .routes.router import Router
from .sender.guard import Guard
from .sender.name_servers import NameServers
from .sender.proxy import Proxy
from .settings import DispatcherSettings
from .store.keeper import Keeper, Told
from .store.model import QueueFigures, Settlement
from .store.protocol import Store
from .store.routing import RouteFigures


class Rooms:
    """Everything that works on one store, wired up and not yet started."""

    def __init__(
        self,
        settings: DispatcherSettings,
        store: Store,
        metrics: Metrics,
        activity: ActivityBook,
        registry: CollectorRegistry,
        plugins: PluginHost,
        vault: Vault,
        transport: Transport,
    ) -> None:
        service_key = settings.service_key.get_secret_value()
        self.clock = SystemClock()
        self.store = store
        self.plugins = plugins
        self.draining = asyncio.Event()
        self._metrics, self._activity = metrics, activity
        self._stored = settings.bounds.stored
        self.name_servers = NameServers(settings.name_servers)
        guard = Guard(settings.egress, resolver=self.name_servers.addresses)
        proxy = Proxy(settings.proxy, self.name_servers.addresses) if settings.proxy else None
        self.sender = make_sender(guard, settings.dispatcher_transport, proxy)
        self.tokens = Tokens(self.sender)
        self._authorizing = Authorizing(self.sender, self.tokens)
        self.channel = open_channel(settings.dispatcher_registry, transport.others)
        failures = TriggerFailures(metrics.trigger_failed)
        metrics.trigger_sources(source.name for source in plugins.trigger_sources)
        self.cache = ConfigCache(store, plugins.trigger_source, failures.heard)
        self.keys = ReplicaKeys(self.channel, service_key, self.clock, settings.max_staleness)
        self.audit = AuditOutbox(self.channel, service_key, store)
        self.replica = Replica(self.channel, service_key, store, self.cache, self.keys, self.clock, vault=vault)
        self._renderer = Renderer(
            plugins.encoder_for, WebhookTemplates(plugins), foreign=bool(plugins.aparts), vault=vault
        )
        self._log = AttemptLog(PlainLines("info") if LEVELS[settings.log_level] <= LEVELS["info"] else None)
        self.hub = WatchHub(store, store.installation)
        self.settling = Settling(store, self._settled)
        self.worker = Worker(store, self._attempter(settings), self.settling, self.clock, settings.caps.total)
        metrics.read(lambda: self.worker.in_flight, lambda: self.replica.staleness)
        self.ingest = self._ingesting(settings, failures)
        self.router = self._routing(settings, failures)
        self.announcer = Announcer(store, self.cache, self.ingest)
        told = Told(self._cancelled, self._measured, self._healthy)
        self.keeper = Keeper(store, told, self.clock, settings.keep_delivered, settings.keep_failed)
        self.server = self._serving(settings, guard, registry, transport)

    def _ingesting(self, settings: DispatcherSettings, failures: TriggerFailures) -> Ingest:
        return Ingest(
            self.store,
            self.cache,
            self.worker.take,
            self._metrics.ingested,
            self.clock,
            settings.bounds,
            failures.heard,
            PublishRates(settings.publish_rate),
        )

    def _routing(self, settings: DispatcherSettings, failures: TriggerFailures) -> Router:
        return Router(
            self.store,
            self.cache,
            self.plugins.trigger_source,
            self.worker.take,
            self.clock,
            failures.heard,
            self._routes,
            settings.bounds.deliveries,
        )

    def _serving(
        self, settings: DispatcherSettings, guard: Guard, registry: CollectorRegistry, transport: Transport
    ) -> GrpcServer:
        return GrpcServer(
            settings.dispatcher_address,
            [*self._services(self.plugins.trigger_source), self._previews(settings.egress, guard)],
            Access(self.keys, settings.service_key.get_secret_value(), self.clock),
            registry=registry,
            limits=ServerLimits(
                max_concurrent_rpcs=settings.max_concurrent_rpcs, wrong_keys_per_minute=settings.wrong_keys_per_minute
            ),
            credentials=transport.rpc,
            draining=self.draining,
            around=Noting(self.store, self.clock).around,
        )

    def _attempter(self, settings: DispatcherSettings) -> Attempter:
        return Attempter(
            targets=self.cache,
            renderer=self._renderer,
            sender=self.sender,
            authorizing=self._authorizing,
            installation=self.store.installation,
            schedule=settings.schedule,
            clock=self.clock,
            random=random.random,
            log=self._log,
        )

    def _services(self, find_source: FindSource) -> list[Service]:
        view = AttemptsView(self.store, self.cache, self._renderer)
        tester = Tester(self._renderer, self.sender, self._authorizing, self.clock, self._log)
        rehearser = Rehearser(self.store, self.cache, find_source, self.router.spending)
        explainer = Explainer(self.cache, self._renderer, rehearser, self.clock)
        events = EventService(
            self.ingest, self.store, explainer, self.replica.wait_for, self.keys, self.clock, self.draining
        )
        deliveries = DeliveryService(self.store, view, self.hub, self.cache, self.keys, self.clock, self.draining)
        targets = TargetService(self.store, self.cache, tester, self._switched, self.clock)
        glances = Glances(self.store, self.clock)
        overviews = StatsService(
            glances, self._activity, self.cache, self.keys, self.clock, self.draining, self._stored
        )
        stats = CampaignStatsService(self.store, self.cache)
        routes = RouteService(self.store, self.cache)
        return [
            (event_service_pb2_grpc.add_EventServiceServicer_to_server, events),
            (delivery_service_pb2_grpc.add_DeliveryServiceServicer_to_server, deliveries),
            (
                log_service_pb2_grpc.add_LogServiceServicer_to_server,
                LogService(self.store, view, self.store.installation),
            ),
            (target_service_pb2_grpc.add_TargetServiceServicer_to_server, targets),
            (campaign_stats_service_pb2_grpc.add_CampaignStatsServiceServicer_to_server, stats),
            (stats_service_pb2_grpc.add_StatsServiceServicer_to_server, overviews),
            (route_service_pb2_grpc.add_RouteServiceServicer_to_server, routes),
            (object_service_pb2_grpc.add_ObjectServiceServicer_to_server, ObjectService(self.store, self.cache)),
            (
                plugin_service_pb2_grpc.add_DispatcherPluginServiceServicer_to_server,
                DispatcherPluginService(self.plugins),
            ),
        ]

    def _previews(self, egress: Policy, guard: Guard) -> Service:
        reader = SettingsReader(self.plugins, egress)
        previewer = Previewer(self.plugins, guard, self.clock)
        service = PreviewService(self.store, self.cache, reader, previewer, self.replica.wait_for, self.clock)
        return preview_service_pb2_grpc.add_PreviewServiceServicer_to_server, service

    def _settled(self, settlements: Sequence[Settlement]) -> None:
        self.worker.settled(settlements)
        self._metrics.settled(settlements, self.clock.now())
        self._activity.settled(settlements)
        self.hub.wake()
        if any(isinstance(each.decision, TargetGone) for each in settlements):
            self._switched()

    def _switched(self) -> None:
        self.announcer.wake()
        self.keeper.wake()

    def _cancelled(self, number: int) -> None:
        self.hub.wake()

    def _measured(self, figures: QueueFigures) -> None:
        self._metrics.queue(figures, self.clock.now())

    def _routes(self, figures: RouteFigures) -> None:
        self._metrics.routes(figures, self.clock.now())

    def _healthy(self, healthy: bool) -> None:
        self.server.set_serving(healthy, "" if healthy else "the store fails")
