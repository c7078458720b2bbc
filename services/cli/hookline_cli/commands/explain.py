"""`hookline explain`: what an event would fire and move, and why the rest would not. Nothing is stored or sent."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from hookline.dispatcher.v1 import delivery_pb2, event_service_pb2, event_service_pb2_grpc
from rich.console import Group, RenderableType
from rich.text import Text

from hookline_cli import tables
from hookline_cli.commands.rendering import request_facts
from hookline_cli.commands.request_options import text_of
from hookline_cli.event_lines import BadLine, parse_line
from hookline_cli.failure import CliError
from hookline_cli.output import as_json
from hookline_cli.printable import printable
from hookline_cli.session import Session, talks

MOST_UNCONCERNED = 20
"""How many of the triggers are shown that wait for other events."""


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @talks(app, "explain")
    async def explain(
        session: Session,
        file: Annotated[Path, typer.Argument(help="A file with one event as JSON, as `publish` takes it; - reads it.")],
    ) -> None:
        """Say what an event would fire and move, with each request, and why the rest would not; nothing is sent."""
        line = sys.stdin.buffer.read() if str(file) == "-" else text_of(file).encode()
        try:
            event = parse_line(line)
        except BadLine as error:
            raise CliError(f"this is no event: {error}") from None
        event.account_id = event.account_id or session.account_id
        dispatcher = await session.dispatcher()
        stub = event_service_pb2_grpc.EventServiceStub(dispatcher.channel)
        answer = await dispatcher.answer(stub.Explain, event_service_pb2.ExplainRequest(event=event))
        session.output.document(as_json(answer), _explained(answer))


def _explained(answer: event_service_pb2.ExplainResponse) -> Group:
    parts: list[RenderableType] = []
    for firing in answer.fires:
        line = Text.assemble(("fires ", "green"), tables.target_name(firing.target), "  because of ", _name(firing))
        parts += [line, *_request(firing), ""]
    if not answer.fires:
        parts += [Text("fires nothing", style="yellow"), ""]
    for step in answer.steps:
        parts += [_step(step), ""]
    if answer.unmatched_reason:
        parts.append(Text(printable(f"subscriptions: {answer.unmatched_reason}")))
    for trigger in answer.not_fired:
        parts.append(Text(printable(f"{tables.fired_by(trigger.trigger)}: {trigger.reason}")))
    parts += _unconcerned(answer)
    if answer.left_out:
        parts.append(Text(f"{answer.left_out} more are not shown", style="dim"))
    return Group(*parts)


def _unconcerned(answer: event_service_pb2.ExplainResponse) -> list[RenderableType]:
    """The triggers that wait for something else, of many the first."""
    shown = answer.unconcerned[:MOST_UNCONCERNED]
    lines = [Text(printable(f"{tables.fired_by(each.trigger)}: {each.reason}"), style="dim") for each in shown]
    more = len(answer.unconcerned) - len(shown)
    return [*lines, *([Text(f"{more} more wait for other events; --json names them", style="dim")] if more else [])]


def _step(step: event_service_pb2.ExplainedStep) -> Text:
    """What a definition with memory would do, a line for each thing."""
    lines = [Text(printable(tables.fired_by(step.trigger)), style="cyan")]
    if step.fires:
        lines.append(Text(f"  fires {step.fires} of these"))
    if step.moves:
        path = (f"{'leaves' if each.left else 'comes to'} {each.element}" for each in step.moves)
        lines.append(Text(printable(f"  the object {', '.join(path)}")))
    for wait in step.waits:
        where = f" at {wait.element}" if wait.element else ""
        lines.append(Text(printable(f"  waits{where} until {tables.moment(wait.until_time)}")))
    lines += [Text(printable(f"  emits {_emitted(each)}")) for each in step.emits]
    if step.reason:
        lines.append(Text(printable(f"  {step.reason}")))
    if step.left_out:
        lines.append(Text(f"  {step.left_out} more are not shown", style="dim"))
    return Text("\n").join(lines)


def _emitted(emit: event_service_pb2.ExplainedEmit) -> str:
    params = ", ".join(f"{name}={value}" for name, value in sorted(emit.params.items()))
    sets_off = ", ".join(tables.fired_by(each) for each in emit.sets_off)
    return f"{emit.type}({params})" + (f", which may set off {sets_off}" if sets_off else "")


def _name(firing: event_service_pb2.ExplainedFiring) -> str:
    return printable(tables.fired_by(firing.fired_by))


def _request(firing: event_service_pb2.ExplainedFiring) -> list[RenderableType]:
    if not firing.HasField("request"):
        return [Text(printable(firing.unrendered_reason or "its request is not shown"), style="red")]
    request: delivery_pb2.AttemptRequest = firing.request
    shown = request_facts(request)
    return [*shown, Text("the rest is not shown", style="dim")] if firing.body_cut else shown
