"""Config items as the registry sends them, turned into rows of the replica. It trusts the registry: nothing is checked.

An event name that is not in this version's catalogue is kept: nothing fires it, and the next version may know it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias, TypedDict

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.registry.v1 import account_pb2, config_pb2, object_type_pb2, subscription_pb2, webhook_pb2

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.store.model import ConfigRow, TargetKey
from hookline_runtime.access import KeyKind, KeyRecord, Scope
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.vault.vault import Vault
from hookline_runtime.webhook.authentication import Authentication
from hookline_runtime.webhook.authentication_wire import authentication_of, tls_of

from .account import Switches
from .codec import ItemKind, NamedField, encode_account, encode_key, encode_object_type, encode_target
from .sealing import sealed
from .targets import (
    SUBSCRIPTION,
    WEBHOOK,
    Secret,
    SubscriptionSettings,
    TargetSettings,
    WebhookSettings,
    literal_origin,
    origin_of,
)
from .triggers import Definition, encode_definition

DEFAULT_CONTENT_TYPE = "application/x-www-form-urlencoded"
DEFAULT_TIMEOUT = 30 * SECOND
DEFAULT_MAX_RETRIES = 10
LONGEST_TIMES_QUIET = 10
"""How many times its quiet time a subscription settles at most, where it does not say."""
WEBHOOK_REQUESTS_PER_MINUTE = 180
"""The throttle of a webhook that names none; there is no webhook without one."""

_Stored: TypeAlias = subscription_pb2.Subscription | webhook_pb2.Webhook


class _Credentials(TypedDict):
    """What requests show, and connections show and trust, by the names of SharedSettings."""

    authentication: Authentication | None
    tls: ReceiverTls | None


class _Shared(_Credentials):
    """What subscriptions and webhooks say alike, by the names of SharedSettings."""

    key: TargetKey
    revision: int
    url: str
    headers: tuple[tuple[str, str], ...]
    max_retries: int
    timeout: int
    secrets: tuple[Secret, ...]
    secret_headers: tuple[tuple[str, str], ...]


_KINDS = frozenset(int(kind) for kind in ItemKind if kind is not ItemKind.HEARD)
_SCOPES = {
    account_pb2.SCOPE_MANAGE: Scope.MANAGE,
    account_pb2.SCOPE_PUBLISH: Scope.PUBLISH,
    account_pb2.SCOPE_READ: Scope.READ,
    account_pb2.SCOPE_ADMIN: Scope.ADMIN,
}
_METHODS = {
    webhook_pb2.HTTP_METHOD_GET: "GET",
    webhook_pb2.HTTP_METHOD_PUT: "PUT",
    webhook_pb2.HTTP_METHOD_PATCH: "PATCH",
    webhook_pb2.HTTP_METHOD_DELETE: "DELETE",
}


def config_row(item: config_pb2.ConfigItem, vault: Vault) -> ConfigRow | None:
    """The row of an item, its secrets sealed; None when it is of a kind that this version does not know."""
    body, policy = b"", None
    if not item.deleted:
        match item.WhichOneof("body"):
            case "account":
                body = _account(item.account)
            case "key":
                body = encode_key(key_record(item))
            case "object_type":
                body = _object_type(item.object_type)
            case "subscription":
                body, policy = _target(subscription_settings(item), vault)
            case "webhook":
                body, policy = _target(webhook_settings(item), vault)
            case "trigger":
                body = _trigger(item.trigger)
            case _:
                return None
    elif item.kind not in _KINDS:
        return None
    return ConfigRow(item.account_id, item.kind, item.id, item.revision, item.deleted, body, policy)


def key_record(item: config_pb2.ConfigItem) -> KeyRecord:
    """The key of an item that holds one."""
    key = item.key.key
    return KeyRecord(
        application_id=key.application_id,
        secret_hash=item.key.secret_hash,
        kind=KeyKind.OPERATOR if key.kind == account_pb2.KEY_KIND_OPERATOR else KeyKind.ACCOUNT,
        account_id=item.account_id,
        scopes=frozenset(_SCOPES[scope] for scope in key.scopes if scope in _SCOPES),
        expire_time=_micros(key.expire_time) if key.HasField("expire_time") else None,
        revoked=key.HasField("revoke_time"),
    )


def subscription_settings(item: config_pb2.ConfigItem) -> SubscriptionSettings:
    """The settings of an item that holds a subscription."""
    stored = item.subscription.subscription
    name, _, number = stored.event.partition("(")
    quiet = stored.settle.quiet.ToMicroseconds()
    return SubscriptionSettings(
        **_shared(item, SUBSCRIPTION, stored, item.subscription),
        event=name,
        number=number.removesuffix(")"),
        format=stored.format or subscription_pb2.PAYLOAD_FORMAT_FULL,
        content_type=stored.content_type or DEFAULT_CONTENT_TYPE,
        quiet=quiet,
        longest=stored.settle.longest.ToMicroseconds() or LONGEST_TIMES_QUIET * quiet,
        policy=_policy(stored, stored.requests_per_minute, origin_of(stored.url)),
    )


def webhook_settings(item: config_pb2.ConfigItem) -> WebhookSettings:
    """The settings of an item that holds a webhook."""
    stored = item.webhook.webhook
    rate = stored.requests_per_minute if stored.HasField("requests_per_minute") else WEBHOOK_REQUESTS_PER_MINUTE
    return WebhookSettings(
        **_shared(item, WEBHOOK, stored, item.webhook),
        object_type_id=stored.object_type_id,
        method=_METHODS.get(stored.method, "POST"),
        data=stored.data,
        # What was detected when it was saved stays, whatever encoders come later: deliveries froze it.
        content_type=stored.content_type or stored.detected_content_type,
        names=tuple((each.name, tuple(each.path)) for each in item.webhook.names),
        gone=tuple(each.name for each in item.webhook.names if each.gone),
        policy=_policy(stored, rate, literal_origin(stored.url)),
    )


def _account(stored: account_pb2.Account) -> bytes:
    return encode_account(stored.plan, Switches(stored.features.global_rules, stored.features.form_rules))


def _trigger(stored: config_pb2.TriggerConfig) -> bytes:
    # Text that cannot be read is the fault of this definition, and is found when it is compiled.
    return encode_definition(Definition(stored.source, stored.name, stored.definition.decode(errors="replace")))


def _target(settings: TargetSettings, vault: Vault) -> tuple[bytes, LanePolicy]:
    return encode_target(sealed(settings, vault)), settings.policy


def _object_type(stored: object_type_pb2.ObjectType) -> bytes:
    fields = (NamedField(f.key, f.label, f.kind, f.related_object_type_id) for f in stored.fields)
    return encode_object_type(stored.name, fields)


def _shared(
    item: config_pb2.ConfigItem,
    kind: int,
    stored: _Stored,
    body: config_pb2.SubscriptionConfig | config_pb2.WebhookConfig,
) -> _Shared:
    return {
        "key": TargetKey(item.account_id, kind, item.id),
        "revision": item.revision,
        "url": stored.url,
        "headers": tuple((header.name, header.value) for header in stored.headers),
        "max_retries": stored.max_retries if stored.HasField("max_retries") else DEFAULT_MAX_RETRIES,
        "timeout": stored.timeout.ToMicroseconds() if stored.HasField("timeout") else DEFAULT_TIMEOUT,
        "secrets": tuple(
            Secret(each.secret, _micros(each.expire_time) if each.HasField("expire_time") else 0)
            for each in body.secrets
        ),
        "secret_headers": tuple((each.name, each.value) for each in body.secret_headers),
        **_credentials(stored, body),
    }


def _credentials(stored: _Stored, body: config_pb2.SubscriptionConfig | config_pb2.WebhookConfig) -> _Credentials:
    authentication = authentication_of(stored.authentication) if stored.HasField("authentication") else None
    tls = tls_of(stored.tls)
    return {
        "authentication": authentication and replace(authentication, secret=body.authentication_secret),
        "tls": replace(tls, key=body.client_private_key) if tls.size else None,
    }


def _policy(stored: _Stored, requests_per_minute: int, origin: str) -> LanePolicy:
    return LanePolicy(
        requests_per_minute=requests_per_minute,
        ordered=stored.ordered,
        block_dead=stored.dead_head == subscription_pb2.DEAD_HEAD_BLOCK,
        origin=origin,
    )


def _micros(stamp: Timestamp) -> int:
    return stamp.ToMicroseconds()
