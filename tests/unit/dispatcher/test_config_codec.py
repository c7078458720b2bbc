from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hookline.registry.v1 import account_pb2, config_pb2, object_type_pb2, subscription_pb2, webhook_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.config.account import Switches
from hookline_dispatcher.config.codec import ItemKind, compile_account, decode_key, decode_target, heard_row, heard_time
from hookline_dispatcher.config.settling import settles
from hookline_dispatcher.config.targets import Secret, SubscriptionSettings, TargetSettings, WebhookSettings
from hookline_dispatcher.config.wire import config_row
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.store.model import ConfigRow, TargetKey
from hookline_runtime.access import KeyKind, KeyRecord, Scope
from hookline_runtime.vault.vault import Vault
from tests.unit.dispatcher.configs import ACCOUNT, account, account_row, key, key_row, target, target_row


def row_of(item: config_pb2.ConfigItem) -> ConfigRow | None:
    return config_row(item, Vault())


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
NUMBERS = st.integers(0, 2**62)
TARGETS = st.builds(
    SubscriptionSettings,
    key=st.builds(TargetKey, NUMBERS, st.just(1), NUMBERS),
    revision=NUMBERS,
    event=TEXT,
    number=TEXT,
    url=TEXT,
    format=st.integers(1, 3),
    content_type=TEXT,
    quiet=NUMBERS,
    longest=NUMBERS,
    headers=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    max_retries=st.integers(0, 180),
    timeout=NUMBERS,
    secrets=st.lists(st.builds(Secret, TEXT, NUMBERS), max_size=2).map(tuple),
    policy=st.builds(LanePolicy, st.integers(0, 180), st.booleans(), st.booleans()),
)
KEYS = st.builds(
    KeyRecord,
    application_id=TEXT,
    secret_hash=st.binary(min_size=32, max_size=32),
    kind=st.sampled_from([KeyKind.ACCOUNT, KeyKind.OPERATOR]),
    account_id=NUMBERS,
    scopes=st.frozensets(st.sampled_from(Scope)),
    expire_time=st.none() | NUMBERS,
    revoked=st.booleans(),
)


WEBHOOKS = st.builds(
    WebhookSettings,
    key=st.builds(TargetKey, NUMBERS, st.just(2), NUMBERS),
    revision=NUMBERS,
    url=TEXT,
    object_type_id=NUMBERS,
    method=st.sampled_from(["GET", "POST"]),
    data=TEXT,
    content_type=TEXT,
    names=st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3).map(tuple)), max_size=3).map(tuple),
    headers=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    max_retries=st.integers(0, 180),
    timeout=NUMBERS,
    secrets=st.lists(st.builds(Secret, TEXT, NUMBERS), max_size=2).map(tuple),
    policy=st.builds(LanePolicy, st.integers(1, 180), st.booleans(), st.booleans()),
)


@settings(max_examples=50)
@given(TARGETS | WEBHOOKS)
def test_a_target_comes_back_as_it_was(settings_: TargetSettings) -> None:
    assert decode_target(target_row(settings_)) == settings_


@settings(max_examples=50)
@given(KEYS)
def test_a_key_comes_back_as_it_was(record: KeyRecord) -> None:
    assert decode_key(key_row(record)) == record


def test_the_index_is_by_name_and_number_in_order_of_ids() -> None:
    targets = [target(3, "sub_tag"), target(1, "sub_tag"), target(2, "sub_tag", "4"), target(4, "unsub_tag")]
    config = compile_account(ACCOUNT, [*map(target_row, targets), account_row(2)])
    assert config is not None
    assert config.plan == 2
    assert config.by_event == {
        "sub_tag": {"": (targets[1], targets[0]), "4": (targets[2],)},
        "unsub_tag": {"": (targets[3],)},
    }
    assert config.targets == {each.key: each for each in targets}


def test_without_its_own_row_there_is_no_account() -> None:
    assert compile_account(ACCOUNT, [target_row(target(1, "sub_tag"))]) is None


def test_the_note_of_when_the_registry_was_heard() -> None:
    assert heard_time([heard_row(5)]) == 5
    assert heard_time([]) == 0


def item(kind: ItemKind, **body: object) -> config_pb2.ConfigItem:
    fields: dict[str, object] = {"kind": int(kind), "account_id": ACCOUNT, "id": 3, "revision": 11}
    return config_pb2.ConfigItem(**(fields | body))  # type: ignore[arg-type]  # fields by name, as the case has them


