"""`hookline registry`, `dispatcher` and `gateway`: one service alone, in the foreground, in this very process."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from hookline_cli.failure import why
from hookline_cli.up.layout import registry_database

AddressOption = Annotated[str | None, typer.Option(help="Where it listens.", metavar="HOST:PORT")]
MetricsOption = Annotated[str | None, typer.Option(help="Where it shows its metrics.", metavar="HOST:PORT")]
KeyFileOption = Annotated[
    Path | None, typer.Option(help="A file with the key by which the services know each other.", metavar="FILE")
]
RegistryOption = Annotated[str | None, typer.Option(help="Where the registry is.", metavar="HOST:PORT")]
JsonOption = Annotated[bool, typer.Option("--json", help="The service logs JSON lines as it is.")]
AllowOption = Annotated[
    str | None,
    typer.Option(help="Networks, each with an optional port, that may be sent to though not public.", metavar="CIDR,…"),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("registry")(run_registry)
    app.command("dispatcher")(run_dispatcher)
    app.command("gateway")(run_gateway)


def run_registry(
    address: AddressOption = None,
    data: Annotated[Path | None, typer.Option(help="The folder of registry.db.", metavar="DIR")] = None,
    database: Annotated[
        str | None, typer.Option(help="The URL of the database, in place of --data.", metavar="URL")
    ] = None,
    metrics: MetricsOption = None,
    service_key_file: KeyFileOption = None,
    egress_allow: AllowOption = None,
    json: JsonOption = False,
) -> None:
    """Run the registry alone; what is not given comes from the environment."""
    if data and database:
        raise typer.BadParameter("give --data or --database, not both")
    flags = {
        "HOOKLINE_REGISTRY_ADDRESS": address,
        "HOOKLINE_REGISTRY_DATABASE": registry_database(data) if data else database,
        "HOOKLINE_REGISTRY_METRICS": metrics,
        "HOOKLINE_EGRESS_ALLOW": egress_allow,
        "HOOKLINE_SERVICE_KEY": _key(service_key_file),
    }
    _become("hookline_registry", flags)


def run_dispatcher(
    address: AddressOption = None,
    data: Annotated[
        Path | None, typer.Option(help="The folder of dispatcher.db, the queue and the log.", metavar="DIR")
    ] = None,
    registry: RegistryOption = None,
    metrics: MetricsOption = None,
    service_key_file: KeyFileOption = None,
    egress_allow: AllowOption = None,
    json: JsonOption = False,
) -> None:
    """Run the dispatcher alone; what is not given comes from the environment."""
    flags = {
        "HOOKLINE_DISPATCHER_ADDRESS": address,
        "HOOKLINE_DISPATCHER_DATA": str(data) if data else None,
        "HOOKLINE_DISPATCHER_REGISTRY": registry,
        "HOOKLINE_DISPATCHER_METRICS": metrics,
        "HOOKLINE_EGRESS_ALLOW": egress_allow,
        "HOOKLINE_SERVICE_KEY": _key(service_key_file),
    }
    _become("hookline_dispatcher", flags)


def run_gateway(
    address: AddressOption = None,
    registry: RegistryOption = None,
    dispatcher: Annotated[str | None, typer.Option(help="Where the dispatcher is.", metavar="HOST:PORT")] = None,
    data: Annotated[Path | None, typer.Option(help="The folder of bins.db.", metavar="DIR")] = None,
    metrics: MetricsOption = None,
    json: JsonOption = False,
) -> None:
    """Run the gateway, the HTTP door, alone; what is not given comes from the environment."""
    flags = {
        "HOOKLINE_GATEWAY_ADDRESS": address,
        "HOOKLINE_GATEWAY_REGISTRY": registry,
        "HOOKLINE_GATEWAY_DISPATCHER": dispatcher,
        "HOOKLINE_GATEWAY_DATA": str(data) if data else None,
        "HOOKLINE_GATEWAY_METRICS": metrics,
    }
    _become("hookline_gateway", flags)


def _key(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text().strip()
    except OSError as error:
        raise typer.BadParameter(f"cannot read {file}: {why(error)}") from None
    except UnicodeDecodeError:
        raise typer.BadParameter(f"cannot read {file}: it is not text") from None


def _become(module: str, flags: dict[str, str | None]) -> None:
    """Replaces this process by the service, so that signals and the exit status are its own."""
    environment = {**os.environ, **{name: value for name, value in flags.items() if value is not None}}
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", module], environment)  # noqa: S606 - our own interpreter
