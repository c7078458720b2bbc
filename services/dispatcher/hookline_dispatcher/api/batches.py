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


@dataclass(frozen=True, slots=True)
class Answers:
    """What is left of a batch once it is on its way: the ids of its good events, and the errors of the others."""

    entries: tuple[str | HooklineError, ...]

    def results(self, committed: Sequence[IntakeResult]) -> list[event_service_pb2.PublishResult]:
        """The answer to each event in its place, given what became of those that were published."""
        rest = iter(committed)
        return [
            _result(entry, next(rest, _REFUSED)) if isinstance(entry, str) else _error(entry) for entry in self.entries
        ]


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


def answer(event_id: str, result: IntakeResult) -> event_service_pb2.PublishAck:
    """The ack of an event.

    Raises:
        AlreadyExists: another event stands under its id.
    """
    if result.status is IntakeStatus.CONFLICT:
        raise AlreadyExists(
            f"an event with other content stands under the id {event_id}",
            reason="EVENT_ID_TAKEN",
            metadata={"event_id": event_id},
        )
    return event_service_pb2.PublishAck(
        event_id=event_id, duplicate=result.status is IntakeStatus.DUPLICATE, deliveries=result.deliveries
    )


_REFUSED = IntakeResult(IntakeStatus.REFUSED)


def _entry(request: BatchRequest, index: int, principal: Principal, now: int) -> Publication | HooklineError:
    try:
        return publication(request.events[index], f"events[{index}]", principal, now)
    except HooklineError as error:
        return error


def _result(event_id: str, result: IntakeResult) -> event_service_pb2.PublishResult:
    if result.status is IntakeStatus.REFUSED:
        return event_service_pb2.PublishResult(error=_refused())
    try:
        return event_service_pb2.PublishResult(ack=answer(event_id, result))
    except AlreadyExists as error:
        return _error(error)


def _error(error: HooklineError) -> event_service_pb2.PublishResult:
    return event_service_pb2.PublishResult(error=status_of(error))


@cache
def _refused() -> status_pb2.Status:
    return status_of(Aborted("not taken, because another event of its atomic batch was not", reason="BATCH_REFUSED"))