def subscription(stored: subscription_pb2.Subscription, *secrets: config_pb2.SigningSecret) -> TargetSettings:
    body = config_pb2.SubscriptionConfig(subscription=stored, secrets=secrets)
    row = row_of(item(ItemKind.SUBSCRIPTION, subscription=body))
    assert row is not None
    settings_ = decode_target(row)
    assert row.policy == settings_.policy
    return settings_


def test_a_subscription_with_everything_left_open_has_the_stated_defaults() -> None:
    stored = subscription_pb2.Subscription(id=3, account_id=ACCOUNT, event="sub_tag", url="https://r.example/")
    assert subscription(stored) == SubscriptionSettings(
        key=key(3),
        revision=11,
        event="sub_tag",
        number="",
        url="https://r.example/",
        format=1,
        content_type="application/x-www-form-urlencoded",
        headers=(),
        max_retries=10,
        timeout=30 * SECOND,
        policy=LanePolicy(origin="r.example:443"),
    )


def test_a_subscription_with_everything_set() -> None:
    stored = subscription_pb2.Subscription(
        event="sub_tag(4)",
        url="https://r.example/",
        format=subscription_pb2.PAYLOAD_FORMAT_NOTIFY,
        content_type="application/json",
        headers=[subscription_pb2.Header(name="X-A", value="1")],
        requests_per_minute=60,
        max_retries=0,
        ordered=True,
        dead_head=subscription_pb2.DEAD_HEAD_BLOCK,
    )
    stored.timeout.FromMicroseconds(5 * SECOND)
    stored.settle.quiet.FromMicroseconds(10 * SECOND)
    stored.settle.longest.FromMicroseconds(25 * SECOND)
    old = config_pb2.SigningSecret(secret="whsec_b2xk")
    old.expire_time.FromMicroseconds(99)
    assert subscription(stored, config_pb2.SigningSecret(secret="whsec_bmV3"), old) == SubscriptionSettings(
        key=key(3),
        revision=11,
        event="sub_tag",
        number="4",
        url="https://r.example/",
        format=3,
        content_type="application/json",
        quiet=10 * SECOND,
        longest=25 * SECOND,
        headers=(("X-A", "1"),),
        max_retries=0,
        timeout=5 * SECOND,
        secrets=(Secret("whsec_bmV3"), Secret("whsec_b2xk", 99)),
        policy=LanePolicy(60, True, True, "r.example:443"),
    )


def test_a_subscription_settles_ten_times_its_quiet_time_at_most_where_it_does_not_say() -> None:
    stored = subscription_pb2.Subscription(event="sub_tag", url="https://r.example/")
    stored.settle.quiet.FromMicroseconds(1_500_000)
    settings_ = subscription(stored)
    assert isinstance(settings_, SubscriptionSettings)
    assert (settings_.quiet, settings_.longest) == (1_500_000, 15_000_000)


def test_a_subscription_that_an_earlier_version_stored_does_not_settle() -> None:
    row = target_row(target(3, "sub_tag"))
    body = {name: value for name, value in orjson.loads(row.body).items() if name not in ("quiet", "longest")}
    found = decode_target(replace(row, body=orjson.dumps(body)))
    assert isinstance(found, SubscriptionSettings)
    assert not settles(found)


@pytest.mark.parametrize("event, told", [("sub_tag", True), ("target_disabled", False), ("of_a_later_version", False)])
def test_what_settles_is_a_definition_with_memory_and_no_longer_found_as_a_subscription(event: str, told: bool) -> None:
    config = account(replace(target(3, event), quiet=SECOND, longest=SECOND), target(4, event))
    assert [each.key.id for each in config.by_event[event][""]] == ([4] if told else [3, 4])
    assert [each.label for each in config.triggers.values()] == (["subscription/3"] if told else [])
    assert config.remembers is told


def webhook(stored: webhook_pb2.Webhook, *names: config_pb2.NamedPath) -> TargetSettings:
    row = row_of(item(ItemKind.WEBHOOK, webhook=config_pb2.WebhookConfig(webhook=stored, names=names)))
    assert row is not None
    settings_ = decode_target(row)
    assert row.policy == settings_.policy
    return settings_


def test_a_webhook_with_everything_left_open_has_the_stated_defaults() -> None:
    assert webhook(webhook_pb2.Webhook(url="https://r.example/")) == WebhookSettings(
        key=TargetKey(ACCOUNT, 2, 3),
        revision=11,
        url="https://r.example/",
        method="POST",
        max_retries=10,
        timeout=30 * SECOND,
        policy=LanePolicy(180, origin="r.example:443"),
    )


