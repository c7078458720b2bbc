"""Deliveries, attempts and targets of the store as messages of the contract, and target names back."""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2, target_service_pb2

from hookline_dispatcher.config.targets import TargetSettings, WebhookSettings
from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.fired_by import FiredBy, read_fired_by
from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.core.lane import Lane, Switch
from hookline_dispatcher.delivery.headers import is_cut, read_block
from hookline_dispatcher.delivery.rendering import webhook_id
from hookline_dispatcher.store.model import AttemptRecord, StoredAttempt, StoredDelivery, StoredTarget, TargetKey

SUBSCRIPTION_SOURCE = "subscription"
"""What stands for the source where a subscription fired."""


def timestamp(micros: int) -> Timestamp | None:
    """A moment; None for 0 and for what never comes."""
    if not 0 < micros < NEVER:
        return None
    seconds, rest = divmod(micros, 1_000_000)
    return Timestamp(seconds=seconds, nanos=rest * 1000)  # FromMicroseconds is written in Python


def target_ref(key: TargetKey) -> delivery_pb2.TargetRef:
    """The name of a target within its account."""
    return delivery_pb2.TargetRef(kind=delivery_pb2.TargetKind.ValueType(key.kind), id=key.id)


def target_key(account_id: int, ref: delivery_pb2.TargetRef) -> TargetKey:
    """The target that an account names so."""
    return TargetKey(account_id, ref.kind, ref.id)


def fired_by(line: str, target: TargetKey) -> delivery_pb2.FiredBy:
    """What fired something to ``target``, given as it is stored."""
    by = read_fired_by(line) if line else FiredBy(SUBSCRIPTION_SOURCE, target.id)
    return delivery_pb2.FiredBy(source=by.source, id=by.id, element=by.element)


def delivery(stored: StoredDelivery, installation: str) -> delivery_pb2.Delivery:
    """A delivery as the contract shows it."""
    waiting = stored.state is State.WAITING
    return delivery_pb2.Delivery(
        id=stored.id,
        account_id=stored.target.account_id,
        webhook_id=webhook_id(installation, stored.root_id),
        target=target_ref(stored.target),
        state=delivery_pb2.DeliveryState.ValueType(stored.state),
        reason=stored.reason,
        event_id=stored.event_id,
        event_type=stored.event_type,
        object_type_id=stored.object_type_id,
        object_id=stored.object_id,
        attempts=stored.attempts,
        last_status_code=stored.status_code,
        create_time=timestamp(stored.create_time),
        due_time=timestamp(stored.due_time) if waiting else None,
        settle_time=timestamp(stored.settle_time),
        redelivery_of=stored.redelivery_of,
        fired_by=fired_by(stored.fired_by, stored.target),
    )


def warnings(settings: TargetSettings | None) -> list[str]:
    """What is to be said of what these settings send: which merge fields' fields had been deleted."""
    gone = settings.gone if isinstance(settings, WebhookSettings) else ()
    return [f"[{name}] was no field any more when this was fired" for name in gone]


def attempt(stored: StoredAttempt, warned: Sequence[str] = (), *, bodies: bool = True) -> delivery_pb2.Attempt:
    """An attempt as the contract shows it; without ``bodies`` the bytes of request and response are left out."""
    record = stored.record
    shown = delivery_pb2.Attempt(
        delivery_id=stored.delivery_id,
        number=stored.number,
        outcome=delivery_pb2.Outcome.ValueType(record.outcome),
        reason=record.reason,
        start_time=timestamp(record.start_time),
        request=_request(record, bodies),
        response=_response(record, bodies),
        warnings=warned,
    )
    shown.latency.FromMicroseconds(record.latency)
    if record.connect_latency is not None:
        shown.connect_latency.FromMicroseconds(record.connect_latency)
        shown.connection_reused = not record.connect_latency
    if record.first_byte_latency is not None:
        shown.first_byte_latency.FromMicroseconds(record.first_byte_latency)
    return shown


def _request(record: AttemptRecord, bodies: bool) -> delivery_pb2.AttemptRequest | None:
    if not record.method:
        return None
    return delivery_pb2.AttemptRequest(
        method=record.method,
        url=record.url,
        headers=_headers(record.request_headers),
        body=(record.request_body or b"") if bodies else b"",
    )


def _response(record: AttemptRecord, bodies: bool) -> delivery_pb2.AttemptResponse | None:
    if not record.status_code:
        return None
    return delivery_pb2.AttemptResponse(
        status_code=record.status_code,
        headers=_headers(record.response_headers),
        body=record.response_body if bodies else b"",
        body_cut=record.body_cut,
        headers_cut=is_cut(record.response_headers),
    )


def _headers(block: bytes) -> list[delivery_pb2.HttpHeader]:
    return [delivery_pb2.HttpHeader(name=name, value=value) for name, value in read_block(block)]


def target(settings: TargetSettings, stored: StoredTarget | None) -> target_service_pb2.Target:
    """A target as the contract shows it; without a lane nothing was ever sent there, and it is healthy."""
    lane = stored.lane if stored else Lane()
    shown = target_service_pb2.Target(
        ref=target_ref(settings.key),
        url=settings.url,
        state=_target_state(lane),
        reason=lane.reason or (f"{lane.failures} failures in a row" if lane.half_open else ""),
        state_time=timestamp(lane.switch_time),
        consecutive_failures=lane.failures,
        first_failure_time=timestamp(lane.first_failure_time),
        last_success_time=timestamp(lane.last_success_time),
        requests_per_minute=settings.policy.requests_per_minute,
    )
    if stored:
        shown.waiting = stored.waiting
        shown.in_flight = stored.in_flight
        if oldest := timestamp(stored.oldest_time):
            shown.oldest_waiting_time.CopyFrom(oldest)
        if stored.waiting and (ready := timestamp(stored.ready_time)):
            shown.next_attempt_time.CopyFrom(ready)
    return shown


def _target_state(lane: Lane) -> target_service_pb2.TargetState.ValueType:
    if lane.switch is Switch.ACTIVE and lane.half_open:
        return target_service_pb2.TARGET_STATE_HALF_OPEN
    return target_service_pb2.TargetState.ValueType(lane.switch)
