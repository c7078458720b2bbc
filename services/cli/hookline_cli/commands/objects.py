"""`hookline objects`: where a contact stands, and its end in all that is remembered."""

from typing import Annotated

import typer
from hookline.dispatcher.v1 import object_service_pb2 as pb
from hookline.dispatcher.v1 import object_service_pb2_grpc as pb_grpc
from rich.console import Group
from rich.text import Text

from hookline_cli import tables
from hookline_cli.commands.rendering import json_text
from hookline_cli.output import as_json
from hookline_cli.session import Session, talks

app = typer.Typer(help="What is remembered of contacts and other objects.", no_args_is_help=True)
ObjectArgument = Annotated[str, typer.Argument(help="Type and id: 0/8, or 8 for short, is the contact 8.")]


@talks(app, "show")
async def show(session: Session, object: ObjectArgument) -> None:
    """Show the newest that events have told of an object, and where it stands."""
    type_id, id_ = object_of(object)
    dispatcher = await session.dispatcher()
    stub = pb_grpc.ObjectServiceStub(dispatcher.channel)
    request = pb.GetObjectRequest(account_id=session.account_id, object_type_id=type_id, object_id=id_)
    answer = await dispatcher.answer(stub.GetObject, request)
    session.output.document(as_json(answer), _facts(answer.object))


@talks(app, "erase")
async def erase(
    session: Session,
    object: ObjectArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase what is remembered of an object; what was published and delivered goes with retention."""
    type_id, id_ = object_of(object)
    if not yes:
        typer.confirm(f"Erase what is remembered of {type_id}/{id_}?", abort=True, err=True)
    dispatcher = await session.dispatcher()
    stub = pb_grpc.ObjectServiceStub(dispatcher.channel)
    request = pb.EraseObjectRequest(account_id=session.account_id, object_type_id=type_id, object_id=id_)
    answer = await dispatcher.answer(stub.EraseObject, request, timeout=300.0)
    session.output.document(as_json(answer), _erased(answer))


def object_of(text: str) -> tuple[int, str]:
    """Type and id of an object written as 0/8, or as 8; raises typer.BadParameter."""
    head, slash, rest = text.partition("/")
    type_id, id_ = (head, rest) if slash else ("0", text)
    if not id_ or not (type_id.isascii() and type_id.isdigit()) or len(type_id) > 9:
        raise typer.BadParameter(f"{text} is not an object; write 0/8 for the contact 8")
    return int(type_id), id_


def _facts(shown: pb.Object) -> Group:
    head = tables.facts(
        (
            ("object", f"{shown.object_type_id}/{shown.object_id}"),
            ("version", str(shown.version or "")),
            ("tags", ", ".join(shown.tags)),
        )
    )
    places = tables.table(
        ("definition", "is at", "until", "to be told", "set aside"),
        (
            (
                f"{each.trigger.source}/{each.trigger.id}",
                ", ".join(each.elements),
                "held" if each.held else tables.moment(each.until_time),
                str(each.waiting or ""),
                str(each.set_aside or ""),
            )
            for each in shown.places
        ),
    )
    return Group(head, json_text(shown.data), places)


def _erased(answer: pb.EraseObjectResponse) -> Text:
    counts = {
        "state": answer.states,
        "memories": answer.memories,
        "timers": answer.timers,
        "routes": answer.routes,
        "rows of counts": answer.elements,
    }
    found = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return Text(f"erased: {found}" if found else "nothing was remembered of it")