def test_a_webhook_with_everything_set() -> None:
    stored = webhook_pb2.Webhook(
        url="https://[Host].example/",
        object_type_id=149,
        method=webhook_pb2.HTTP_METHOD_DELETE,
        headers=[subscription_pb2.Header(name="X-A", value="[Email]")],
        data="a=[Email]",
        detected_content_type="application/x-www-form-urlencoded",
        requests_per_minute=1,
        max_retries=0,
        ordered=True,
        dead_head=subscription_pb2.DEAD_HEAD_BLOCK,
    )
    name = config_pb2.NamedPath(name="owner.email", path=["owner", "email"], gone=True)
    assert webhook(stored, name) == WebhookSettings(
        key=TargetKey(ACCOUNT, 2, 3),
        revision=11,
        url="https://[Host].example/",
        object_type_id=149,
        method="DELETE",
        data="a=[Email]",
        content_type="application/x-www-form-urlencoded",
        names=(("owner.email", ("owner", "email")),),
        gone=("owner.email",),
        headers=(("X-A", "[Email]"),),
        max_retries=0,
        policy=LanePolicy(1, True, True),
    )


def test_what_is_long_weighs_as_several() -> None:
    long = webhook(webhook_pb2.Webhook(url="https://r.example/", data="x" * 65_536))
    assert (long.weight, webhook(webhook_pb2.Webhook(url="https://r.example/")).weight) == (17, 1)


@pytest.mark.parametrize("global_rules", [False, True])
@pytest.mark.parametrize("form_rules", [False, True])
def test_an_account_has_its_switches(global_rules: bool, form_rules: bool) -> None:
    features = account_pb2.FeatureSwitches(global_rules=global_rules, form_rules=form_rules)
    row = row_of(item(ItemKind.ACCOUNT, account=account_pb2.Account(plan=account_pb2.PLAN_PRO, features=features)))
    assert row is not None
    config = compile_account(ACCOUNT, [row])
    assert config is not None
    assert config.switches == Switches(global_rules, form_rules)


def test_an_account_that_an_earlier_version_stored_has_no_switch_on() -> None:
    config = compile_account(ACCOUNT, [ConfigRow(ACCOUNT, ItemKind.ACCOUNT, ACCOUNT, 1, False, b'{"plan":3}')])
    assert config is not None
    assert config.switches == Switches()


@pytest.mark.parametrize("kind", [KeyKind.ACCOUNT, KeyKind.OPERATOR])
@pytest.mark.parametrize("ended", [False, True])
def test_a_key(kind: KeyKind, ended: bool) -> None:
    operator = kind is KeyKind.OPERATOR
    stored = account_pb2.Key(
        application_id="app",
        kind=account_pb2.KEY_KIND_OPERATOR if operator else account_pb2.KEY_KIND_ACCOUNT,
        scopes=[account_pb2.SCOPE_READ, account_pb2.SCOPE_PUBLISH, account_pb2.SCOPE_MANAGE, account_pb2.SCOPE_ADMIN],
    )
    if ended:
        stored.expire_time.FromMicroseconds(5)
        stored.revoke_time.FromMicroseconds(6)
    row = row_of(item(ItemKind.KEY, key=config_pb2.KeyConfig(key=stored, secret_hash=b"h" * 32)))
    assert row is not None
    assert decode_key(row) == KeyRecord(
        "app", b"h" * 32, kind, ACCOUNT, frozenset(Scope), 5 if ended else None, revoked=ended
    )


def test_an_account_and_an_object_type() -> None:
    stored = row_of(item(ItemKind.ACCOUNT, account=account_pb2.Account(plan=account_pb2.PLAN_PLUS)))
    assert stored is not None
    config = compile_account(ACCOUNT, [stored])
    assert config is not None
    assert config.plan == 2
    field = object_type_pb2.Field(key="color", label="Colour", kind=object_type_pb2.FIELD_KIND_TEXT)
    kept = row_of(item(ItemKind.OBJECT_TYPE, object_type=object_type_pb2.ObjectType(name="Car", fields=[field])))
    assert kept is not None
    assert b"Colour" in kept.body


@pytest.mark.parametrize("kind", [kind for kind in ItemKind if kind is not ItemKind.HEARD])
def test_what_is_gone_has_no_body(kind: ItemKind) -> None:
    row = row_of(item(kind, deleted=True))
    assert row is not None
    assert (row.deleted, row.body, row.kind, row.id, row.revision) == (True, b"", kind, 3, 11)


@pytest.mark.parametrize("deleted", [False, True])
def test_an_item_of_a_later_version_is_left_out(deleted: bool) -> None:
    assert row_of(config_pb2.ConfigItem(kind=99, id=1, deleted=deleted)) is None  # type: ignore[arg-type]  # no name
