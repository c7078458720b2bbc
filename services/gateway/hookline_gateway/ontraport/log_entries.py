"""The log as records: what was sent to subscriptions and webhooks, the newest first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from hookline.dispatcher.v1 import delivery_pb2, log_service_pb2_grpc
from hookline.dispatcher.v1 import log_service_pb2 as pb

from hookline_gateway.calls import Calls
from hookline_gateway.ontraport.callers import Caller
from hookline_gateway.ontraport.conditions import Record

STEP = 1000
_BODIES = frozenset({"payload", "response"})
_KINDS = {delivery_pb2.TARGET_KIND_SUBSCRIPTION: "subscription", delivery_pb2.TARGET_KIND_WEBHOOK: "webhook"}


class LogEntries:
    """The log of the account of who calls; ``stub`` is the dispatcher's."""

    def __init__(self, calls: Calls, stub: log_service_pb2_grpc.LogServiceAsyncStub, caller: Caller) -> None:
        self._calls = calls
        self._stub = stub
        self._caller = caller

    async def page(self, ids: Sequence[int] | None, skip: int, size: int, fields: frozenset[str]) -> list[Record]:
        """Records, the newest first."""
        found: list[Record] = []
        request = pb.ListLogRequest(ids=ids or (), skip=skip, bodies=bool(fields & _BODIES))
        while True:
            request.page_size = size - len(found)
            answer = await self._list(request)
            found += map(record, answer.entries)
            if len(found) >= size or not answer.next_page_token:
                return found
            request.skip, request.page_token = 0, answer.next_page_token  # a page of large ones ends early

    async def walk(self, ids: Sequence[int] | None, fields: frozenset[str]) -> AsyncIterator[Record]:
        """All of them, the newest first, each with the fields that are asked for; bodies are not among these."""
        request = pb.ListLogRequest(ids=ids or (), page_size=STEP)
        while True:
            answer = await self._list(request)
            for entry in answer.entries:
                shown = record(entry)
                yield {name: shown[name] for name in fields}
            if not answer.next_page_token:
                return
            request.page_token = answer.next_page_token

    async def count(self, ids: Sequence[int] | None) -> int:
        """How many there are, up to where the log is looked at."""
        answer = await self._list(pb.ListLogRequest(ids=ids or (), page_size=1, count=True))
        return int(answer.total_size)

    async def _list(self, request: pb.ListLogRequest) -> pb.ListLogResponse:
        answer: pb.ListLogResponse = await self._calls.dispatcher(self._stub.ListLog, request, self._caller.metadata)
        return answer


def record(entry: pb.LogEntry) -> Record:
    """An entry as this API shows it: every value is a text, or null."""
    delivery, attempt = entry.delivery, entry.attempt
    tried = entry.HasField("attempt")
    return {
        "id": str(entry.id),
        "webhook_id": str(delivery.target.id),
        "webhook_type": _KINDS.get(delivery.target.kind, ""),
        "event": delivery.event_type,
        "object_type_id": str(delivery.object_type_id),
        "object_id": delivery.object_id,
        "date": str(entry.time.seconds),
        "method": attempt.request.method,
        "url": attempt.request.url,
        "payload": attempt.request.body.decode(errors="replace"),
        "code": str(attempt.response.status_code),
        "response": attempt.response.body.decode(errors="replace"),
        "outcome": _outcome(attempt.outcome) if tried else "cancelled",
        "reason": attempt.reason if tried else entry.reason,
        "attempt": str(attempt.number),
        "delivery_id": str(delivery.id),
    }


def _outcome(outcome: delivery_pb2.Outcome.ValueType) -> str:
    return delivery_pb2.Outcome.Name(outcome).removeprefix("OUTCOME_").lower()
