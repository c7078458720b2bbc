"""What a dispatcher can be told, from the environment; docs/settings.md lists every variable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from hookline_runtime.settings import Address, OptionalAddress, Settings

from .core.instants import DAY, SECOND
from .core.retry import Schedule
from .ingest.rates import Rate
from .ingest.room import Bounds
from .sender.name_servers import parse_servers
from .sender.proxy import ProxyAddress, parse_proxy
from .store.model import Caps


def _factory(text: str) -> str:
    module, colon, name = text.partition(":")
    if text and not (module and colon and name):
        raise ValueError("must be module:factory")
    return text


def _name_servers(text: str) -> str:
    parse_servers(text)
    return text


def _proxy(url: SecretStr | None) -> SecretStr | None:
    if url is not None and url.get_secret_value():
        parse_proxy(url.get_secret_value())
    return url


class DispatcherSettings(Settings):
    """The settings of one dispatcher. Times are in seconds or days, as their names say."""

    service_key: SecretStr = Field(min_length=1)
    """What the registry knows this service by."""
    dispatcher_address: Address = "127.0.0.1:7702"
    dispatcher_data: Path = Path("data")
    dispatcher_registry: Address = "127.0.0.1:7701"
    dispatcher_metrics: OptionalAddress = None
    egress_name_servers: Annotated[str, AfterValidator(_name_servers)] = ""
    egress_proxy: Annotated[SecretStr | None, AfterValidator(_proxy)] = None
    dispatcher_transport: Annotated[str, AfterValidator(_factory)] = ""
    dispatcher_retry_first_seconds: float = Field(default=5.0, ge=0.001, le=3600)
    dispatcher_retry_cap_seconds: float = Field(default=3600.0, ge=0.001, le=86400)
    dispatcher_in_flight: int = Field(default=1024, ge=1, le=100_000)
    dispatcher_in_flight_per_account: int = Field(default=512, ge=1, le=100_000)
    dispatcher_in_flight_per_target: int = Field(default=64, ge=1, le=100_000)
    dispatcher_in_flight_per_origin: int = Field(default=512, ge=1, le=100_000)
    dispatcher_waiting_events: int = Field(default=20_000, ge=1)
    dispatcher_waiting_megabytes: int = Field(default=64, ge=1)
    dispatcher_waiting_deliveries: int = Field(default=10_000_000, ge=1)
    dispatcher_publish_per_second: float = Field(default=0, ge=0, le=1_000_000)
    dispatcher_publish_burst: int = Field(default=10_000, ge=1)
    dispatcher_stored_megabytes: int = Field(default=0, ge=0)
    dispatcher_off_after_days: float = Field(default=5.0, gt=0, le=3650)
    dispatcher_keep_delivered_days: float = Field(default=2.0, gt=0, le=3650)
    dispatcher_keep_failed_days: float = Field(default=7.0, gt=0, le=3650)
    dispatcher_drain_seconds: float = Field(default=35.0, ge=0, le=3600)
    dispatcher_max_staleness_seconds: float = Field(default=900.0, ge=1)

    @property
    def name_servers(self) -> tuple[str, ...]:
        """Who is asked where names lead; empty: whom the system asks."""
        return parse_servers(self.egress_name_servers)

    @property
    def proxy(self) -> ProxyAddress | None:
        """The only way out, where there is one."""
        url = self.egress_proxy.get_secret_value() if self.egress_proxy else ""
        return parse_proxy(url) if url else None

    @property
    def schedule(self) -> Schedule:
        """The waits between attempts."""
        cap = round(self.dispatcher_retry_cap_seconds * SECOND)
        return Schedule(min(cap, round(self.dispatcher_retry_first_seconds * SECOND)), cap)

    @property
    def caps(self) -> Caps:
        """How many attempts may be in flight."""
        return Caps(
            self.dispatcher_in_flight,
            self.dispatcher_in_flight_per_account,
            self.dispatcher_in_flight_per_target,
            self.dispatcher_in_flight_per_origin,
        )

    @property
    def publish_rate(self) -> Rate:
        """How many events an account may publish."""
        return Rate(self.dispatcher_publish_per_second, self.dispatcher_publish_burst)

    @property
    def bounds(self) -> Bounds:
        """How much may wait."""
        return Bounds(
            self.dispatcher_waiting_events,
            self.dispatcher_waiting_megabytes * 1024 * 1024,
            self.dispatcher_waiting_deliveries,
            self.dispatcher_stored_megabytes * 1024 * 1024,
        )

    @property
    def off_after(self) -> int:
        """The span of nothing but failures that switches a target off."""
        return round(self.dispatcher_off_after_days * DAY)

    @property
    def keep_delivered(self) -> int:
        """How long what succeeded is kept."""
        return round(self.dispatcher_keep_delivered_days * DAY)

    @property
    def keep_failed(self) -> int:
        """How long what was dead or cancelled is kept, and events."""
        return round(self.dispatcher_keep_failed_days * DAY)

    @property
    def max_staleness(self) -> int:
        """How old a configuration may be before its keys are asked for again."""
        return round(self.dispatcher_max_staleness_seconds * SECOND)
