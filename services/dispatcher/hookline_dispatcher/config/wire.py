"""Config items as the registry sends them, turned into rows of the replica. It trusts the registry: nothing is checked.

An event name that is not in this version's catalogue is kept: nothing fires it, and the next version may know it.
"""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.registry.v1 import account_pb2, config_pb2, object_type_pb2, subscription_pb2

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.store.model import ConfigRow, TargetKey
from hookline_runtime.access import KeyKind, KeyRecord, Scope

from .codec import ItemKind, NamedField, encode_account, encode_key, encode_object_type, encode_target
from .targets import SUBSCRIPTION, Secret, TargetSettings, origin_of

DEFAULT_CONTENT_TYPE = "application/x-www-form-urlencoded"
DEFAULT_TIMEOUT = 30 * SECOND
DEFAULT_MAX_RETRIES = 10

_KINDS = frozenset(int(kind) for kind in ItemKind if kind is not ItemKind.HEARD)
_SCOPES = {
    account_pb2.SCOPE_MANAGE: Scope.MANAGE,
    account_pb2.SCOPE_PUBLISH: Scope.PUBLISH,
    account_pb2.SCOPE_READ: Scope.READ,
    account_pb2.SCOPE_ADMIN: Scope.ADMIN,
}


def config_row(item: config_pb2.ConfigItem) -> ConfigRow | None:
    """The row of an item; None when it is of a kind that this version does not know."""
    body, policy = b"", None
    if not item.deleted:
        match item.WhichOneof("body"):
            case "account":
                body = encode_account(item.account.plan)
            case "key":
                body = encode_key(key_record(item))
            case "object_type":
                body = _object_type(item.object_type)
            case "subscription":
                settings = _settings(item)
                body, policy = encode_target(settings), settings.policy
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


def _object_type(stored: object_type_pb2.ObjectType) -> bytes:
    fields = (NamedField(f.key, f.label, f.kind, f.related_object_type_id) for f in stored.fields)
    return encode_object_type(stored.name, fields)


def _settings(item: config_pb2.ConfigItem) -> TargetSettings:
    stored = item.subscription.subscription
    name, _, number = stored.event.partition("(")
    return TargetSettings(
        key=TargetKey(item.account_id, SUBSCRIPTION, item.id),
        revision=item.revision,
        event=name,
        number=number.removesuffix(")"),
        url=stored.url,
        format=stored.format or subscription_pb2.PAYLOAD_FORMAT_FULL,
        content_type=stored.content_type or DEFAULT_CONTENT_TYPE,
        headers=tuple((header.name, header.value) for header in stored.headers),
        max_retries=stored.max_retries if stored.HasField("max_retries") else DEFAULT_MAX_RETRIES,
        timeout=stored.timeout.ToMicroseconds() if stored.HasField("timeout") else DEFAULT_TIMEOUT,
        secrets=tuple(
            Secret(each.secret, _micros(each.expire_time) if each.HasField("expire_time") else 0)
            for each in item.subscription.secrets
        ),
        policy=LanePolicy(
            requests_per_minute=stored.requests_per_minute,
            ordered=stored.ordered,
            block_dead=stored.dead_head == subscription_pb2.DEAD_HEAD_BLOCK,
            origin=origin_of(stored.url),
        ),
    )


def _micros(stamp: Timestamp) -> int:
    return stamp.ToMicroseconds()
