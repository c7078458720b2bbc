"""`hookline routes`: what campaigns and other definitions with memory failed on, told again or dropped."""

from collections.abc import Iterable
from typing import Annotated

import typer
from hookline.dispatcher.v1 import route_service_pb2 as pb
from hookline.dispatcher.v1 import route_service_pb2_grpc as pb_grpc
from rich.table import Table
from rich.text import Text

from hookline_cli import tables
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="What definitions with memory failed on, and was set aside.", no_args_is_help=True)
RouteId = Annotated[int, typer.Argument(help="The id of a route.", min=1)]
OF_HELP = "Those of one definition: campaign/5, global_rule/7, score/1; campaign/0 is what was for all campaigns."


@talks(app, "list")
async def list_(
    session: Session,
    of: Annotated[str, typer.Option("--of", help=OF_HELP)] = "",
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 50,
) -> None:
    """List what was set aside: by definition, by object, in the order in which it came."""
    source, definition_id = definition_of(of) if of else ("", 0)
    dispatcher = await session.dispatcher()
    stub = pb_grpc.RouteServiceStub(dispatcher.channel)
    request = pb.ListRoutesRequest(account_id=session.account_id, source=source, definition_id=definition_id)
    items, more = await dispatcher.pages(stub.ListRoutes, request, lambda page: page.routes, limit)
    session.output.document({"routes": [as_json(each) for each in items], "more": more}, _routes(items))


@talks(app, "repeat")
async def repeat(
    session: Session,
    id: Annotated[int | None, typer.Argument(help="The id of a route.", min=1)] = None,
    of: Annotated[str, typer.Option("--of", help=OF_HELP)] = "",
) -> None:
    """Have one told again, or with --of all of a definition, in order."""
    if (id is None) == (not of):
        raise typer.BadParameter("give the id of a route, or --of a definition")
    dispatcher = await session.dispatcher()
    stub = pb_grpc.RouteServiceStub(dispatcher.channel)
    if id is not None:
        one = pb.RepeatRouteRequest(account_id=session.account_id, id=id)
        answer = await dispatcher.answer(stub.RepeatRoute, one)
        session.output.document(as_json(answer), Text(f"route {id} is told again"))
        return
    source, definition_id = definition_of(of)
    many = pb.RepeatRoutesRequest(account_id=session.account_id, source=source, definition_id=definition_id)
    counted = await dispatcher.answer(stub.RepeatRoutes, many)
    session.output.document(as_json(counted), Text(f"{counted.count} routes are told again"))


@talks(app, "drop")
async def drop(session: Session, id: RouteId) -> None:
    """Drop one: its definition is never told of it."""
    dispatcher = await session.dispatcher()
    stub = pb_grpc.RouteServiceStub(dispatcher.channel)
    answer = await dispatcher.answer(stub.DropRoute, pb.DropRouteRequest(account_id=session.account_id, id=id))
    session.output.document(as_json(answer), Text(f"route {id} is dropped"))


def definition_of(text: str) -> tuple[str, int]:
    """Source and id of a definition written as campaign/5; raises typer.BadParameter."""
    source, _, number = text.rpartition("/")
    if not source or not (number.isascii() and number.isdigit()) or len(number) > 18:
        raise typer.BadParameter(f"{text} is not a definition; write campaign/5")
    return source, int(number)


def _routes(items: Iterable[pb.Route]) -> Table | Text:
    return tables.table(
        ("id", "definition", "object", "tells of", "reason", "tried", "since", "set aside"),
        (
            (
                str(each.id),
                f"{each.trigger.source}/{each.trigger.id}",
                f"{each.object_type_id}/{each.object_id}",
                _told(each),
                each.reason,
                str(each.attempts),
                tables.moment(each.create_time),
                tables.moment(each.set_aside_time),
            )
            for each in items
        ),
    )


def _told(route: pb.Route) -> str:
    if route.kind == pb.ROUTE_KIND_EVENT:
        return f"{route.event_type} {route.event_id}"
    if route.kind == pb.ROUTE_KIND_TIMER:
        return f"a wait that ended {tables.moment(route.due_time)}"
    return "a change of the definition"
