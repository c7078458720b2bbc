"""`hookline publish`: one event by flags, or JSON lines from a file or standard input."""

import contextlib
import json
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from hookline.dispatcher.v1 import event_service_pb2, event_service_pb2_grpc
from hookline.event.v1 import event_pb2
from rich.text import Text

from hookline_cli.event_lines import BadLine, event_of
from hookline_cli.failure import CliError, why
from hookline_cli.output import as_json
from hookline_cli.publishing.batches import BATCH_EVENTS, Refused, batches
from hookline_cli.publishing.progress import Tally
from hookline_cli.publishing.reading import chunks, line_groups
from hookline_cli.publishing.stream import PATIENCE_SECONDS, WINDOW, StreamPublisher
from hookline_cli.session import Session, talks

NO_DATA = "{}"


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @talks(app, "publish", data_dir_only=True)
    async def publish(
        session: Session,
        file: Annotated[str | None, typer.Argument(help="JSON lines; - is standard input.")] = None,
        type: Annotated[str | None, typer.Option(help="The event's type, such as sub_tag.")] = None,
        param: Annotated[list[str] | None, typer.Option(help="NAME=VALUE, may be repeated.")] = None,
        object_type: Annotated[int, typer.Option(help="0 contact, 149 deal, 150 company, from 10000.")] = 0,
        object_id: Annotated[str | None, typer.Option(help="The object.")] = None,
        object_version: Annotated[int, typer.Option(help="Orders the versions of one object.")] = 0,
        event_data: Annotated[str, typer.Option("--data", help="The object's fields as a JSON object.")] = NO_DATA,
        tag: Annotated[list[str] | None, typer.Option(help="A tag that the object has; may be repeated.")] = None,
        changed: Annotated[list[str] | None, typer.Option(help="A field that changed; may be repeated.")] = None,
        occurred: Annotated[str | None, typer.Option(help="When it happened, RFC 3339.")] = None,
        ordering_key: Annotated[str, typer.Option(help="Orders deliveries; the object when left out.")] = "",
        id: Annotated[str | None, typer.Option(help="The event's id; one is made when left out.")] = None,
        atomic: Annotated[bool, typer.Option("--atomic", help="A batch with a bad event is refused whole.")] = False,
        batch: Annotated[int, typer.Option(help="Events in a batch.", min=1, max=1000)] = BATCH_EVENTS,
        window: Annotated[int, typer.Option(help="Batches in flight.", min=1, max=64)] = WINDOW,
        patience: Annotated[float, typer.Option(help="Seconds to try without an ack.", min=0)] = PATIENCE_SECONDS,
    ) -> None:
        """Publish one event by flags, or JSON lines over a stream."""
        if (file is None) == (type is None):
            raise typer.BadParameter("give a file (or - for standard input), or an event with --type and --object-id")
        if file is not None:
            flags = {
                "--param": param,
                "--object-type": object_type,
                "--object-id": object_id,
                "--object-version": object_version,
                "--data": event_data != NO_DATA,
                "--tag": tag,
                "--changed": changed,
                "--occurred": occurred,
                "--ordering-key": ordering_key,
                "--id": id,
            }
            _refuse_beside_a_file([flag for flag, value in flags.items() if value])
            await publish_lines(session, file, atomic=atomic, batch=batch, window=window, patience=patience)
            return
        fields: dict[str, object] = {
            "id": id or str(uuid.uuid4()),
            "account_id": session.account_id,
            "type": type,
            "params": dict(_pair(each) for each in param or ()),
            "object_type_id": object_type,
            "object_id": object_id or "",
            "object_version": object_version,
            "changed_fields": changed or [],
            "tags": tag or [],
            "ordering_key": ordering_key,
        }
        if occurred:
            fields["occurred_time"] = occurred
        await _publish_one(session, _event(fields, event_data))


def _refuse_beside_a_file(flags: list[str]) -> None:
    if flags:
        folder = "; the folder of the services is --data-dir here" if "--data" in flags else ""
        raise typer.BadParameter(f"{', '.join(flags)}: for one event, and a file says that itself{folder}")


async def publish_lines(session: Session, file: str, *, atomic: bool, batch: int, window: int, patience: float) -> None:
    """Publishes every line; raises CliError when one was refused."""
    output = session.output

    def tell(refused: Refused) -> None:
        output.note(Text(f"line {refused.line}: {'; '.join(refused.reasons)}", style="red"))

    with _opened(file) as (descriptor, total), Tally(output.notes, total, tell) as tally:
        publisher = StreamPublisher(
            await session.dispatcher(),
            tally.settle,
            atomic=atomic,
            window=window,
            patience=patience,
            on_trouble=lambda text: output.note(Text(text, style="yellow")),
        )
        await publisher.run(batches(line_groups(chunks(descriptor)), batch, session.account_id))
    output.document(tally.summary(), tally.sentence())
    if tally.failed:
        raise CliError(f"{tally.failed} of {tally.failed + tally.taken} events were not published")


async def _publish_one(session: Session, event: event_pb2.Event) -> None:
    dispatcher = await session.dispatcher()
    stub = event_service_pb2_grpc.EventServiceStub(dispatcher.channel)
    answer = await dispatcher.answer(stub.Publish, event_service_pb2.PublishRequest(event=event))
    ack = answer.ack
    words = f"{ack.event_id}: {'was there already' if ack.duplicate else 'published'}, {ack.deliveries} deliveries"
    session.output.document(as_json(answer), Text(words))


def _event(fields: dict[str, object], data: str) -> event_pb2.Event:
    try:
        try:
            fields["data"] = json.loads(data)
        except (ValueError, RecursionError):
            raise BadLine("data: is not JSON") from None
        return event_of(fields)
    except BadLine as error:
        raise CliError("the event is not published", str(error)) from None


@contextlib.contextmanager
def _opened(file: str) -> Iterator[tuple[int, int | None]]:
    """The descriptor to read, and how many lines there are where that can be counted."""
    if file == "-":
        yield sys.stdin.fileno(), None
        return
    path = Path(file)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise CliError(f"cannot read {file}: {why(error)}") from None
    try:
        yield descriptor, _count_lines(path) if path.is_file() and sys.stderr.isatty() else None
    finally:
        os.close(descriptor)


def _count_lines(path: Path) -> int:
    with path.open("rb") as handle:
        return sum(1 for line in handle if line.strip())


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{text!r} is not NAME=VALUE")
    return name, value
