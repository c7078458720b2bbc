"""`hookline triggers`: definitions of the kinds that plugins add, whose configuration is the plugin's own JSON."""

import json
import uuid
from pathlib import Path
from typing import Annotated

import typer
from hookline.registry.v1 import trigger_pb2, trigger_pb2_grpc

from hookline_cli.commands.definitions import trigger_facts, triggers
from hookline_cli.commands.one_by_id import Kind, add_commands
from hookline_cli.commands.request_options import text_of
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="Definitions of the kinds that plugins add.", no_args_is_help=True)
KIND = Kind("trigger", "Trigger", "trigger", trigger_pb2, trigger_pb2_grpc.TriggerServiceStub, trigger_facts)
TriggerId = Annotated[int, typer.Argument(help="The id of a trigger.", min=1)]
KindName = Annotated[str, typer.Argument(help="The trigger source of a plugin; `hookline plugins list` names them.")]
NameOption = Annotated[str | None, typer.Option(help="For people.")]
ConfigurationOption = Annotated[str | None, typer.Option(help="A JSON object, the plugin's own.", metavar="JSON")]
FileOption = Annotated[Path | None, typer.Option(help="The same from a file.")]


@talks(app, "create")
async def create(
    session: Session,
    kind: KindName,
    name: NameOption = None,
    configuration: ConfigurationOption = None,
    file: FileOption = None,
) -> None:
    """Make a trigger, which its plugin checks; it is at work at once."""
    written = _configuration(configuration, file) or b"{}"
    trigger = trigger_pb2.Trigger(kind=kind, name=name or "", configuration=written)
    request = trigger_pb2.CreateTriggerRequest(
        account_id=session.account_id, trigger=trigger, request_id=str(uuid.uuid4())
    )
    registry = await session.registry()
    stub = trigger_pb2_grpc.TriggerServiceStub(registry.channel)
    answer = await registry.answer(stub.CreateTrigger, request)
    session.output.document(as_json(answer), trigger_facts(answer.trigger))


@talks(app, "list")
async def list_(
    session: Session, limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 100
) -> None:
    """List triggers."""
    registry = await session.registry()
    stub = trigger_pb2_grpc.TriggerServiceStub(registry.channel)
    request = trigger_pb2.ListTriggersRequest(account_id=session.account_id)
    items, more = await registry.pages(stub.ListTriggers, request, lambda page: page.triggers, limit)
    session.output.document({"triggers": [as_json(each) for each in items], "more": more}, triggers(items))


add_commands(
    app,
    KIND,
    show="Show one trigger.",
    pause="Let a trigger fire nothing.",
    resume="Let a trigger fire again; what happened meanwhile is not made up for.",
    delete="Delete a trigger; what it has fired is still sent.",
)


@talks(app, "update")
async def update(
    session: Session,
    id: TriggerId,
    name: NameOption = None,
    configuration: ConfigurationOption = None,
    file: FileOption = None,
) -> None:
    """Change a trigger's name, or its configuration as a whole; its kind stays."""
    written = _configuration(configuration, file)
    request = trigger_pb2.UpdateTriggerRequest(account_id=session.account_id, trigger=trigger_pb2.Trigger(id=id))
    if name is not None:
        request.trigger.name = name
        request.update_mask.paths.append("name")
    if written is not None:
        request.trigger.configuration = written
        request.update_mask.paths.append("configuration")
    if not request.update_mask.paths:
        raise typer.BadParameter("say what is to change: --name, --configuration or --file")
    registry = await session.registry()
    stub = trigger_pb2_grpc.TriggerServiceStub(registry.channel)
    answer = await registry.answer(stub.UpdateTrigger, request)
    session.output.document(as_json(answer), trigger_facts(answer.trigger))


def _configuration(written: str | None, file: Path | None) -> bytes | None:
    """The configuration that was given, None where none was."""
    if written is not None and file is not None:
        raise typer.BadParameter("give --configuration or --file, not both")
    text = text_of(file) if file is not None else written
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"the configuration is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise typer.BadParameter("the configuration is no JSON object")
    return text.encode()
