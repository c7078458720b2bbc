"""What the audit log is told of a call, noted before the call is answered: with what it changed, where it changed any.

No servicer knows of it, but for the one whose work leaves the store: a request that is sent cannot be taken back.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable
from typing import TypeVar

import structlog
from hookline.dispatcher.v1 import delivery_pb2
from hookline.registry.v1 import audit_pb2

from hookline_dispatcher.store.notes import Note, Notes, noting
from hookline_runtime.access import KeyKind
from hookline_runtime.calls import Call
from hookline_runtime.clock import Clock
from hookline_runtime.masking import masked_json

from .store_errors import store_in_use

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Noting:
    """Has noted what callers change.

    Args:
        notes: Where notes are kept until the registry has them.
        clock: The time.
    """

    def __init__(self, notes: Notes, clock: Clock) -> None:
        self._notes = notes
        self._clock = clock

    async def around(self, call: Call, work: Awaitable[T]) -> T:
        """Does the work of a call; one that succeeds is noted by then, whether or not it changed the store.

        Raises:
            Unavailable: there is no room for the note, or it was not committed.
        """
        entry = entry_of(call, self._clock.now())
        with noting(Note(uuid.uuid4().hex, entry.SerializeToString())):
            answer = await work
            with store_in_use():
                await self._notes.keep_note()
        _log.info(
            "changed", method=entry.method, resource=entry.resource, key=entry.application_id, request=call.request_id
        )
        return answer


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
