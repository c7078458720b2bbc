"""Settings from the environment, under the prefix ``HOOKLINE_``.

A service derives its own from ``Settings``. What is wrong is told by the name of the variable and
never with its value, which may be a secret.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from hookline_runtime.egress.policy import OPEN_PORTS, Policy
from hookline_runtime.egress.rules import parse_ports, parse_rules
from hookline_runtime.isolation.limits import Isolation, Limits
from hookline_runtime.listen import split_address
from hookline_runtime.logs import Level

PREFIX = "HOOKLINE_"


class SettingsError(Exception):
    """The environment does not hold what is needed; one line per variable."""


def _address(value: str) -> str:
    split_address(value)
    return value


def _none_for_empty(value: object) -> object:
    return None if value == "" else value


def _readable_rules(value: str) -> str:
    parse_rules(value)
    return value


def _readable_ports(value: str) -> str:
    parse_ports(value)
    return value


Address = Annotated[str, AfterValidator(_address)]
"""A setting ``host:port``."""

OptionalAddress = Annotated[Address | None, BeforeValidator(_none_for_empty)]
"""The same, or nothing: empty."""

Rules = Annotated[str, AfterValidator(_readable_rules)]
"""Networks, each with an optional port, separated by commas."""

OptionalPath = Annotated[Path | None, BeforeValidator(_none_for_empty)]
"""A file or a folder, or none: empty."""


class Settings(BaseSettings):
    """What every service can be told.

    ``service_key`` is what the services of one installation know each other by. What begins with ``egress`` says where
    requests may go (see ``egress.policy``). ``plugin_seconds``, ``plugin_import_seconds`` and ``plugin_megabytes``
    bound plugins that run apart; ``trusted_plugins`` names those that do not (see ``isolation``).
    ``secrets_key_file`` or ``secrets_keys`` hold what secrets are sealed with (see ``sealing_keys``); in ``production``
    a service that stores secrets does not start without. What begins with ``tls``, and ``plaintext``, says how services
    listen and connect (see ``tls.of_settings``).
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    log_level: Level = "info"
    service_key: SecretStr | None = None
    max_concurrent_rpcs: int = Field(default=1000, ge=1)
    wrong_keys_per_minute: int = Field(default=60, ge=0)
    egress_allow: Rules = ""
    egress_deny: Rules = ""
    egress_ports: Annotated[str, AfterValidator(_readable_ports)] = OPEN_PORTS
    egress_https_only: bool = False
    plugin_seconds: float = Field(default=1.0, ge=0.01, le=60)
    plugin_import_seconds: float = Field(default=10.0, ge=0.1, le=300)
    plugin_megabytes: int = Field(default=1024, ge=64, le=1_000_000)
    trusted_plugins: str = ""
    production: bool = False
    secrets_key_file: OptionalPath = None
    secrets_keys: SecretStr | None = None
    tls_certificate_file: OptionalPath = None
    tls_key_file: OptionalPath = None
    tls_ca_file: OptionalPath = None
    tls_client_ca_file: OptionalPath = None
    plaintext: bool = False

    @property
    def egress(self) -> Policy:
        """Where requests may go."""
        return Policy.of(self.egress_allow, self.egress_deny, self.egress_ports, https_only=self.egress_https_only)

    @property
    def isolation(self) -> Isolation:
        """Which plugins run apart, and within which limits."""
        trusted = frozenset(name for each in self.trusted_plugins.split(",") if (name := each.strip()))
        limits = Limits(self.plugin_seconds, self.plugin_import_seconds, self.plugin_megabytes)
        return Isolation(limits, trusted)

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """The settings of this process; ``overrides`` go before the environment.

        Raises:
            SettingsError: a variable is missing or wrong; the message names each.
        """
        try:
            return cls(**overrides)
        except ValidationError as error:
            lines = [f"{PREFIX}{_name(each['loc'])}: {_words(each['msg'])}" for each in error.errors()]
            raise SettingsError("\n".join(lines)) from None


def _name(location: tuple[int | str, ...]) -> str:
    return "_".join(str(part) for part in location).upper()


def _words(message: str) -> str:
    return message.removeprefix("Value error, ").removeprefix("Input ").replace("Field required", "is required")
