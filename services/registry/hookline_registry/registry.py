"""The registry as one thing that starts and stops: database, servicers, server and background work."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from hookline.registry.v1 import (
    account_pb2_grpc,
    audit_pb2_grpc,
    campaign_pb2_grpc,
    config_pb2_grpc,
    form_pb2_grpc,
    global_rule_pb2_grpc,
    object_type_pb2_grpc,
    plugin_pb2_grpc,
    subscription_pb2_grpc,
    trigger_pb2_grpc,
    webhook_pb2_grpc,
)
from prometheus_client import CollectorRegistry

from hookline_registry import audit_entries, feed, idempotency, sealing
from hookline_registry.account_service import AccountService
from hookline_registry.audit_service import AuditService
from hookline_registry.auditing import audited
from hookline_registry.campaign_service import CampaignService
from hookline_registry.config_service import ConfigService
from hookline_registry.database import Database, Transaction
from hookline_registry.form_service import FormService
from hookline_registry.global_rule_service import GlobalRuleService
from hookline_registry.key_finder import StoredKeys
from hookline_registry.key_use import KeyUse
from hookline_registry.object_type_service import ObjectTypeService
from hookline_registry.plugin_service import PluginService
from hookline_registry.settings import Settings
from hookline_registry.store_health import StoreHealth
from hookline_registry.subscription_rules import Installation
from hookline_registry.subscription_service import SubscriptionService
from hookline_registry.trigger_service import TriggerService
from hookline_registry.webhook_service import WebhookService
from hookline_runtime.access import Access
from hookline_runtime.channels import ServerLimits
from hookline_runtime.clock import Clock, SystemClock
from hookline_runtime.errors import Unavailable
from hookline_runtime.isolation.metrics import PluginCollector
from hookline_runtime.metrics import new_registry
from hookline_runtime.plugins import PluginHost
from hookline_runtime.sealing_keys import tell, vault_of
from hookline_runtime.server import GrpcServer, Service
from hookline_runtime.tls.of_settings import Transport, transport_of

_log = structlog.get_logger(__name__)


class Registry:
    """A registry that serves."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        metrics: CollectorRegistry,
        draining: asyncio.Event,
        transport: Transport,
    ) -> None:
        self.database = database
        database.around = audited
        self.host = PluginHost.load(settings.isolation)
        PluginCollector(self.host.aparts, metrics)
        self.metrics = metrics
        self.metrics_tls = transport.metrics
        self._settings = settings
        self._use = KeyUse(database, round(settings.registry_key_use_seconds * 1_000_000))
        access = Access(
            StoredKeys(database, self._use),
            settings.service_key.get_secret_value() if settings.service_key else None,
            clock,
        )
        self._server = GrpcServer(
            settings.registry_address,
            self._services(draining),
            access,
            registry=metrics,
            limits=ServerLimits(
                max_concurrent_rpcs=settings.max_concurrent_rpcs, wrong_keys_per_minute=settings.wrong_keys_per_minute
            ),
            credentials=transport.rpc,
            draining=draining,
        )
        self._health = StoreHealth(database, self._server.set_serving, settings.registry_probe_seconds)
        self._work: list[asyncio.Task[None]] = []

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.bound_port

    @property
    def serving(self) -> bool:
        """Whether health says SERVING."""
        return self._server.serving

    async def serve(self) -> None:
        """Listen, and begin the background work."""
        await self._server.start()
        settings = self._settings
        every = (
            _every(settings.registry_poll_seconds, self.database.poll),
            _every(max(settings.registry_key_use_seconds / 6, 0.01), self._use.flush),
            _every(settings.registry_compact_seconds, self._compact),
            self._health.run(),
        )
        self._work = [asyncio.create_task(work) for work in every]

    async def stop(self, grace: float | None = None) -> None:
        """Drain, write what is noted, and close the database."""
        await self._server.drain(self._settings.registry_drain_seconds if grace is None else grace)
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        try:
            await self._use.flush(everything=True)
        except Unavailable as error:
            _log.warning("last uses of keys are lost", reason=error.message)
        self.host.close()
        await self.database.close()

    def _services(self, draining: asyncio.Event) -> list[Service]:
        host = self.host
        installation = Installation(_serves(host), self._settings.egress, self._settings.registry_max_targets)
        subscriptions = SubscriptionService(self.database, installation)
        webhooks = WebhookService(self.database, installation, host)
        rules = GlobalRuleService(self.database, installation, host, self._settings.registry_max_definitions)
        forms = FormService(self.database, host, self._settings.registry_max_definitions)
        campaigns = CampaignService(self.database, host, self._settings.registry_max_definitions)
        triggers = TriggerService(self.database, host, self._settings.registry_max_definitions)
        object_types = ObjectTypeService(self.database, self._settings.registry_max_object_types)
        config = ConfigService(self.database, self._use, draining)
        return [
            (account_pb2_grpc.add_AccountServiceServicer_to_server, AccountService(self.database)),
            (object_type_pb2_grpc.add_ObjectTypeServiceServicer_to_server, object_types),
            (subscription_pb2_grpc.add_SubscriptionServiceServicer_to_server, subscriptions),
            (webhook_pb2_grpc.add_WebhookServiceServicer_to_server, webhooks),
            (global_rule_pb2_grpc.add_GlobalRuleServiceServicer_to_server, rules),
            (form_pb2_grpc.add_FormServiceServicer_to_server, forms),
            (campaign_pb2_grpc.add_CampaignServiceServicer_to_server, campaigns),
            (trigger_pb2_grpc.add_TriggerServiceServicer_to_server, triggers),
            (plugin_pb2_grpc.add_PluginServiceServicer_to_server, PluginService(host)),
            (audit_pb2_grpc.add_AuditServiceServicer_to_server, AuditService(self.database)),
            (config_pb2_grpc.add_ConfigServiceServicer_to_server, config),
        ]

    async def _compact(self) -> None:
        async def work(transaction: Transaction) -> None:
            kept = round(self._settings.registry_tombstone_days * 86_400 * 1_000_000)
            await feed.compact(transaction, transaction.now - kept)
            await idempotency.forget(transaction)
            if days := self._settings.registry_audit_days:
                await audit_entries.forget(transaction, transaction.now - round(days * 86_400 * 1_000_000))

        await self.database.write(work)


async def start(settings: Settings, clock: Clock | None = None) -> Registry:
    """Open the database, bring its schema up to date, and serve.

    Raises ListenError when the address cannot be listened on, ValueError for settings that cannot be read,
    SettingsError for keys and certificates that cannot, and for plain text where it may not be, KeyMissing when the
    database is sealed under others.
    """
    clock = clock or SystemClock()
    transport = transport_of(settings, "registry")
    vault = vault_of(settings)
    database = await Database.open(settings.registry_database, clock, settings.registry_busy_seconds, vault)
    try:
        tell(await sealing.settle(database), sealing.STORE)
        registry = Registry(settings, database, clock, new_registry(), asyncio.Event(), transport)
    except BaseException:
        await database.close()
        raise
    try:
        await registry.serve()
    except BaseException:
        registry.host.close()
        await database.close()
        raise
    return registry


def _serves(host: PluginHost) -> Callable[[str], bool]:
    return lambda media_type: host.encoder_for(media_type) is not None


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do some work now and again; a store that fails is seen by the health watch, and the work comes round again."""
    while True:
        try:
            await work()
        except Unavailable as error:
            _log.warning("background work failed", reason=error.message)
        except Exception as error:
            _log.error("background work failed", exc_info=error)
        await asyncio.sleep(seconds)
