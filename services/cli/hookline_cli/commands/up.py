"""`hookline up`: everything on one machine."""

import json as json_module
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from hookline_cli import tables
from hookline_cli.address import Address, parse_address
from hookline_cli.credentials import DEFAULT_DATA, Credentials
from hookline_cli.output import Output
from hookline_cli.session import DataOption, JsonFlag
from hookline_cli.up.signals import run_until_signalled, until_signalled

if TYPE_CHECKING:
    from hookline_cli.up.installation import Installation, Wanted

HttpOption = Annotated[str, typer.Option(help="Where the gateway listens for HTTP.", metavar="HOST:PORT")]
RegistryOption = Annotated[str, typer.Option(help="Where the registry listens.", metavar="HOST:PORT")]
DispatcherOption = Annotated[str, typer.Option(help="Where the dispatcher listens.", metavar="HOST:PORT")]
MetricsOption = Annotated[str, typer.Option(help="Where all metrics are shown.", metavar="HOST:PORT")]


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def up(
        data: DataOption = None,
        http: HttpOption = "127.0.0.1:7700",
        registry: RegistryOption = "127.0.0.1:7701",
        dispatcher: DispatcherOption = "127.0.0.1:7702",
        metrics: MetricsOption = "127.0.0.1:7703",
        ready_file: Annotated[
            Path | None, typer.Option(help="Written when everything serves, taken away in the end.", metavar="FILE")
        ] = None,
        new_keys: Annotated[bool, typer.Option("--new-keys", help="Make new keys and write them.")] = False,
        verbose: Annotated[bool, typer.Option("--verbose", help="Show the services' logs here.")] = False,
        json: JsonFlag = False,
    ) -> None:
        """Start every service on this machine and watch over them."""
        # It takes as long to import as all else together; every other command does without.
        from hookline_cli.up.installation import Wanted

        wanted = Wanted(
            data or DEFAULT_DATA,
            address_of(http),
            address_of(registry),
            address_of(dispatcher),
            address_of(metrics),
            verbose,
            new_keys,
        )
        output = Output(json)
        run_until_signalled(_up(wanted, output, ready_file), output.warn)


def address_of(text: str) -> Address:
    """The address of a flag."""
    try:
        return parse_address(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


async def _up(wanted: "Wanted", output: Output, ready_file: Path | None) -> None:
    from hookline_cli.up.installation import installation

    async with installation(wanted, output.warn) as running:
        with _announced(ready_file, ready_document(running)):
            output.line({**ready_document(running), **_new_keys(running)}, ready_words(running))
            await until_signalled(running.suite.failure())


def ready_document(running: "Installation") -> dict[str, Any]:
    """What is said when everything serves, without secrets."""
    addresses = running.layout.addresses()
    return {
        "ready": True,
        "pid": os.getpid(),
        "data": str(running.layout.data),
        "http": addresses.http,
        "registry": addresses.registry,
        "dispatcher": addresses.dispatcher,
        "metrics": addresses.metrics,
        "credentials": str(running.layout.credentials_file) if running.credentials else None,
        "made_keys": running.made,
    }


def _new_keys(running: "Installation") -> dict[str, Any]:
    """The keys, when this start made them: they are shown this once."""
    return _keys(running.credentials) if running.made and running.credentials else {}


def _keys(credentials: Credentials) -> dict[str, Any]:
    names = ("account_id", "api_key", "api_appid", "operator_key", "operator_appid")
    return {name: getattr(credentials, name) for name in names}


def ready_words(running: "Installation") -> Group:
    """The same for a person."""
    addresses = running.layout.addresses()
    facts = [
        ("console", running.layout.http_url),
        ("live doc", f"{running.layout.http_url}/docs"),
        ("registry", addresses.registry),
        ("dispatcher", addresses.dispatcher),
        ("metrics", f"http://{addresses.metrics}/metrics"),
        ("data", str(running.layout.data)),
        ("credentials", str(running.layout.credentials_file) if running.credentials else "none"),
    ]
    parts: list[RenderableType] = [Text("ready", style="bold green"), tables.facts(facts)]
    if running.made:
        made = [(name, str(value)) for name, value in _new_keys(running).items()]
        parts = [
            Text("new keys, shown this once and written to the credentials file", style="bold"),
            tables.facts(made),
            *parts,
        ]
    return Group(*parts)


@contextmanager
def _announced(file: Path | None, document: dict[str, Any]) -> Iterator[None]:
    """The ready file, whole or not there, for as long as everything is meant to serve."""
    if file is None:
        yield
        return
    temporary = file.with_name(file.name + ".part")
    temporary.write_text(json_module.dumps(document) + "\n")
    temporary.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
