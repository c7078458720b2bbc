"""What the operator may set, from the environment under the prefix HOOKLINE_."""

from pydantic import Field

from hookline_runtime.settings import Address, OptionalAddress
from hookline_runtime.settings import Settings as RuntimeSettings


class Settings(RuntimeSettings):
    """Settings of the registry; times in the unit that the name ends with.

    `registry_database` is a SQLAlchemy URL; `registry_metrics` is where metrics are served, empty for nowhere;
    `registry_max_definitions` is how many definitions of triggers an account may have,
    `registry_max_targets` how many subscriptions and webhooks,
    `registry_max_object_types` how many custom object types;
    `registry_audit_days` is how long entries of the audit log are kept, 0 for ever.
    """

    registry_address: Address = "127.0.0.1:7701"
    registry_database: str = "sqlite+aiosqlite:///hookline/registry.db"
    registry_metrics: OptionalAddress = None
    registry_drain_seconds: float = Field(default=20.0, ge=0, le=3600)
    registry_tombstone_days: float = Field(default=30.0, gt=0)
    registry_busy_seconds: float = Field(default=5.0, ge=0)
    registry_poll_seconds: float = Field(default=1.0, gt=0)
    registry_probe_seconds: float = Field(default=1.0, gt=0)
    registry_compact_seconds: float = Field(default=3600.0, gt=0)
    registry_key_use_seconds: float = Field(default=60.0, ge=0)
    registry_audit_days: float = Field(default=0, ge=0)
    registry_max_targets: int = Field(default=100_000, ge=0)
    registry_max_definitions: int = Field(default=20_000, ge=0)
    registry_max_object_types: int = Field(default=1_000, ge=0)
