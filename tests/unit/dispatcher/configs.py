"""Configurations to route by, as values and as rows of the replica."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hookline_dispatcher.config.account import AccountConfig, Switches
from hookline_dispatcher.config.codec import (
    ITEM_KINDS,
    ItemKind,
    compile_account,
    encode_account,
    encode_key,
    encode_target,
)
from hookline_dispatcher.config.targets import (
    SUBSCRIPTION,
    WEBHOOK,
    SubscriptionSettings,
    TargetSettings,
    WebhookSettings,
    literal_origin,
    origin_of,
)
from hookline_dispatcher.config.triggers import Definition, FindSource, TriggerKey, compile_trigger, encode_definition
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.store.model import ConfigRow, TargetKey
from hookline_runtime.access import KeyKind, KeyRecord, Scope, hash_secret

ACCOUNT = 7
BASIC, PLUS, PRO = 1, 2, 3


def key(id_: int, account_id: int = ACCOUNT) -> TargetKey:
    return TargetKey(account_id, SUBSCRIPTION, id_)


def target(
    id_: int,
    event: str,
    number: str = "",
    *,
    account_id: int = ACCOUNT,
    revision: int = 1,
    policy: LanePolicy | None = None,
    url: str = "https://r.example/hook?token=t",
) -> SubscriptionSettings:
    return SubscriptionSettings(
        key=key(id_, account_id),
        revision=revision,
        event=event,
        number=number,
        url=url,
        content_type="application/x-www-form-urlencoded",
        policy=replace(policy or LanePolicy(), origin=origin_of(url)),
    )


def webhook(
    id_: int = 1,
    url: str = "https://r.example/hook",
    *,
    account_id: int = ACCOUNT,
    revision: int = 1,
    policy: LanePolicy | None = None,
    **more: Any,
) -> WebhookSettings:
    return WebhookSettings(
        key=TargetKey(account_id, WEBHOOK, id_),
        revision=revision,
        url=url,
        policy=replace(policy or LanePolicy(180), origin=literal_origin(url)),
        **more,
    )


def trigger_row(
    id_: int,
    source: str = "global_rule",
    definition: object = None,
    *,
    kind: ItemKind = ItemKind.GLOBAL_RULE,
    account_id: int = ACCOUNT,
    revision: int = 1,
) -> ConfigRow:
    text = definition if isinstance(definition, str) else json.dumps(definition or {})
    return ConfigRow(account_id, kind, id_, revision, False, encode_definition(Definition(source, "a name", text)))


def account_row(
    plan: int = PRO,
    account_id: int = ACCOUNT,
    revision: int = 1,
    deleted: bool = False,
    switches: Switches = Switches(True, True),
) -> ConfigRow:
    body = b"" if deleted else encode_account(plan, switches)
    return ConfigRow(account_id, ItemKind.ACCOUNT, account_id, revision, deleted, body)


def target_row(settings: TargetSettings, deleted: bool = False) -> ConfigRow:
    body = b"" if deleted else encode_target(settings)
    policy = None if deleted else settings.policy
    kind = ITEM_KINDS[settings.key.kind]
    return ConfigRow(settings.key.account_id, kind, settings.key.id, settings.revision, deleted, body, policy)


def key_row(record: KeyRecord, id_: int = 1, revision: int = 1, deleted: bool = False) -> ConfigRow:
    body = b"" if deleted else encode_key(record)
    return ConfigRow(record.account_id, ItemKind.KEY, id_, revision, deleted, body)


def account(
    *targets: TargetSettings,
    plan: int = PRO,
    switches: Switches = Switches(True, True),
    triggers: Iterable[ConfigRow] = (),
    find_source: FindSource = lambda _: None,
) -> AccountConfig:
    rows = [account_row(plan, switches=switches), *(target_row(each) for each in targets)]
    compiled = compile_account(
        ACCOUNT, rows, None, {TriggerKey(row.kind, row.id): compile_trigger(row, find_source) for row in triggers}
    )
    assert compiled is not None
    return compiled


def api_key(
    name: str,
    account_id: int = ACCOUNT,
    *,
    kind: KeyKind = KeyKind.ACCOUNT,
    scopes: Iterable[Scope] = (Scope.PUBLISH, Scope.READ, Scope.MANAGE),
    expire_time: int | None = None,
    revoked: bool = False,
) -> KeyRecord:
    return KeyRecord(name, hash_secret(f"secret-{name}"), kind, account_id, frozenset(scopes), expire_time, revoked)


def event(
    type_: str = "sub_tag",
    *,
    id_: str = "e1",
    account_id: int = ACCOUNT,
    object_type_id: int = 0,
    params: dict[str, str] | None = None,
    data: bytes = b"{}",
    changed_fields: tuple[str, ...] = (),
) -> Event:
    found = {"tag_id": "4"} if params is None else params
    return Event(account_id, id_, type_, object_type_id, "8", data, found, changed_fields=changed_fields)
