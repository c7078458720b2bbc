"""Events between the contract and the core: everything that a producer can get wrong is found here.

The digest that makes publishing idempotent is over the producer's own fields, before the server fills anything in.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from hashlib import blake2b

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2, event_service_pb2
from hookline.event.v1 import event_pb2

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.snapshot import is_snapshot
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.model import StoredDelivery, StoredEvent
from hookline_plugin.catalogue import EVENT_TYPES, NUMBER_FAULT, OBJECT_TYPE_ID, event_type, is_plain_number
from hookline_runtime.access import KeyKind, Principal
from hookline_runtime.errors import InvalidArgument, PermissionDenied, Violation
from hookline_runtime.validation import check

from .event_data import fault_of
from .event_rules import plainly_valid
from .wire_deliveries import fired_by

LAST_SECOND = 253_402_300_799
"""The last second of the year 9999."""
NANOS = 1_000_000_000
DIGEST_BYTES = 16
NO_DATA = b"{}"
EVENT_BYTES, STRING_BYTES = 1024, 64
"""What an event, and each of its strings, takes up in memory beside its text, about."""

_KNOWN = tuple(kind.name for kind in EVENT_TYPES if kind.producer)
_NEEDED = {
    kind.name: kind.number_param
    for kind in EVENT_TYPES
    if kind.producer and kind.number_param not in (None, OBJECT_TYPE_ID)
}
_NUMBERS = {kind.name: kind.numbers for kind in EVENT_TYPES}


def publication(
    message: event_pb2.Event, path: str, principal: Principal, now: int, *, checked: bool = False
) -> Publication:
    """The event that ``message`` publishes. ``message`` is used up.

    Args:
        message: As it came.
        path: Where it stands in the request, such as ``events[3]``.
        principal: Who publishes.
        now: The time that stands for an occurred time that was left out.
        checked: Whether it is known to follow the rules of its proto.

    Raises:
        InvalidArgument: with every violation, each with its path.
        PermissionDenied: it is for another account than the key.
    """
    requested = message.account_id
    account_id = principal.account_id if principal.kind is KeyKind.ACCOUNT else requested
    event = _event(message, account_id, now)
    faults = [] if checked or (requested >= 0 and plainly_valid(event)) else [*check(message)]
    faults += _faults(event, message)
    if account_id != requested and requested:
        raise _denied(f"{path}.account_id")
    if not account_id:
        faults.append(Violation("account_id", "is required with an operator key"))
    if faults:
        raise InvalidArgument(*(Violation(f"{path}.{fault.field}", fault.reason) for fault in faults))
    if requested:
        message.ClearField("account_id")
    said = message.SerializeToString(deterministic=True)
    strings = 2 * len(event.params) + len(event.changed_fields) + len(event.tags)
    size = len(said) + EVENT_BYTES + STRING_BYTES * strings
    return Publication(event, blake2b(said, digest_size=DIGEST_BYTES).digest(), size)


def published_event(stored: StoredEvent, fired: Iterable[StoredDelivery]) -> event_service_pb2.PublishedEvent:
    """An event as it is shown, with what it fired."""
    message = event_service_pb2.PublishedEvent(event=event_message(stored.event), snapshot=is_snapshot(stored.event.id))
    message.publish_time.FromMicroseconds(stored.publish_time)
    for each in fired:
        message.fired.add(
            delivery_id=each.id,
            target=delivery_pb2.TargetRef(kind=delivery_pb2.TargetKind.ValueType(each.target.kind), id=each.target.id),
            state=delivery_pb2.DeliveryState.ValueType(each.state),
            fired_by=fired_by(each.fired_by, each.target),
        )
    reason, *notes = stored.note.split("\n")
    if not message.fired:
        message.unmatched_reason = reason
    message.notes.extend(notes)
    return message


def event_message(event: Event) -> event_pb2.Event:
    """An event as the contract shows it."""
    message = event_pb2.Event(
        id=event.id,
        account_id=event.account_id,
        type=event.type,
        params=event.params,
        object_type_id=event.object_type_id,
        object_id=event.object_id,
        object_version=event.object_version,
        data=event.data,
        changed_fields=event.changed_fields,
        tags=event.tags,
        ordering_key=event.ordering_key,
    )
    message.occurred_time.FromMicroseconds(event.occurred_time)
    return message


def _event(message: event_pb2.Event, account_id: int, now: int) -> Event:
    occurred, params = message.occurred_time, message.params
    return Event(
        account_id=account_id,
        id=message.id or _new_id(now),
        type=message.type,
        object_type_id=message.object_type_id,
        object_id=message.object_id,
        data=message.data or NO_DATA,
        params={name: params[name] for name in params},
        object_version=message.object_version,
        changed_fields=tuple(message.changed_fields[:]),
        tags=tuple(message.tags[:]),
        occurred_time=(
            occurred.seconds * SECOND + occurred.nanos // 1000 if message.HasField("occurred_time") else now
        ),
        ordering_key=message.ordering_key,
    )


def _new_id(now: int) -> str:
    """An id that sorts by time, unique by 64 random bits."""
    return f"{now:014x}{secrets.token_hex(8)}"


def _denied(field: str) -> PermissionDenied:
    return PermissionDenied(
        f"{field} is not the account of the key", reason="ACCOUNT_MISMATCH", metadata={"field": field}
    )


def _faults(event: Event, message: event_pb2.Event) -> list[Violation]:
    """What is wrong beyond the rules of the proto."""
    faults = []
    needed = _NEEDED.get(event.type)
    if needed is not None:
        if not event.params.get(needed):
            faults.append(Violation(f'params["{needed}"]', f"is required by {event.type}"))
        for name in _NUMBERS[event.type]:
            if (text := event.params.get(name)) and not is_plain_number(text):
                faults.append(Violation(f'params["{name}"]', NUMBER_FAULT))
    elif event.type and (fault := _type_fault(event.type)):
        faults.append(Violation("type", fault))
    if event.data is not NO_DATA and (fault := fault_of(event.data)):
        faults.append(Violation("data", fault))
    if message.HasField("occurred_time") and (fault := _time_fault(message.occurred_time)):
        faults.append(Violation("occurred_time", fault))
    return faults


@lru_cache(maxsize=1024)
def _type_fault(name: str) -> str:
    kind = event_type(name)
    if kind is not None:
        return "" if kind.producer else "is published by the system only"
    near = get_close_matches(name.lower()[:64], _KNOWN, n=1)
    return f"is unknown; did you mean {near[0]}?" if near else f"is unknown; known are {', '.join(_KNOWN)}"


def _time_fault(stamp: Timestamp) -> str:
    if 0 <= stamp.seconds <= LAST_SECOND and 0 <= stamp.nanos < NANOS:
        return ""
    return "must lie in the years 1970 to 9999"
