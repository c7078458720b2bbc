"""What callers changed here, on its way to the audit log, which the registry keeps.

It is told within a second where the registry is there, and kept in memory until it is; a log line tells of it at once.
A report that is repeated counts once.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque

import grpc.aio
import structlog
from google.protobuf.message import Message
from hookline.dispatcher.v1 import delivery_pb2
from hookline.registry.v1 import audit_pb2, audit_pb2_grpc

from hookline_runtime.access import KeyKind
from hookline_runtime.calls import Call
from hookline_runtime.clock import Clock
from hookline_runtime.masking import masked_json

MOST_WAITING = 10_000
TOGETHER = 100
ANSWER_SECONDS = 2.0
PAUSE_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class AuditOutbox:
    """Reports to the registry what was done, in order."""

    def __init__(self, channel: grpc.aio.Channel, service_key: str, clock: Clock) -> None:
        self._stub: audit_pb2_grpc.AuditServiceAsyncStub = audit_pb2_grpc.AuditServiceStub(channel)
        self._metadata = (("service-key", service_key),)
        self._clock = clock
        self._waiting: deque[audit_pb2.ReportedEntry] = deque()
        self._wake = asyncio.Event()

    def done(self, call: Call, answer: Message | None) -> None:
        """Takes in what was done; beyond 10,000 that wait, only the log line tells of it."""
        entry = entry_of(call, self._clock.now())
        _log.info(
            "changed", method=entry.method, resource=entry.resource, key=entry.application_id, request=call.request_id
        )
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(audit_pb2.ReportedEntry(entry=entry, report_id=uuid.uuid4().hex))
            self._wake.set()
        else:
            _log.error("the audit log misses an entry: too many wait for the registry", method=entry.method)

    async def run(self) -> None:
        """Reports for as long as it runs."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not await self.report():
                self._wake.set()
                await asyncio.sleep(PAUSE_SECONDS)

    async def report(self) -> bool:
        """Reports what waits; whether the registry has taken all of it."""
        while self._waiting:
            step = [self._waiting[place] for place in range(min(TOGETHER, len(self._waiting)))]
            request = audit_pb2.ReportAuditEntriesRequest(entries=step)
            try:
                await self._stub.ReportAuditEntries(request, metadata=self._metadata, timeout=ANSWER_SECONDS)
            except grpc.aio.AioRpcError as error:
                _log.info("what was changed is reported later", count=len(self._waiting), reason=error.code().name)
                return False
            for _ in step:
                self._waiting.popleft()
        return True


def entry_of(call: Call, now: int) -> audit_pb2.AuditEntry:
    """What the audit log is told of a call: what was asked, without secrets and without the data of events."""
    request = type(call.request)()
    request.CopyFrom(call.request)
    if "event" in request.DESCRIPTOR.fields_by_name:
        request.ClearField("event")
    entry = audit_pb2.AuditEntry(
        account_id=call.principal.account_id or getattr(request, "account_id", 0),
        application_id=call.principal.application_id,
        operator=call.principal.kind is KeyKind.OPERATOR,
        method=call.method,
        resource=resource_of(call),
        outcome="OK",
        after=masked_json(request),
        request_id=call.request_id,
        peer=call.peer,
    )
    entry.create_time.FromMicroseconds(now)
    return entry


def resource_of(call: Call) -> str:
    """What a call is about, such as ``subscription/3`` or ``delivery/7``; of many, their kind."""
    fields = call.request.DESCRIPTOR.fields_by_name
    target = getattr(call.request, "target", None)
    if target is not None and call.request.HasField("target"):
        kind = delivery_pb2.TargetKind.Name(target.kind).removeprefix("TARGET_KIND_").lower()
        return f"{kind}/{target.id}"
    noun = call.method.split(".")[-2].removesuffix("Service").lower()
    for names in (("id",), ("object_type_id", "object_id"), ("source", "definition_id")):
        if all(name in fields for name in names):
            return "/".join((noun, *(str(getattr(call.request, name)) for name in names)))
    return noun
