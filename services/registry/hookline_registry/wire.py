"""Protos from stored values and back; nothing is decided here."""

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.registry.v1 import account_pb2, object_type_pb2, subscription_pb2

from hookline_plugin.media_type import essence
from hookline_registry import credentials_wire
from hookline_registry.model import (
    Account,
    AccountSettings,
    Field,
    Key,
    ObjectType,
    ObjectTypeSettings,
    Plan,
    Subscription,
    SubscriptionSettings,
)
from hookline_runtime.times import span_of

DEFAULT_CONTENT_TYPE = "application/x-www-form-urlencoded"


def timestamp(micros: int) -> Timestamp:
    """Make a Timestamp of microseconds since the epoch."""
    stamp = Timestamp()
    stamp.FromMicroseconds(micros)
    return stamp


def etag_of(revision: int) -> str:
    """Make the etag of what was last written at a revision."""
    return f"{revision:x}"


def account(stored: Account) -> account_pb2.Account:
    """Show an account."""
    settings = stored.settings
    return account_pb2.Account(
        id=stored.id,
        name=settings.name,
        plan=account_pb2.Plan.ValueType(settings.plan),
        features=account_pb2.FeatureSwitches(global_rules=settings.global_rules, form_rules=settings.form_rules),
        create_time=timestamp(stored.create_time),
        update_time=timestamp(stored.update_time),
        etag=etag_of(stored.revision),
    )


def account_settings(message: account_pb2.Account) -> AccountSettings:
    """Take what a caller chose about an account; the message is valid."""
    return AccountSettings(message.name, Plan(message.plan), message.features.global_rules, message.features.form_rules)


def key(stored: Key, *, with_use: bool = True) -> account_pb2.Key:
    """Show a key without its secret; `with_use` tells when it was last used."""
    message = account_pb2.Key(
        id=stored.id,
        account_id=stored.account_id,
        kind=account_pb2.KEY_KIND_ACCOUNT if stored.account_id else account_pb2.KEY_KIND_OPERATOR,
        application_id=stored.application_id,
        name=stored.name,
        scopes=[account_pb2.Scope.ValueType(scope) for scope in stored.scopes],
        create_time=timestamp(stored.create_time),
    )
    if stored.expire_time is not None:
        message.expire_time.FromMicroseconds(stored.expire_time)
    if stored.revoke_time is not None:
        message.revoke_time.FromMicroseconds(stored.revoke_time)
    if with_use and stored.last_used_time is not None:
        message.last_used_time.FromMicroseconds(stored.last_used_time)
    return message


def object_type(stored: ObjectType) -> object_type_pb2.ObjectType:
    """Show an object type."""
    return object_type_pb2.ObjectType(
        id=stored.id,
        account_id=stored.account_id,
        name=stored.settings.name,
        fields=[_field(field) for field in stored.settings.fields],
        create_time=timestamp(stored.create_time),
        update_time=timestamp(stored.update_time),
        etag=etag_of(stored.revision),
    )


def _field(field: Field) -> object_type_pb2.Field:
    return object_type_pb2.Field(
        key=field.key,
        label=field.label,
        kind=object_type_pb2.FieldKind.ValueType(field.kind),
        related_object_type_id=field.related_object_type_id,
    )


def object_type_settings(message: object_type_pb2.ObjectType) -> ObjectTypeSettings:
    """Take what a caller chose about an object type."""
    fields = (Field(f.key, f.label, f.kind, f.related_object_type_id) for f in message.fields)
    return ObjectTypeSettings(message.name, tuple(fields))


def subscription(stored: Subscription, now: int) -> subscription_pb2.Subscription:
    """Show a subscription without its secrets, as of `now`."""
    settings = stored.settings
    message = subscription_pb2.Subscription(
        id=stored.id,
        account_id=stored.account_id,
        event=settings.event,
        url=settings.url,
        format=subscription_pb2.PayloadFormat.ValueType(settings.format),
        content_type=settings.content_type,
        headers=[subscription_pb2.Header(name=name, value=value) for name, value in settings.headers],
        requests_per_minute=settings.requests_per_minute,
        max_retries=settings.max_retries,
        ordered=settings.ordered,
        dead_head=subscription_pb2.DeadHead.ValueType(settings.dead_head),
        create_time=timestamp(stored.create_time),
        update_time=timestamp(stored.update_time),
        etag=etag_of(stored.revision),
    )
    if settings.timeout is not None:
        message.timeout.FromMicroseconds(settings.timeout)
    if settings.quiet:
        message.settle.quiet.FromMicroseconds(settings.quiet)
    if settings.longest:
        message.settle.longest.FromMicroseconds(settings.longest)
    credentials_wire.show(message, stored.secrets, now)
    return message


def subscription_settings(
    message: subscription_pb2.Subscription, event_name: str, event_number: int | None
) -> SubscriptionSettings:
    """Take what a caller chose about a subscription, with what the empty values stand for.

    Raises InvalidArgument for what is no span of time.
    """
    quiet = span_of("subscription.settle.quiet", message.settle.quiet)
    longest = span_of("subscription.settle.longest", message.settle.longest)
    return SubscriptionSettings(
        event_name=event_name,
        event_number=event_number,
        url=message.url,
        format=message.format or subscription_pb2.PAYLOAD_FORMAT_FULL,
        content_type=essence(message.content_type) or DEFAULT_CONTENT_TYPE,
        headers=tuple((header.name, header.value) for header in message.headers),
        requests_per_minute=message.requests_per_minute if message.HasField("requests_per_minute") else None,
        max_retries=message.max_retries if message.HasField("max_retries") else None,
        ordered=message.ordered,
        dead_head=message.dead_head or subscription_pb2.DEAD_HEAD_SKIP,
        timeout=span_of("subscription.timeout", message.timeout) if message.HasField("timeout") else None,
        quiet=quiet,
        longest=longest if quiet else 0,
    )
