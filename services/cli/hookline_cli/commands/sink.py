"""`hookline sink`: a request bin."""

import asyncio
import json as json_module
import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from hookline_cli.address import Address, parse_address
from hookline_cli.failure import CliError, why
from hookline_cli.output import Output
from hookline_cli.session import JsonFlag
from hookline_cli.sink.behaviour import Behaviour
from hookline_cli.sink.bin import Received, Sink
from hookline_cli.sink.printing import as_json, counts_json, rendering
from hookline_runtime.signature_check import BadSecret

_SHOWN_EVERY = 1000


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def sink(
        listen: Annotated[str, typer.Option(help="HOST:PORT; port 0 takes any free one.")] = "127.0.0.1:0",
        secret: Annotated[
            list[str] | None, typer.Option(help="whsec_... that requests must be signed with; may be repeated.")
        ] = None,
        secrets_file: Annotated[
            Path | None, typer.Option(help='A JSON object: {"/path": "whsec_..."}, one secret or a list each.')
        ] = None,
        status: Annotated[int, typer.Option(help="What to answer with.", min=200, max=599)] = 200,
        fail_rate: Annotated[float, typer.Option(help="The share to answer with 503.", min=0, max=1)] = 0.0,
        delay: Annotated[float, typer.Option(help="Seconds before each answer.", min=0)] = 0.0,
        retry_after: Annotated[int | None, typer.Option(help="Seconds to ask for with each failure.", min=0)] = None,
        count: Annotated[int, typer.Option(help="End after so many requests; 0: never.", min=0)] = 0,
        seed: Annotated[int | None, typer.Option(help="Makes --fail-rate choose the same way each time.")] = None,
        quiet: Annotated[bool, typer.Option("--quiet", help="Only count.")] = False,
        json: JsonFlag = False,
    ) -> None:
        """Receive webhooks, verify their signatures, show what came; misbehave when asked to."""
        behaviour = Behaviour(status, fail_rate, 503 if status < 300 else status, delay, retry_after)
        secrets = _secrets(secret or [], secrets_file)
        try:
            address = parse_address(listen)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        asyncio.run(_run(address, secrets, behaviour, Output(json), count, quiet, seed))


async def _run(
    listen: Address,
    secrets: dict[str, list[str]],
    behaviour: Behaviour,
    output: Output,
    count: int,
    quiet: bool,
    seed: int | None,
) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)

    def tell(received: Received) -> None:
        if not quiet:
            output.line(as_json(received), rendering(received))
        elif sink.counts.received % _SHOWN_EVERY == 0:
            output.note(Text(f"{sink.counts.received} received"))
        if sink.counts.received == count:
            # The answer leaves first.
            loop.call_later(0.1, ended.set)

    try:
        sink = Sink(listen, secrets=secrets, behaviours={"*": behaviour}, on_request=tell, seed=seed)
    except BadSecret as error:
        raise CliError(f"--secret: {error}") from None
    try:
        await sink.__aenter__()
    except OSError as error:
        raise CliError(f"cannot listen on {listen}: {why(error)}") from None
    output.note(Text(f"listening on {sink.url('/')}"))
    try:
        await ended.wait()
    finally:
        await sink.__aexit__(None, None, None)
        _tell_counts(output, sink, quiet)


def _tell_counts(output: Output, sink: Sink, quiet: bool) -> None:
    counts = sink.counts
    words = Text(f"{counts.received} received, {counts.verified} verified, {counts.not_verified} refused")
    if quiet:
        output.line(counts_json(counts), words)
    else:
        output.note(words)


def _secrets(flags: list[str], file: Path | None) -> dict[str, list[str]]:
    secrets: dict[str, list[str]] = {"*": flags} if flags else {}
    if file is None:
        return secrets
    try:
        document = json_module.loads(file.read_text())
    except OSError as error:
        raise typer.BadParameter(f"cannot read {file}: {why(error)}") from None
    except ValueError:
        raise typer.BadParameter(f"cannot read {file}: it is not JSON") from None
    if not isinstance(document, dict):
        raise typer.BadParameter(f"{file} is not a JSON object of paths and secrets")
    for path, value in document.items():
        secrets[path] = [str(each) for each in (value if isinstance(value, list) else [value])]
    return secrets
