"""Webhooks as protos, and back; nothing is decided here."""

from hookline.registry.v1 import subscription_pb2, webhook_pb2

from hookline_registry import credentials_wire
from hookline_registry.model import Webhook, WebhookSettings
from hookline_registry.wire import etag_of, timestamp
from hookline_runtime.times import span_of


def webhook(stored: Webhook, now: int) -> webhook_pb2.Webhook:
    """Show a webhook without its secrets, as of `now`."""
    settings = stored.settings
    message = webhook_pb2.Webhook(
        id=stored.id,
        account_id=stored.account_id,
        name=settings.name,
        object_type_id=settings.object_type_id,
        url=settings.url,
        method=webhook_pb2.HttpMethod.ValueType(settings.method),
        headers=[subscription_pb2.Header(name=name, value=value) for name, value in settings.headers],
        data=settings.data,
        content_type=settings.content_type,
        detected_content_type=stored.reading.media_type,
        warnings=[
            f"[{name}] is no field any more: it is merged as empty, or as its default, where an event does not have it"
            for name in stored.reading.gone
        ],
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
    credentials_wire.show(message, stored.secrets, now)
    return message


def webhook_settings(message: webhook_pb2.Webhook) -> WebhookSettings:
    """Take what a caller chose about a webhook, with what the empty values stand for.

    What is not set stays so where its default is the dispatcher's. Raises InvalidArgument for a timeout that is no
    span of time.
    """
    return WebhookSettings(
        name=message.name,
        object_type_id=message.object_type_id,
        url=message.url,
        method=message.method or webhook_pb2.HTTP_METHOD_POST,
        headers=tuple((header.name, header.value) for header in message.headers),
        data=message.data,
        content_type=message.content_type,
        requests_per_minute=message.requests_per_minute if message.HasField("requests_per_minute") else None,
        max_retries=message.max_retries if message.HasField("max_retries") else None,
        ordered=message.ordered,
        dead_head=message.dead_head or subscription_pb2.DEAD_HEAD_SKIP,
        timeout=span_of("webhook.timeout", message.timeout) if message.HasField("timeout") else None,
    )
