"""Tables of what the services answer, for a person."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import zip_longest

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2, event_service_pb2, target_service_pb2
from hookline.registry.v1 import account_pb2, audit_pb2, subscription_pb2, webhook_pb2
from rich import box
from rich.table import Table
from rich.text import Text

from hookline_cli.printable import as_text

_STATE_STYLE = {
    "delivered": "green",
    "active": "green",
    "waiting": "yellow",
    "in_flight": "cyan",
    "half_open": "yellow",
    "paused": "yellow",
    "dead": "red",
    "off": "red",
    "cancelled": "dim",
}


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table | Text:
    """A plain table; one word where it would be empty."""
    result = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        result.add_column(name, overflow="fold")
    for row in rows:
        result.add_row(*(as_text(each) for each in row))
    return result if result.row_count else Text("none", style="dim")


def facts(rows: Iterable[tuple[str, str | Text]]) -> Text:
    """Names and values of one thing, a line for each line of a value; empty values are left out.

    A long value is not broken, however narrow the terminal is, so that it can be copied.
    """
    shown = [(name, as_text(value)) for name, value in rows if value]
    width = max((len(name) for name, _ in shown), default=0)
    lines = [
        Text.assemble((f"{label:{width}}  ", "dim"), line)
        for name, value in shown
        for label, line in zip_longest([name], value.split(), fillvalue="")
    ]
    return Text("\n", no_wrap=True, overflow="ignore").join(lines)


def moment(stamp: Timestamp) -> str:
    """A time in UTC to the second, and nothing where none is set."""
    if not stamp.seconds and not stamp.nanos:
        return ""
    return datetime.fromtimestamp(stamp.seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def word(enum_name: str, prefix: str) -> str:
    """The short name of an enum value: DELIVERY_STATE_DEAD is dead."""
    return enum_name.removeprefix(prefix).lower()


def delivery_state(state: "delivery_pb2.DeliveryState.ValueType") -> Text:
    """The state, coloured."""
    name = word(delivery_pb2.DeliveryState.Name(state), "DELIVERY_STATE_")
    return Text(name, style=_STATE_STYLE.get(name, ""))


def target_state(state: "target_service_pb2.TargetState.ValueType") -> Text:
    """The state, coloured."""
    name = word(target_service_pb2.TargetState.Name(state), "TARGET_STATE_")
    return Text(name, style=_STATE_STYLE.get(name, ""))


def target_name(ref: delivery_pb2.TargetRef) -> str:
    """As the command line writes it: subscription/3."""
    return f"{word(delivery_pb2.TargetKind.Name(ref.kind), 'TARGET_KIND_')}/{ref.id}"


def fired_by(what: delivery_pb2.FiredBy) -> str:
    """What fired a delivery: global rule 7, form rule 3 (payment_failed)."""
    if not what.source:
        return ""
    element = f" ({what.element})" if what.element else ""
    return f"{what.source.replace('_', ' ')} {what.id}{element}"


def outcome(attempt: delivery_pb2.Attempt) -> str:
    """What an attempt came to, in a few words."""
    name = word(delivery_pb2.Outcome.Name(attempt.outcome), "OUTCOME_")
    status = f" {attempt.response.status_code}" if attempt.response.status_code else ""
    return f"{name}{status}"


def milliseconds(attempt: delivery_pb2.Attempt) -> str:
    """The latency of an attempt."""
    return _milliseconds(attempt.latency.ToMicroseconds())


def where_it_went(attempt: delivery_pb2.Attempt) -> str:
    """How the latency of an attempt is made up, as far as it is known: connect 3.1 ms, wait 9.0 ms, read 0.2 ms."""
    answered = attempt.HasField("first_byte_latency")
    waited = (attempt.first_byte_latency if answered else attempt.latency).ToMicroseconds()
    parts = []
    if attempt.HasField("connect_latency"):
        connected = attempt.connect_latency.ToMicroseconds()
        connect = "kept connection" if attempt.connection_reused else f"connect {_milliseconds(connected)}"
        parts = [connect, f"wait {_milliseconds(waited - connected)}"]
    elif answered:
        parts = [f"connect and wait {_milliseconds(waited)}"]
    if answered:
        parts.append(f"read {_milliseconds(attempt.latency.ToMicroseconds() - waited)}")
    return ", ".join(parts)


def _milliseconds(micros: int) -> str:
    return f"{micros / 1000:.1f} ms"


def subscriptions(items: Iterable[subscription_pb2.Subscription]) -> Table | Text:
    """One row per subscription."""
    return table(
        ("id", "event", "format", "content type", "per minute", "url"),
        (
            (
                str(each.id),
                each.event,
                payload_format(each.format),
                each.content_type or "form",
                str(each.requests_per_minute) if each.HasField("requests_per_minute") else "",
                each.url,
            )
            for each in items
        ),
    )


def webhooks(items: Iterable[webhook_pb2.Webhook]) -> Table | Text:
    """One row per webhook."""
    return table(
        ("id", "name", "object type", "method", "content type", "per minute", "url"),
        (
            (
                str(each.id),
                each.name,
                str(each.object_type_id),
                http_method(each.method),
                each.detected_content_type,
                str(each.requests_per_minute) if each.HasField("requests_per_minute") else "180",
                each.url,
            )
            for each in items
        ),
    )


def http_method(value: "webhook_pb2.HttpMethod.ValueType") -> str:
    """The method as it goes on the wire."""
    return webhook_pb2.HttpMethod.Name(value or webhook_pb2.HTTP_METHOD_POST).removeprefix("HTTP_METHOD_")


def payload_format(value: "subscription_pb2.PayloadFormat.ValueType") -> str:
    """The short name of a payload format."""
    name = word(subscription_pb2.PayloadFormat.Name(value), "PAYLOAD_FORMAT_")
    return "full" if name == "unspecified" else name


def deliveries(items: Iterable[delivery_pb2.Delivery]) -> Table | Text:
    """One row per delivery."""
    return table(
        ("id", "created", "state", "target", "fired by", "event", "object", "attempts", "status", "reason"),
        (
            (
                str(each.id),
                moment(each.create_time),
                delivery_state(each.state),
                target_name(each.target),
                fired_by(each.fired_by),
                each.event_type,
                f"{each.object_type_id}/{each.object_id}",
                str(each.attempts),
                str(each.last_status_code or ""),
                each.reason,
            )
            for each in items
        ),
    )


def targets(items: Iterable[target_service_pb2.Target]) -> Table | Text:
    """One row per target."""
    return table(
        ("target", "state", "waiting", "in flight", "failures", "next attempt", "url", "reason"),
        (
            (
                target_name(each.ref),
                target_state(each.state),
                str(each.waiting),
                str(each.in_flight),
                str(each.consecutive_failures),
                moment(each.next_attempt_time),
                each.url,
                each.reason,
            )
            for each in items
        ),
    )


def events(items: Iterable[event_service_pb2.PublishedEvent]) -> Table | Text:
    """One row per event."""
    return table(
        ("published", "id", "type", "object", "fired"),
        (
            (
                moment(each.publish_time),
                each.event.id,
                each.event.type,
                f"{each.event.object_type_id}/{each.event.object_id}",
                str(len(each.fired)) if each.fired else each.unmatched_reason,
            )
            for each in items
        ),
    )


def accounts(items: Iterable[account_pb2.Account]) -> Table | Text:
    """One row per account."""
    return table(
        ("id", "name", "plan", "created"),
        (
            (
                str(each.id),
                each.name,
                word(account_pb2.Plan.Name(each.plan), "PLAN_"),
                moment(each.create_time),
            )
            for each in items
        ),
    )


def keys(items: Iterable[account_pb2.Key]) -> Table | Text:
    """One row per key; secrets are not in it."""
    return table(
        ("id", "application id", "name", "kind", "scopes", "last used", "ends"),
        (
            (
                str(each.id),
                each.application_id,
                each.name,
                word(account_pb2.KeyKind.Name(each.kind), "KEY_KIND_"),
                ", ".join(word(account_pb2.Scope.Name(scope), "SCOPE_") for scope in each.scopes),
                moment(each.last_used_time),
                f"revoked {moment(each.revoke_time)}" if each.HasField("revoke_time") else moment(each.expire_time),
            )
            for each in items
        ),
    )


def audit_entries(items: Iterable[audit_pb2.AuditEntry]) -> Table | Text:
    """One row per entry; what it changed is in the JSON."""
    return table(
        ("time", "account", "key", "what", "resource", "outcome", "request"),
        (
            (
                moment(each.create_time),
                str(each.account_id),
                each.application_id,
                each.method.rpartition(".")[2],
                each.resource,
                each.outcome,
                each.request_id,
            )
            for each in items
        ),
    )
