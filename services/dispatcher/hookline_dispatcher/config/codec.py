"""How the items of the configuration stand in the store, and what routing and worker read out of them.

Bodies are JSON of plain fields, so that they can be read without any proto, now and by later versions: a field that
is missing has its default. What an account needs for routing is compiled once, when it is loaded.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import Any

import orjson

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.store.model import TARGET_KINDS, ConfigRow, TargetKey
from hookline_runtime.access import KeyKind, KeyRecord, Scope
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.webhook.authentication import from_json

from .account import AccountConfig, Switches, index_subscriptions, index_triggers
from .settling import settles, subscription_trigger
from .targets import (
    WEBHOOK,
    Secret,
    SubscriptionSettings,
    TargetSettings,
    WebhookSettings,
    literal_origin,
    origin_of,
)
from .triggers import Trigger, TriggerKey


class ItemKind(enum.IntEnum):
    """Kinds of config items; the numbers are those of the contract's ConfigKind."""

    HEARD = 0
    """The replica's own: when the registry last confirmed it. The registry sends no item of this number."""
    ACCOUNT = 1
    KEY = 2
    OBJECT_TYPE = 3
    SUBSCRIPTION = 4
    WEBHOOK = 5
    GLOBAL_RULE = 6
    FORM = 7
    CAMPAIGN = 8
    TRIGGER = 9


ITEM_KINDS = {target_kind: kind for kind, target_kind in TARGET_KINDS.items()}
"""The kind of item that defines a kind of target."""

TRIGGER_KINDS = frozenset({ItemKind.GLOBAL_RULE, ItemKind.FORM, ItemKind.CAMPAIGN, ItemKind.TRIGGER})
"""The kinds of items that hold the definition of a trigger."""


@dataclass(frozen=True, slots=True)
class NamedField:
    """A field of an object type, as far as it is kept here."""

    key: str
    label: str
    kind: int
    related_object_type_id: int = 0


def heard_row(time: int) -> ConfigRow:
    """The note that the registry confirmed the replica at ``time``."""
    return ConfigRow(0, ItemKind.HEARD, 0, 1, False, orjson.dumps(time))


def heard_time(rows: Iterable[ConfigRow]) -> int:
    """The time of the note among ``rows``; 0: there is none."""
    return max((int(orjson.loads(row.body)) for row in rows), default=0)


def encode_account(plan: int, switches: Switches = Switches()) -> bytes:
    """The body of an account."""
    body = {"plan": plan, "global_rules": switches.global_rules, "form_rules": switches.form_rules}
    return orjson.dumps(body)


def encode_key(key: KeyRecord) -> bytes:
    """The body of a key; it holds the hash of the secret, never the secret."""
    return orjson.dumps(
        {
            "application_id": key.application_id,
            "secret_hash": key.secret_hash.hex(),
            "kind": key.kind.value,
            "scopes": sorted(scope.value for scope in key.scopes),
            "expire_time": key.expire_time,
            "revoked": key.revoked,
        }
    )


def decode_key(row: ConfigRow) -> KeyRecord:
    """The key of a row that is not deleted."""
    body = orjson.loads(row.body)
    return KeyRecord(
        application_id=body["application_id"],
        secret_hash=bytes.fromhex(body["secret_hash"]),
        kind=KeyKind(body["kind"]),
        account_id=row.account_id,
        scopes=frozenset(Scope(scope) for scope in body["scopes"]),
        expire_time=body["expire_time"],
        revoked=body["revoked"],
    )


def encode_object_type(name: str, fields: Iterable[NamedField]) -> bytes:
    """The body of an object type."""
    return orjson.dumps({"name": name, "fields": [[f.key, f.label, f.kind, f.related_object_type_id] for f in fields]})


def decode_object_type(row: ConfigRow) -> tuple[str, list[NamedField]]:
    """Name and fields of an object type of a row that is not deleted."""
    body = orjson.loads(row.body)
    return body["name"], [NamedField(*each) for each in body["fields"]]


def encode_target(settings: TargetSettings) -> bytes:
    """The body of a target, secrets as they are."""
    own = _webhook(settings) if isinstance(settings, WebhookSettings) else _subscription(settings)
    return orjson.dumps(
        {
            **own,
            "url": settings.url,
            "headers": settings.headers,
            "max_retries": settings.max_retries,
            "timeout": settings.timeout,
            "secrets": [[secret.text, secret.expire_time] for secret in settings.secrets],
            "secret_headers": settings.secret_headers,
            **_credentials(settings),
            "requests_per_minute": settings.policy.requests_per_minute,
            "ordered": settings.policy.ordered,
            "block_dead": settings.policy.block_dead,
        }
    )


