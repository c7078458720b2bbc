"""Batches of events: which of them are good, what is wrong with the others, and the answer to each in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from google.rpc import status_pb2
from hookline.dispatcher.v1 import event_service_pb2

from hookline_dispatcher.ingest.ingest import Ingest, Publication
from hookline_dispatcher.store.model import IntakeResult, IntakeStatus
from hookline_runtime.access import KeyKind, Principal
from hookline_runtime.errors import Aborted, AlreadyExists, HooklineError, NotFound, status_of

from .wire_events import publication

BatchRequest = event_service_pb2.PublishBatchRequest | event_service_pb2.PublishStreamRequest
_Entry = Publication | HooklineError
BatchResponse = event_service_pb2.PublishBatchResponse | event_service_pb2.PublishStreamResponse


@dataclass(frozen=True, slots=True)
class Answers:
    """What is left of a batch once it is on its way: the ids of its good events, and the errors of the others."""

    entries: tuple[str | HooklineError, ...]

    def write(self, response: BatchResponse, committed: Sequence[IntakeResult]) -> None:
        """Writes the answer to each event in its place, given what became of those that were published."""
        rest = iter(committed)
        for entry in self.entries:
            result = response.results.add()  # filled in place: a message made beforehand would be copied
            if isinstance(entry, str):
                _write(result, entry, next(rest, _REFUSED))
            else:
                result.error.CopyFrom(status_of(entry))


@dataclass(frozen=True, slots=True)
class Batch:
    """The events of a request: what is to be published, and how it is answered."""

    good: tuple[Publication, ...]
    """None of an atomic batch that has an error."""
    atomic: bool
    answers: Answers


async def read_batch(request: BatchRequest, ingest: Ingest, principal: Principal, now: int) -> Batch:
    """The events of ``request``, which is used up. Nothing that is wrong with an event is raised.

    Raises:
        Unavailable: the store failed.
    """
    entries = [_entry(request, index, principal, now) for index in range(len(request.events))]
    if principal.kind is KeyKind.OPERATOR:
        entries = await _with_account(entries, ingest)
    good = tuple([entry for entry in entries if isinstance(entry, Publication)])
    atomic = request.mode == event_service_pb2.BATCH_MODE_ATOMIC
    answers = Answers(tuple([entry.event.id if isinstance(entry, Publication) else entry for entry in entries]))
    return Batch(() if atomic and len(good) < len(entries) else good, atomic, answers)


def acknowledge(ack: event_service_pb2.PublishAck, event_id: str, result: IntakeResult) -> None:
    """Writes the ack of an event.

    Raises:
        AlreadyExists: another event stands under its id.
    """
    if result.status is IntakeStatus.CONFLICT:
        raise AlreadyExists(
            f"an event with other content stands under the id {event_id}",
            reason="EVENT_ID_TAKEN",
            metadata={"event_id": event_id},
        )
    ack.event_id = event_id
    ack.duplicate = result.status is IntakeStatus.DUPLICATE
    ack.deliveries = result.deliveries


_REFUSED = IntakeResult(IntakeStatus.REFUSED)


async def existing_account(published: Publication, ingest: Ingest, path: str) -> Publication:
    """The publication as it is, if there is an account of its number.

    Raises:
        NotFound: there is none.
        Unavailable: the store failed.
    """
    if await ingest.unknown([published.event.account_id]):
        raise _no_account(published, path)
    return published


async def _with_account(
    entries: list[Publication | HooklineError], ingest: Ingest
) -> list[Publication | HooklineError]:
    unknown = await ingest.unknown(entry.event.account_id for entry in entries if isinstance(entry, Publication))
    return [
        _no_account(entry, f"events[{index}]")
        if isinstance(entry, Publication) and entry.event.account_id in unknown
        else entry
        for index, entry in enumerate(entries)
    ]


def _no_account(published: Publication, path: str) -> NotFound:
    metadata = {"field": f"{path}.account_id", "account_id": str(published.event.account_id)}
    return NotFound("no such account", metadata=metadata)


def _entry(request: BatchRequest, index: int, principal: Principal, now: int) -> _Entry:
    try:
        return publication(request.events[index], f"events[{index}]", principal, now)
    except HooklineError as error:
        return error


def _write(answer: event_service_pb2.PublishResult, event_id: str, result: IntakeResult) -> None:
    if result.status is IntakeStatus.REFUSED:
        answer.error.CopyFrom(_refused())
        return
    try:
        acknowledge(answer.ack, event_id, result)
    except AlreadyExists as error:
        answer.error.CopyFrom(status_of(error))


@cache
def _refused() -> status_pb2.Status:
    return status_of(Aborted("not taken, because another event of its atomic batch was not", reason="BATCH_REFUSED"))
