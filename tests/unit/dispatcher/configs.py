"""Configurations to route by, as values and as rows of the replica."""

from collections.abc import Iterable
from dataclasses import replace

from hookline_dispatcher.config.codec import (
    ItemKind,
    compile_account,
    encode_account,
    encode_key,
    encode_target,
)
from hookline_dispatcher.config.targets import SUBSCRIPTION, AccountConfig, TargetSettings, origin_of
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
) -> TargetSettings:
    return TargetSettings(
        key(id_, account_id),
        revision,
        event,
        number,
        url,
        1,
        "application/x-www-form-urlencoded",
        policy=replace(policy or LanePolicy(), origin=origin_of(url)),
    )


def account_row(plan: int = PRO, account_id: int = ACCOUNT, revision: int = 1, deleted: bool = False) -> ConfigRow:
    body = b"" if deleted else encode_account(plan)
    return ConfigRow(account_id, ItemKind.ACCOUNT, account_id, revision, deleted, body)


def target_row(settings: TargetSettings, deleted: bool = False) -> ConfigRow:
    body = b"" if deleted else encode_target(settings)
    policy = None if deleted else settings.policy
    return ConfigRow(
        settings.key.account_id, ItemKind.SUBSCRIPTION, settings.key.id, settings.revision, deleted, body, policy
    )


def key_row(record: KeyRecord, id_: int = 1, revision: int = 1, deleted: bool = False) -> ConfigRow:
    body = b"" if deleted else encode_key(record)
    return ConfigRow(record.account_id, ItemKind.KEY, id_, revision, deleted, body)


def account(*targets: TargetSettings, plan: int = PRO) -> AccountConfig:
    compiled = compile_account(ACCOUNT, [account_row(plan), *(target_row(each) for each in targets)])
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
) -> Event:
    return Event(account_id, id_, type_, object_type_id, "8", data, {"tag_id": "4"} if params is None else params)