def _credentials(settings: TargetSettings) -> dict[str, object]:
    """Only what is there: most targets have none, and their bodies stay as short as they were."""
    found: dict[str, object] = {}
    if settings.authentication is not None:
        found["authentication"] = settings.authentication.to_json
    if settings.tls is not None:
        found["tls"] = asdict(settings.tls)
    return found


def _subscription(settings: SubscriptionSettings) -> dict[str, object]:
    return {
        "event": settings.event,
        "number": settings.number,
        "format": settings.format,
        "content_type": settings.content_type,
        "quiet": settings.quiet,
        "longest": settings.longest,
    }


def _webhook(settings: WebhookSettings) -> dict[str, object]:
    return {
        "object_type_id": settings.object_type_id,
        "method": settings.method,
        "data": settings.data,
        "content_type": settings.content_type,
        "names": settings.names,
        "gone": settings.gone,
    }


def decode_target(row: ConfigRow) -> TargetSettings:
    """The settings of the target that a row defines; the row is not deleted."""
    body: dict[str, Any] = orjson.loads(row.body)
    key = TargetKey(row.account_id, TARGET_KINDS[row.kind], row.id)
    merges = key.kind == WEBHOOK
    shared: dict[str, Any] = {
        "key": key,
        "revision": row.revision,
        "url": body["url"],
        "headers": tuple((name, value) for name, value in body.get("headers", ())),
        "max_retries": body.get("max_retries", 10),
        "timeout": body.get("timeout", 30 * SECOND),
        "secrets": tuple(Secret(text, expire_time) for text, expire_time in body.get("secrets", ())),
        "secret_headers": tuple((name, value) for name, value in body.get("secret_headers", ())),
        "authentication": from_json(body["authentication"]) if "authentication" in body else None,
        "tls": ReceiverTls(**body["tls"]) if "tls" in body else None,
        "policy": LanePolicy(
            body.get("requests_per_minute", 0),
            body.get("ordered", False),
            body.get("block_dead", False),
            literal_origin(body["url"]) if merges else origin_of(body["url"]),
        ),
    }
    if merges:
        return WebhookSettings(
            **shared,
            object_type_id=body.get("object_type_id", 0),
            method=body["method"],
            data=body["data"],
            content_type=body.get("content_type", ""),
            names=tuple((name, tuple(path)) for name, path in body.get("names", ())),
            gone=tuple(body.get("gone", ())),
        )
    return SubscriptionSettings(
        **shared,
        event=body["event"],
        number=body["number"],
        format=body["format"],
        content_type=body["content_type"],
        quiet=body.get("quiet", 0),
        longest=body.get("longest", 0),
    )


def compile_account(
    account_id: int,
    rows: Iterable[ConfigRow],
    before: AccountConfig | None = None,
    triggers: Mapping[TriggerKey, Trigger] | None = None,
) -> AccountConfig | None:
    """What routing needs of an account, from all its rows; None when the account itself is not among them.

    Targets whose revision has not changed since ``before`` are taken from there, which is some ten times as fast.
    ``triggers`` are those of the account, compiled; subscriptions that settle are added to them.
    """
    known = before.targets if before else {}
    triggers = dict(triggers or {})
    account: dict[str, Any] | None = None
    targets: dict[TargetKey, TargetSettings] = {}
    for row in rows:
        if row.kind == ItemKind.ACCOUNT:
            account = orjson.loads(row.body)
        elif row.kind in TARGET_KINDS:
            key = TargetKey(row.account_id, TARGET_KINDS[row.kind], row.id)
            found = known.get(key)
            targets[key] = found if found is not None and found.revision == row.revision else decode_target(row)
    if account is None:
        return None
    settling = [each for each in targets.values() if isinstance(each, SubscriptionSettings) and settles(each)]
    triggers.update((each.key, each) for each in map(subscription_trigger, settling))
    return AccountConfig(
        account_id,
        account["plan"],
        targets,
        index_subscriptions(targets.values()),
        Switches(account.get("global_rules", False), account.get("form_rules", False)),
        triggers,
        index_triggers(triggers.values()),
        index_triggers(triggers.values(), attrgetter("enters")),
        index_triggers(triggers.values(), attrgetter("watches")),
        any(each.stateful is not None or each.away for each in triggers.values()),
        tuple(each for each in triggers.values() if each.away),
    )
