"""`hookline plugins`: what the services would load in this environment. It asks the plugins, and no service."""

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import asdict
from io import StringIO
from typing import TYPE_CHECKING

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from hookline_cli import tables
from hookline_cli.output import Output
from hookline_cli.session import JsonFlag

if TYPE_CHECKING:
    from hookline_runtime.plugins import Plugin, PluginHost

app = typer.Typer(help="The plugins of this environment.", no_args_is_help=True)

_MEMORY = {True: "with memory", False: "without memory", None: "does not say whether it has memory"}


@app.callback()
def plugins() -> None:
    """Keep `list` a word of its own, though it is the only one."""


@app.command("list")
def list_(json: JsonFlag = False) -> None:
    """List what a service that is started here loads, what is not used of it, and why."""
    # They take a quarter of a second to import; every other command does without.
    from hookline_runtime.plugins import PluginHost
    from hookline_runtime.settings import Settings, SettingsError

    try:
        isolation = Settings.load().isolation
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    # What a plugin prints, and the log line of each problem, have no place in what is piped; problems are listed.
    with redirect_stdout(StringIO()):
        host = PluginHost.load(isolation)
    try:
        Output(json).document(_document(host), _rendering(host))
    finally:
        host.close()
    sys.stdout.flush()


def _document(host: "PluginHost") -> dict[str, object]:
    return {
        "plugins": [
            {
                "name": plugin.name,
                **asdict(plugin.origin),
                "runs": _runs(plugin),
                "encoders": [asdict(each) for each in plugin.encoders],
                "trigger_sources": [asdict(each) for each in plugin.trigger_sources],
            }
            for plugin in host.plugins
        ],
        "problems": [asdict(problem) for problem in host.problems],
    }


def _rendering(host: "PluginHost") -> RenderableType:
    loaded = tables.table(
        ("plugin", "distribution", "version", "runs", "brings", "named", "which is"),
        (
            (plugin.name, plugin.origin.distribution, plugin.origin.version, _runs(plugin), *brought)
            for plugin in host.plugins
            for brought in _brought(plugin)
        ),
    )
    if not host.problems:
        return loaded
    refused = tables.table(("plugin", "not used, because"), ((each.plugin, each.reason) for each in host.problems))
    return Group(loaded, Text("problems", style="bold yellow"), refused)


def _runs(plugin: "Plugin") -> str:
    from hookline_runtime.plugins import BUILTIN

    return "built in" if plugin.name == BUILTIN else "isolated" if plugin.isolated else "trusted"


def _brought(plugin: "Plugin") -> Iterator[tuple[str, str, str]]:
    for encoder in plugin.encoders:
        written = "also for webhooks" if encoder.webhooks else "for subscriptions only"
        yield "encoder", encoder.name, f"{', '.join(encoder.media_types)}; {written}"
    for source in plugin.trigger_sources:
        yield "trigger source", source.name, _MEMORY[source.memory]
    if not plugin.encoders and not plugin.trigger_sources:
        yield "nothing", "", ""
