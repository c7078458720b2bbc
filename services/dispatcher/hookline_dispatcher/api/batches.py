"""Batches of events: which of them are good, what is wrong with the others, and the answer to each in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from google.rpc import status_pb2
from hookline.dispatcher.v1 import event_service_pb2

from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.model import IntakeResult, IntakeStatus
from hookline_runtime.access import Principal
from hookline_runtime.errors import Aborted, AlreadyExists, HooklineError, status_of

from .wire_events import publication

BatchRequest = event_service_pb2.PublishBatchRequest | event_service_pb2.PublishStreamRequest
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


def read_batch(request: BatchRequest, principal: Principal, now: int) -> Batch:
    """The events of ``request``, which is used up. Nothing that is wrong with an event is raised."""
    entries = [_entry(request, index, principal, now) for index in range(len(request.events))]
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


def _entry(request: BatchRequest, index: int, principal: Principal, now: int) -> Publication | HooklineError:
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
