"""`hookline secrets`: the keys that secrets are sealed with. It works on files, and asks no service."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from hookline_cli import tables
from hookline_cli.credentials import DEFAULT_DATA
from hookline_cli.failure import CliError
from hookline_cli.output import Output
from hookline_cli.secrets.key_file import read_keys, write_keys
from hookline_cli.session import JsonFlag
from hookline_cli.up.layout import SEALING_FILE
from hookline_cli.up.lock import only_one
from hookline_runtime.vault.keys import SealingKey, new_key

if TYPE_CHECKING:
    from hookline_cli.secrets.resealing import Resealed

app = typer.Typer(help="The keys that secrets are sealed with.", no_args_is_help=True)

_DataOption = Annotated[
    Path,
    typer.Option("--data", "--data-dir", envvar="HOOKLINE_DATA", help="The folder of the databases.", metavar="DIR"),
]
_KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        envvar="HOOKLINE_SECRETS_KEY_FILE", help="The file with the keys; DIR/secrets.key by default.", metavar="FILE"
    ),
]


@app.command("new-key")
def new_key_(
    file: Annotated[
        Path | None, typer.Argument(help="Put the key first in this file, which is made for its owner alone.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Make a key; without a file it is shown this once."""
    key = new_key()
    if file is None:
        Output(json).document({"key": key.text, "id": key.id}, Text(key.text))
        return
    write_keys(file, [key, *(read_keys(file) if file.exists() else ())])
    facts = [("id", key.id), ("file", str(file))]
    Output(json).document(dict(facts), tables.facts(facts))


@app.command("rotate")
def rotate(
    data: _DataOption = DEFAULT_DATA,
    key_file: _KeyFileOption = None,
    new: Annotated[bool, typer.Option("--new-key", help="First put a new key first in the file.")] = False,
    drop: Annotated[
        bool, typer.Option("--drop-others", help="In the end keep the first key alone; backups may need the others.")
    ] = False,
    lost: Annotated[
        str, typer.Option(help="Give up the secrets that are sealed under this key, which is lost.", metavar="ID")
    ] = "",
    json: JsonFlag = False,
) -> None:
    """Seal everything in a folder anew under the first key, while no service runs; it can be repeated."""
    if not data.is_dir():
        raise CliError(f"there is no folder {data}")
    file = key_file or data / SEALING_FILE
    with only_one(data):
        keys = read_keys(file)
        if new:
            keys = (new_key(), *keys)
            write_keys(file, keys)
        done = asyncio.run(_reseal(data, keys, lost))
        if drop:
            keys = keys[:1]
            write_keys(file, keys)
    Output(json).document(_document(keys, done), _rendering(keys, done))


async def _reseal(data: Path, keys: Sequence[SealingKey], lost: str) -> "list[Resealed]":
    # The databases take a second to import; every other command does without.
    from hookline_cli.secrets.resealing import reseal

    return [each async for each in reseal(data, keys, lost)]


def _document(keys: Sequence[SealingKey], done: "Sequence[Resealed]") -> dict[str, Any]:
    databases = [
        {
            "file": each.file,
            "were_clear": each.settled.renewal.were_clear,
            "were_under_other_keys": each.settled.renewal.were_old,
            "unreadable": each.settled.renewal.unreadable,
        }
        for each in done
    ]
    return {"keys": [key.id for key in keys], "databases": databases}


def _rendering(keys: Sequence[SealingKey], done: "Sequence[Resealed]") -> Group:
    lines = [(each.file, _said(each)) for each in done]
    return Group(tables.facts([("sealed under", keys[0].id), *lines]))


def _said(each: "Resealed") -> str:
    found = each.settled.renewal
    words = [f"{found.were_clear} were in clear, {found.were_old} under other keys"]
    if found.unreadable:
        words.append(f"{found.unreadable} cannot be read: {found.told}")
    if each.settled.unscrubbed:
        words.append("free pages may hold what was sealed since: run it again while nothing else uses the file")
    return "; ".join(words)
