"""What the operator may set, from the environment under the prefix HOOKLINE_."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from hookline_runtime.egress.allow import parse_allow
from hookline_runtime.settings import Address
from hookline_runtime.settings import Settings as RuntimeSettings


def _readable_rules(value: str) -> str:
    parse_allow(value)
    return value


def _none_for_empty(value: object) -> object:
    return None if value == "" else value


class Settings(RuntimeSettings):
    """Settings of the registry; times in the unit that the name ends with.

    `registry_database` is a SQLAlchemy URL; `registry_metrics` is where metrics are served, empty for nowhere;
    `egress_allow` opens addresses that are not public to subscriptions (see `hookline_runtime.egress.allow`).
    """

    registry_address: Address = "127.0.0.1:7701"
    registry_database: str = "sqlite+aiosqlite:///hookline/registry.db"
    registry_metrics: Annotated[Address | None, BeforeValidator(_none_for_empty)] = None
    egress_allow: Annotated[str, AfterValidator(_readable_rules)] = ""
    registry_tombstone_days: float = Field(default=30.0, gt=0)
    registry_busy_seconds: float = Field(default=5.0, ge=0)
    registry_poll_seconds: float = Field(default=1.0, gt=0)
    registry_probe_seconds: float = Field(default=1.0, gt=0)
    registry_compact_seconds: float = Field(default=3600.0, gt=0)
    registry_key_use_seconds: float = Field(default=60.0, ge=0)
