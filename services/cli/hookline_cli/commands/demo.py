"""`hookline demo`: what `make run` calls."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from hookline_cli.output import Output
from hookline_cli.session import JsonFlag
from hookline_cli.up.signals import run_until_signalled


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def demo(
        data: Annotated[Path, typer.Option(help="The folder of the demo.")] = Path(".run"),
        events: Annotated[Path, typer.Option(help="The sample events.")] = Path("examples/events.jsonl"),
        stay: Annotated[
            bool | None, typer.Option("--stay/--end", help="Stay up until Ctrl-C; so on a terminal.")
        ] = None,
        json: JsonFlag = False,
    ) -> None:
        """Start everything, publish the sample events, show what happens."""
        # What starts services takes as long to import as all else together; every other command does without.
        from hookline_cli.demo.running import run_demo

        staying = stay if stay is not None else sys.stdout.isatty() and not json
        output = Output(json)
        try:
            run_until_signalled(run_demo(data, events, output, stay=staying), output.warn)
        finally:
            # Ctrl-C throws away what the terminal has not shown yet, perhaps also that the cursor is back.
            if not json:
                output.console.show_cursor()
