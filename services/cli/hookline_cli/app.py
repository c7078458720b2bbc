"""The command line: every command under its name, imported and built when it is asked for.

A person waits for one command at a time, and all of them together take as long to build as that one takes to run.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Literal

import typer
from typer.core import TyperGroup
from typer.main import get_group

_MARKUP: Literal["markdown"] = "markdown"
_SERVICES = ("registry", "dispatcher", "gateway")
_ONES = ("up", "demo", "publish", "explain", "sink", *_SERVICES)
_GROUPS = (
    *("subscriptions", "webhooks", "rules", "forms", "campaigns", "triggers", "deliveries"),
    *("events", "objects", "targets", "routes", "accounts", "keys", "audit", "secrets", "plugins"),
)


class _Commands(Mapping[str, Any]):
    """The commands by name, in the order in which help tells them."""

    def __iter__(self) -> Iterator[str]:
        return iter((*_ONES, *_GROUPS))

    def __len__(self) -> int:
        return len(_ONES) + len(_GROUPS)

    def __getitem__(self, name: str) -> Any:
        if name not in list(self):
            raise KeyError(name)
        return _command(name)


class _Lazy(TyperGroup):
    """A group of the commands above."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**given, "commands": _Commands()})


@cache
def _command(name: str) -> Any:
    module = import_module(f"hookline_cli.commands.{'services' if name in _SERVICES else name}")
    part = typer.Typer(callback=_nothing, rich_markup_mode=_MARKUP)
    if name in _GROUPS:
        part.add_typer(module.app, name=name)
    else:
        module.register(part)
    return get_group(part).commands[name]


def _nothing() -> None:
    """Makes a group of a `Typer` that has no command of its own, or one."""


app = typer.Typer(
    name="hookline",
    cls=_Lazy,
    callback=_nothing,
    help="Webhooks from events: publish, subscribe, watch what is delivered.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=_MARKUP,
)
