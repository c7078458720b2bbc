"""The columns that the rows of subscriptions and webhooks share: how their requests are sent, and signed."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from hookline_registry.model import Secrets, Subscription, Webhook
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.webhook.authentication import from_json


def columns_of(stored: Subscription | Webhook) -> dict[str, object]:
    """Give the shared columns that may change."""
    settings, secrets = stored.settings, stored.secrets
    return {
        "url": settings.url,
        "content_type": settings.content_type,
        "headers": [list(header) for header in settings.headers],
        "requests_per_minute": settings.requests_per_minute,
        "max_retries": settings.max_retries,
        "ordered": settings.ordered,
        "dead_head": settings.dead_head,
        "timeout": settings.timeout,
        "secret": secrets.current,
        "old_secret": secrets.old,
        "old_secret_expire_time": secrets.old_expire_time,
        "public_key": secrets.public_key,
        "secret_headers": [list(header) for header in secrets.headers],
        "authentication": secrets.authentication and secrets.authentication.to_json,
        "tls": secrets.tls and asdict(secrets.tls),
        "update_time": stored.update_time,
        "revision": stored.revision,
    }


def settings_in(row: Row[Any]) -> dict[str, Any]:
    """Give the shared settings of a row, by the names of both kinds' settings."""
    return {
        "url": row.url,
        "content_type": row.content_type,
        "headers": tuple((name, value) for name, value in row.headers),
        "requests_per_minute": row.requests_per_minute,
        "max_retries": row.max_retries,
        "ordered": row.ordered,
        "dead_head": row.dead_head,
        "timeout": row.timeout,
    }


def secrets_in(row: Row[Any]) -> Secrets:
    """Give the secrets of a row."""
    headers = tuple((name, value) for name, value in row.secret_headers)
    return Secrets(
        row.secret,
        row.old_secret,
        row.old_secret_expire_time,
        row.public_key,
        headers,
        row.authentication and from_json(row.authentication),
        row.tls and ReceiverTls(**row.tls),
    )
