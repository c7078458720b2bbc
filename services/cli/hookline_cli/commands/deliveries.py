"""`hookline deliveries`: look at what is sent, watch it, send it again."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import grpc
import typer
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2, delivery_service_pb2, delivery_service_pb2_grpc
from rich.text import Text

from hookline_cli import tables
from hookline_cli.commands.delivery_search import Search
from hookline_cli.commands.rendering import delivery_facts
from hookline_cli.commands.targets_arg import target_ref
from hookline_cli.connection import Connection
from hookline_cli.event_lines import BadLine, time_of
from hookline_cli.output import as_json
from hookline_cli.printable import printable
from hookline_cli.session import Session, talks
from hookline_cli.up.readiness import until_serving

app = typer.Typer(help="Look at what is sent, watch it, send it again.", no_args_is_help=True)
_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.3
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class State(StrEnum):
    """How far a delivery is; what is retried is among what waits."""

    waiting = "waiting"
    retrying = "retrying"
    in_flight = "in_flight"
    delivered = "delivered"
    dead = "dead"
    cancelled = "cancelled"


TargetOption = Annotated[str | None, typer.Option(help="Only this target: subscription/3, or 3 for short.")]
SinceOption = Annotated[str | None, typer.Option(help="RFC 3339, or an age such as 90s, 15m, 2h, 1d.")]


@talks(app, "list")
async def list_(
    session: Session,
    state: Annotated[list[State] | None, typer.Option(help="Only this state; may be repeated.")] = None,
    target: TargetOption = None,
    event: Annotated[str, typer.Option(help="Only what this event id caused.")] = "",
    type: Annotated[str, typer.Option(help="Only events of this type.")] = "",
    object_type: Annotated[int | None, typer.Option(help="Only objects of this type.")] = None,
    object_id: Annotated[str, typer.Option(help="Only this object.")] = "",
    since: SinceOption = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0)] = 50,
    page_token: Annotated[str, typer.Option(help="Go on where a list with the same filters ended.")] = "",
) -> None:
    """List deliveries, the newest first."""
    request = delivery_service_pb2.ListDeliveriesRequest(
        account_id=session.account_id,
        states=[
            delivery_pb2.DeliveryState.Value(f"DELIVERY_STATE_{each.upper()}")
            for each in state or ()
            if each is not State.retrying
        ],
        retrying=State.retrying in (state or ()),
        target=target_ref(target) if target else None,
        event_id=event,
        event_type=type,
        object_type_id=object_type,
        object_id=object_id,
        since_time=moment_of(since) if since else None,
        page_token=page_token,
    )
    search = Search()
    await search.run(await session.dispatcher(), request, limit)
    session.output.document(search.document, tables.deliveries(search.deliveries))
    if search.note:
        session.output.note(search.note)


@talks(app, "show")
async def show(session: Session, id: Annotated[int, typer.Argument(help="The id of a delivery.", min=1)]) -> None:
    """Show a delivery, its attempts, and what the last one sent and got."""
    dispatcher = await session.dispatcher()
    stub = delivery_service_pb2_grpc.DeliveryServiceStub(dispatcher.channel)
    get = delivery_service_pb2.GetDeliveryRequest(account_id=session.account_id, id=id)
    delivery = (await dispatcher.answer(stub.GetDelivery, get)).delivery
    request = delivery_service_pb2.ListAttemptsRequest(account_id=session.account_id, delivery_id=id)
    attempts, _ = await dispatcher.pages(stub.ListAttempts, request, lambda page: page.attempts, 0, page_size=50)
    document = {"delivery": as_json(delivery), "attempts": [as_json(each) for each in attempts]}
    session.output.document(document, delivery_facts(delivery, attempts))


@talks(app, "tail")
async def tail(
    session: Session,
    target: TargetOption = None,
    resume: Annotated[str, typer.Option(help="A resume_token of an earlier tail.")] = "",
    count: Annotated[int, typer.Option(help="End after so many; 0: never.", min=0)] = 0,
) -> None:
    """Watch outcomes as they come, one line each."""
    request = delivery_service_pb2.WatchRequest(
        account_id=session.account_id, target=target_ref(target) if target else None, resume_token=resume
    )
    seen = 0
    async for response in watch(session, request):
        if not response.HasField("delivery"):
            continue  # it only says where to resume
        session.output.line(as_json(response), outcome_line(response))
        seen += 1
        if seen == count:
            return


async def watch(
    session: Session, request: delivery_service_pb2.WatchRequest
) -> AsyncIterator[delivery_service_pb2.WatchResponse]:
    """Responses without end; a dispatcher that goes away is waited for, and the watch resumes where it was.

    The first one comes at once, without an outcome: from then on none is missed.
    """
    dispatcher = await session.dispatcher()
    stub = delivery_service_pb2_grpc.DeliveryServiceStub(dispatcher.channel)
    # A dispatcher that is not there or refuses the key is told at once; one that goes away later is waited for.
    await dispatcher.answer(stub.ListDeliveries, _first_of(request))
    while True:
        try:
            async for response in dispatcher.watch(stub.Watch, request):
                request.resume_token = response.resume_token
                yield response
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE or not await _back(dispatcher):
                raise dispatcher.failure(error) from None
        await asyncio.sleep(_PAUSE_SECONDS)


async def _back(dispatcher: Connection) -> bool:
    """Waits for a service that went away; whether it serves again in time."""
    try:
        await asyncio.wait_for(until_serving(dispatcher.address, dispatcher.credentials), _PATIENCE_SECONDS)
    except TimeoutError:
        return False
    return True


def _first_of(request: delivery_service_pb2.WatchRequest) -> delivery_service_pb2.ListDeliveriesRequest:
    return delivery_service_pb2.ListDeliveriesRequest(account_id=request.account_id, page_size=1)


def outcome_line(outcome: delivery_service_pb2.WatchResponse) -> Text:
    """One outcome in one line."""
    delivery, attempt = outcome.delivery, outcome.attempt
    when = delivery.settle_time if delivery.HasField("settle_time") else delivery.create_time
    line = Text(f"{tables.moment(when)}  {delivery.id:>8}  ")
    line.append_text(tables.delivery_state(delivery.state))
    line.append(_on_one_line(f"  {tables.target_name(delivery.target)}  {delivery.event_type}  "))
    line.append(_on_one_line(f"{delivery.object_type_id}/{delivery.object_id}"))
    if outcome.HasField("attempt"):
        line.append(f"  attempt {attempt.number}: {tables.outcome(attempt)} in {tables.milliseconds(attempt)}")
    if delivery.reason:
        line.append(_on_one_line(f"  {delivery.reason}"), style="dim")
    return line


def _on_one_line(text: str) -> str:
    return printable(text).replace("\n", " ")


@talks(app, "redeliver")
async def redeliver(
    session: Session,
    id: Annotated[int | None, typer.Argument(help="The id of a settled delivery.", min=1)] = None,
    since: SinceOption = None,
    target: TargetOption = None,
    include_delivered: Annotated[bool, typer.Option(help="Repeat what was delivered, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """Send one delivery again, or with --since all that failed."""
    if (id is None) == (since is None):
        raise typer.BadParameter("give the id of a delivery, or --since a time")
    dispatcher = await session.dispatcher()
    stub = delivery_service_pb2_grpc.DeliveryServiceStub(dispatcher.channel)
    if id is not None:
        request = delivery_service_pb2.RedeliverRequest(
            account_id=session.account_id, id=id, request_id=str(uuid.uuid4())
        )
        answer = await dispatcher.answer(stub.Redeliver, request)
        session.output.document(as_json(answer), Text(f"delivery {answer.delivery.id} repeats {id}"))
        return
    many = delivery_service_pb2.RedeliverSinceRequest(
        account_id=session.account_id,
        since_time=moment_of(since or ""),
        target=target_ref(target) if target else None,
        include_delivered=include_delivered,
        dry_run=dry_run,
    )
    counted = await dispatcher.answer(stub.RedeliverSince, many)
    verb = "would be" if dry_run else "are"
    session.output.document(as_json(counted), Text(f"{counted.redelivered} deliveries {verb} sent again"))


def moment_of(text: str) -> Timestamp:
    """A time of RFC 3339, or an age before now; raises typer.BadParameter."""
    number, unit = text[:-1], text[-1:]
    if unit in _UNITS and number.isascii() and number.isdigit() and len(number) < 10:
        stamp = Timestamp()
        stamp.FromDatetime(datetime.now(UTC) - timedelta(**{_UNITS[unit]: int(number)}))
        return stamp
    try:
        return time_of(text, "--since")
    except BadLine as error:
        raise typer.BadParameter(f"{error}, or an age such as 15m") from None
