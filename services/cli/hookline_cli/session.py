"""What every command that talks to the services is given, and the options that all of them share.

`talks(app, name)` registers an asynchronous function as a command: its own parameters plus the shared ones, which it
gets as one Session.
"""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec, get_type_hints

import typer

from hookline_cli.connection import Connection
from hookline_cli.credentials import Access, AccessFlags
from hookline_cli.output import Output

P = ParamSpec("P")
JsonFlag = Annotated[bool, typer.Option("--json", help="Write JSON and nothing else to standard output.")]
_FOLDER_HELP = "The folder that `hookline up` uses; ./hookline-data when left out."
_PANEL = "Who calls, and where"
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", "--data-dir", envvar="HOOKLINE_DATA", help=_FOLDER_HELP, metavar="DIR", rich_help_panel=_PANEL
    ),
]
DataDirOption = Annotated[
    Path | None,
    typer.Option("--data-dir", envvar="HOOKLINE_DATA", help=_FOLDER_HELP, metavar="DIR", rich_help_panel=_PANEL),
]
"""The same for the one command whose --data is something else."""


def _shared(
    context: typer.Context,
    data: DataOption = None,
    credentials: Annotated[
        Path | None,
        typer.Option(envvar="HOOKLINE_CREDENTIALS", help="A credentials.json.", metavar="FILE", rich_help_panel=_PANEL),
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(envvar="HOOKLINE_API_KEY", help="The secret of a key.", rich_help_panel=_PANEL)
    ] = None,
    api_appid: Annotated[
        str | None,
        typer.Option(envvar="HOOKLINE_API_APPID", help="The application id of a key.", rich_help_panel=_PANEL),
    ] = None,
    registry: Annotated[
        str | None,
        typer.Option(
            envvar="HOOKLINE_REGISTRY", help="Where the registry is.", metavar="HOST:PORT", rich_help_panel=_PANEL
        ),
    ] = None,
    dispatcher: Annotated[
        str | None,
        typer.Option(
            envvar="HOOKLINE_DISPATCHER", help="Where the dispatcher is.", metavar="HOST:PORT", rich_help_panel=_PANEL
        ),
    ] = None,
    ca_file: Annotated[
        Path | None,
        typer.Option(
            envvar="HOOKLINE_TLS_CA_FILE",
            help="The authorities by whose certificates the services are believed; set, they are spoken to by TLS.",
            metavar="FILE",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    certificate_file: Annotated[
        Path | None,
        typer.Option(
            envvar="HOOKLINE_TLS_CERTIFICATE_FILE",
            help="A certificate to show to the services.",
            metavar="FILE",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(envvar="HOOKLINE_TLS_KEY_FILE", help="Its key.", metavar="FILE", rich_help_panel=_PANEL),
    ] = None,
    operator: Annotated[
        bool, typer.Option("--operator", help="Use the operator key of the file.", rich_help_panel=_PANEL)
    ] = False,
    account: Annotated[
        int,
        typer.Option(help="The account to act for; operator keys only.", min=0, metavar="ID", rich_help_panel=_PANEL),
    ] = 0,
    json: JsonFlag = False,
) -> None:
    """The options that every command shares; only its signature is used."""


_SHARED = list(inspect.signature(_shared).parameters.values())
_SHARED_NAMES = [each.name for each in _SHARED]


class Session:
    """One command's access, output and connections; the connections open when first used.

    account_id goes into requests: 0, or the account that an operator key acts for.
    """

    def __init__(self, access: Access, output: Output, account_id: int) -> None:
        self.access = access
        self.output = output
        self.account_id = account_id
        self._stack = AsyncExitStack()
        self._open: dict[str, Connection] = {}

    async def __aenter__(self) -> "Session":
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._stack.aclose()

    async def registry(self) -> Connection:
        """The connection to the registry."""
        return await self._connect("registry", self.access.registry)

    async def dispatcher(self) -> Connection:
        """The connection to the dispatcher."""
        return await self._connect("dispatcher", self.access.dispatcher)

    async def _connect(self, server: str, address: str) -> Connection:
        if server not in self._open:
            connection = Connection(server, address, self.access.api_key, self.access.api_appid, self.access.tls)
            self._open[server] = await self._stack.enter_async_context(connection)
        return self._open[server]


def talks(
    app: typer.Typer, name: str, *, data_dir_only: bool = False
) -> Callable[[Callable[Concatenate[Session, P], Awaitable[None]]], Callable[..., None]]:
    """Registers a command that talks to the services; data_dir_only leaves the flag --data to the command itself."""

    def register(function: Callable[Concatenate[Session, P], Awaitable[None]]) -> Callable[..., None]:
        @functools.wraps(function)
        def run(**values: Any) -> None:
            context: typer.Context = values.pop("context")
            shared = {each: values.pop(each) for each in _SHARED_NAMES if each != "context"}
            shared |= dict.fromkeys(overruled(sources(context)))
            asyncio.run(_run(function, shared, values))

        own = list(inspect.signature(function).parameters.values())[1:]
        hints = get_type_hints(function, include_extras=True) | get_type_hints(_shared, include_extras=True)
        if data_dir_only:
            hints["data"] = DataDirOption
        parameters = [*own, *_SHARED]
        run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # functions take one, typer reads it
            [each.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[each.name]) for each in parameters]
        )
        run.__annotations__ = {each.name: hints[each.name] for each in parameters}
        app.command(name)(run)
        return run

    return register


def sources(context: typer.Context) -> dict[str, str]:
    """Where each shared value comes from: COMMANDLINE, ENVIRONMENT or DEFAULT."""
    found = {name: context.get_parameter_source(name) for name in _SHARED_NAMES}
    return {name: source.name for name, source in found.items() if source is not None}


def overruled(found: Mapping[str, str]) -> list[str]:
    """The values from variables that do not count, because a flag names the installation itself.

    The variables of another installation would else send its keys there, or the command to the wrong one.
    """
    if "COMMANDLINE" not in (found.get("data"), found.get("credentials")):
        return []
    return [name for name, source in found.items() if source == "ENVIRONMENT"]


async def _run(function: Callable[..., Awaitable[None]], shared: dict[str, Any], values: dict[str, Any]) -> None:
    output, account_id = Output(shared.pop("json")), shared.pop("account")
    async with Session(AccessFlags(**shared).resolve(), output, account_id) as session:
        await function(session, **values)
