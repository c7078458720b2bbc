"""What a gateway can be told, from the environment; docs/settings.md lists every variable."""

from __future__ import annotations

import secrets

from hookline.registry.v1 import account_pb2
from pydantic import Field

from hookline_gateway.console.sealing import KEY_BYTES
from hookline_gateway.setting_types import (
    Networks,
    OptionalFolder,
    OptionalPerMinute,
    OptionalSealingKey,
    PerMinute,
    PublicUrl,
    networks,
    sealing_key,
)
from hookline_runtime.settings import Address, OptionalAddress, OptionalPath, Settings

KIB = 1024
HOUR = 3600


class GatewaySettings(Settings):
    """The settings of one gateway. Times are in seconds, sizes in the unit of their names."""

    gateway_address: Address = "127.0.0.1:7700"
    gateway_registry: Address = "127.0.0.1:7701"
    gateway_dispatcher: Address = "127.0.0.1:7702"
    gateway_metrics: OptionalAddress = None
    gateway_certificate_file: OptionalPath = None
    gateway_key_file: OptionalPath = None
    gateway_drain_seconds: float = Field(default=20.0, ge=0, le=3600)
    gateway_rpc_seconds: float = Field(default=30.0, gt=0, le=3600)
    gateway_header_seconds: float = Field(default=10.0, gt=0, le=3600)
    gateway_body_seconds: float = Field(default=30.0, gt=0, le=3600)
    gateway_body_kilobytes: int = Field(default=4096, ge=1, le=8192)
    gateway_max_concurrent_requests: int = Field(default=1000, ge=1, le=100_000)
    gateway_streams_per_key: int = Field(default=100, ge=1, le=100_000)
    gateway_cors_origins: str = ""
    gateway_requests_per_minute: PerMinute = 180
    gateway_requests_per_minute_basic: OptionalPerMinute = None
    gateway_requests_per_minute_plus: OptionalPerMinute = None
    gateway_requests_per_minute_pro: OptionalPerMinute = None
    gateway_trusted_proxies: Networks = ""
    gateway_session_key: OptionalSealingKey = None
    gateway_session_hours: float = Field(default=12.0, gt=0, le=720)
    gateway_wrong_sign_ins_per_minute: PerMinute = 10
    gateway_bin: bool = False
    gateway_bin_megabytes: int = Field(default=256, ge=1, le=100_000)
    gateway_data: OptionalFolder = None
    gateway_public_url: PublicUrl = ""

    @property
    def bin_bytes(self) -> int:
        """How much the requests of all bins may take together."""
        return self.gateway_bin_megabytes * KIB * KIB

    @property
    def body_bytes(self) -> int:
        """How large the body of a request may be that is read as one."""
        return self.gateway_body_kilobytes * KIB

    def requests_per_minute(self, plan: int) -> int:
        """How many requests an account of a ``Plan`` may make in a minute: the plan's own number, or everybody's."""
        own: dict[int, int | None] = {
            account_pb2.PLAN_BASIC: self.gateway_requests_per_minute_basic,
            account_pb2.PLAN_PLUS: self.gateway_requests_per_minute_plus,
            account_pb2.PLAN_PRO: self.gateway_requests_per_minute_pro,
        }
        return own.get(plan) or self.gateway_requests_per_minute

    def session_key(self) -> bytes:
        """What sessions are sealed with: the key that is set, or a fresh one at each call."""
        return sealing_key(self.gateway_session_key) if self.gateway_session_key else secrets.token_bytes(KEY_BYTES)

    @property
    def session_seconds(self) -> int:
        """How long a session is good for."""
        return round(self.gateway_session_hours * HOUR)

    @property
    def trusted_proxies(self) -> tuple[str, ...]:
        """Whose word counts about who calls, and whether by TLS."""
        return networks(self.gateway_trusted_proxies)

    @property
    def cors_origins(self) -> tuple[str, ...]:
        """The origins whose pages may call; none: CORS is off."""
        return tuple(origin for each in self.gateway_cors_origins.split(",") if (origin := each.strip()))
