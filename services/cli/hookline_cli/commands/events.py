"""`hookline events`: what was published and what it fired."""

from typing import Annotated

import typer
from hookline.dispatcher.v1 import event_service_pb2, event_service_pb2_grpc

from hookline_cli import tables
from hookline_cli.commands.rendering import event_facts
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="What was published and what it fired.", no_args_is_help=True)


@talks(app, "list")
async def list_(
    session: Session,
    type: Annotated[str, typer.Option(help="Only this type.")] = "",
    object_type: Annotated[int | None, typer.Option(help="Only objects of this type.")] = None,
    object_id: Annotated[str, typer.Option(help="Only this object.")] = "",
    snapshots: Annotated[
        bool, typer.Option("--snapshots", help="Also the data that definitions found when they fired later.")
    ] = False,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 50,
) -> None:
    """List events, the newest first."""
    dispatcher = await session.dispatcher()
    stub = event_service_pb2_grpc.EventServiceStub(dispatcher.channel)
    request = event_service_pb2.ListEventsRequest(
        account_id=session.account_id,
        type=type,
        object_type_id=object_type,
        object_id=object_id,
        snapshots=snapshots,
    )
    items, more = await dispatcher.pages(stub.ListEvents, request, lambda page: page.events, limit)
    session.output.document({"events": [as_json(each) for each in items], "more": more}, tables.events(items))


@talks(app, "show")
async def show(session: Session, id: Annotated[str, typer.Argument(help="The id of an event.")]) -> None:
    """Show an event and what it fired, or why it fired nothing."""
    dispatcher = await session.dispatcher()
    stub = event_service_pb2_grpc.EventServiceStub(dispatcher.channel)
    request = event_service_pb2.GetEventRequest(account_id=session.account_id, event_id=id)
    answer = await dispatcher.answer(stub.GetEvent, request)
    session.output.document(as_json(answer), event_facts(answer.event))
