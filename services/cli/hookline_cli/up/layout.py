"""What stands where on one machine: addresses, files, and the environment that each service starts with."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hookline_cli.address import Address, claim
from hookline_cli.credentials import FILE_NAME, Addresses
from hookline_cli.failure import CliError
from hookline_cli.up.encryption import PLAIN, Encryption

SERVICES = ("registry", "dispatcher", "gateway")
_MODULES = {"registry": "hookline_registry", "dispatcher": "hookline_dispatcher", "gateway": "hookline_gateway"}
_REGISTRY_FILE = "registry.db"
SEALING_FILE = "secrets.key"
_ANY_PORT = Address("127.0.0.1", 0)


@dataclass(frozen=True, slots=True)
class Layout:
    """One installation: its folder, its four addresses, and where the children show their own metrics."""

    data: Path
    http: Address
    registry: Address
    dispatcher: Address
    metrics: Address
    registry_metrics: Address
    dispatcher_metrics: Address
    gateway_metrics: Address
    encryption: Encryption = PLAIN

    @property
    def credentials_file(self) -> Path:
        """Where the credentials are written."""
        return self.data / FILE_NAME

    @property
    def database_url(self) -> str:
        """The registry's database."""
        return registry_database(self.data)

    @property
    def database_file(self) -> Path:
        """The file of the registry's database."""
        return self.data / _REGISTRY_FILE

    @property
    def queue_file(self) -> Path:
        """The file of the dispatcher's store, with its replica of the configuration."""
        return self.data / "dispatcher.db"

    @property
    def sealing_file(self) -> Path:
        """The file with the keys that secrets are sealed with."""
        return self.data / SEALING_FILE

    def addresses(self) -> Addresses:
        """The addresses as clients use them."""
        listening = (self.http, self.registry, self.dispatcher, self.metrics)
        shown = [str(each.reachable()) for each in listening]
        files = self.encryption.client
        if files is None:
            return Addresses(*shown)
        return Addresses(*shown, *(str(each or "") for each in (files.ca, files.certificate, files.key)))

    @property
    def http_url(self) -> str:
        """Where the HTTP door is, as clients on this machine use it."""
        return f"{'https' if self.encryption.gateway else 'http'}://{self.http.reachable()}"

    def grpc_address(self, service: str) -> str:
        """Where a service answers gRPC."""
        return str({"registry": self.registry, "dispatcher": self.dispatcher}[service].reachable())

    def metrics_url(self, service: str) -> str:
        """Where a service shows its own metrics."""
        addresses = {
            "registry": self.registry_metrics,
            "dispatcher": self.dispatcher_metrics,
            "gateway": self.gateway_metrics,
        }
        return f"{'https' if self.encryption.services else 'http'}://{addresses[service]}/metrics"

    def log_file(self, service: str) -> Path:
        """Where a service's log lines go."""
        return self.data / "logs" / f"{service}.log"


def registry_database(data: Path) -> str:
    """The URL of the registry's database in a folder, whatever characters the folder's name has."""
    # As SQLAlchemy itself would write it, which takes half a second to import.
    return f"sqlite+aiosqlite:///{quote(str(data.absolute() / _REGISTRY_FILE), safe=' +/')}"


def lay_out(
    data: Path,
    http: Address,
    registry: Address,
    dispatcher: Address,
    metrics: Address,
    encryption: Encryption = PLAIN,
) -> Layout:
    """The layout with real ports; raises CliError naming the address that is taken."""
    names = {"--http": http, "--registry": registry, "--dispatcher": dispatcher, "--metrics": metrics}
    taken = {name: claim(address, name) for name, address in names.items()}
    everything = list(taken.values())
    if len(set(everything)) < len(everything):
        _refuse_twice(everything)
    return Layout(
        data.absolute(),
        taken["--http"],
        taken["--registry"],
        taken["--dispatcher"],
        taken["--metrics"],
        claim(_ANY_PORT, "the registry's metrics"),
        claim(_ANY_PORT, "the dispatcher's metrics"),
        claim(_ANY_PORT, "the gateway's metrics"),
        encryption,
    )


def _refuse_twice(addresses: list[Address]) -> None:
    """Refuses two services on one address."""
    twice = next(each for each in addresses if addresses.count(each) > 1)
    raise CliError(f"{twice} is given to two services: --http, --registry, --dispatcher and --metrics must differ")


@dataclass(frozen=True, slots=True)
class Keys:
    """What an installation keeps: what its services know each other by, and what sessions are sealed with."""

    service: str
    session: str


def environment(layout: Layout, service: str, keys: Keys, base: Mapping[str, str]) -> dict[str, str]:
    """The environment of a service's process: the caller's, plus where its things are."""
    own = {
        "registry": {
            "HOOKLINE_REGISTRY_ADDRESS": str(layout.registry),
            "HOOKLINE_REGISTRY_DATABASE": layout.database_url,
            "HOOKLINE_REGISTRY_METRICS": str(layout.registry_metrics),
        },
        "dispatcher": {
            "HOOKLINE_DISPATCHER_ADDRESS": str(layout.dispatcher),
            "HOOKLINE_DISPATCHER_DATA": str(layout.data),
            "HOOKLINE_DISPATCHER_REGISTRY": layout.grpc_address("registry"),
            "HOOKLINE_DISPATCHER_METRICS": str(layout.dispatcher_metrics),
        },
        "gateway": {
            "HOOKLINE_GATEWAY_ADDRESS": str(layout.http),
            "HOOKLINE_GATEWAY_REGISTRY": layout.grpc_address("registry"),
            "HOOKLINE_GATEWAY_DISPATCHER": layout.grpc_address("dispatcher"),
            "HOOKLINE_GATEWAY_METRICS": str(layout.gateway_metrics),
            "HOOKLINE_GATEWAY_SESSION_KEY": base.get("HOOKLINE_GATEWAY_SESSION_KEY") or keys.session,
            "HOOKLINE_GATEWAY_DATA": str(layout.data),
            # Where deliveries from this machine reach a bin, whatever name the browser has for it.
            "HOOKLINE_GATEWAY_PUBLIC_URL": base.get("HOOKLINE_GATEWAY_PUBLIC_URL") or layout.http_url,
        },
    }
    # The gateway acts with the keys of its callers alone: it has no use for the services' own.
    shared = {} if service == "gateway" else {"HOOKLINE_SERVICE_KEY": keys.service}
    return {**base, **shared, **own[service]}


def module_of(service: str) -> str:
    """The module that `python -m` runs for a service."""
    return _MODULES[service]


def kept_keys(data: Path) -> Keys:
    """The keys of the folder: made at the first start, each kept in a file of mode 0600."""
    return Keys(
        _kept(data / "service.key", lambda: secrets.token_urlsafe(32)),
        _kept(data / "session.key", lambda: base64.b64encode(secrets.token_bytes(32)).decode()),
    )


def _kept(file: Path, make: Callable[[], str]) -> str:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as handle:
        key = make()
        handle.write(key + "\n")
    return key
