from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hookline.registry.v1 import authentication_pb2, config_pb2, subscription_pb2, tls_pb2, webhook_pb2
from standardwebhooks import Webhook

from hookline_builtin.encoders import JsonEncoder
from hookline_dispatcher.config.codec import ItemKind, decode_target
from hookline_dispatcher.config.sealing import place_of, renewed_body, sealed
from hookline_dispatcher.config.targets import Secret, TargetSettings
from hookline_dispatcher.config.wire import config_row
from hookline_dispatcher.delivery.body import NotRendered
from hookline_dispatcher.delivery.oauth2 import Client
from hookline_dispatcher.delivery.opening import NO_AUTHENTICATION, NO_CLIENT_KEY, NO_KEY, NotReadable, opened_secrets
from hookline_dispatcher.delivery.rendering import Rendered, Renderer
from hookline_dispatcher.store.model import ConfigRow, TargetKey
from hookline_runtime.clock import now
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.vault.envelope import is_sealed
from hookline_runtime.vault.keys import SealingKey
from hookline_runtime.vault.renewing import Renewal
from hookline_runtime.vault.vault import Vault
from hookline_runtime.webhook.authentication import Authentication, Basic, ClientCredentials

from .samples import EVENT, KEY, NOW, OLD_SECRET, SECRET, settings

OLD, NEW = SealingKey(b"o" * 32), SealingKey(b"n" * 32)
VAULT = Vault([NEW, OLD])


def item(**body: object) -> config_pb2.ConfigItem:
    kind = ItemKind.SUBSCRIPTION if "subscription" in body else ItemKind.WEBHOOK
    return config_pb2.ConfigItem(kind=int(kind), account_id=7, id=3, revision=11, **body)  # type: ignore[arg-type]


SECRETS = [config_pb2.SigningSecret(secret=SECRET), config_pb2.SigningSecret(secret=OLD_SECRET)]
ITEMS = [
    item(
        subscription=config_pb2.SubscriptionConfig(
            subscription=subscription_pb2.Subscription(event="sub_tag", url="https://r.example/"), secrets=SECRETS
        )
    ),
    item(webhook=config_pb2.WebhookConfig(webhook=webhook_pb2.Webhook(url="https://r.example/"), secrets=SECRETS)),
]


@pytest.mark.parametrize("told", ITEMS)
def test_what_the_registry_tells_is_stored_sealed(told: config_pb2.ConfigItem) -> None:
    row = config_row(told, VAULT)
    assert row is not None
    assert SECRET.encode() not in row.body
    kept = decode_target(row)
    assert all(is_sealed(each.text) for each in kept.secrets)
    in_clear = config_row(told, Vault())
    assert in_clear is not None
    assert sealed(decode_target(in_clear), Vault()) == decode_target(in_clear)
    assert [each.text for each in decode_target(in_clear).secrets] == [SECRET, OLD_SECRET]


PASSWORD, PRIVATE_KEY = "canary-of-a-password", "canary-of-a-key"
WITH_CREDENTIALS: dict[str, Any] = {
    "url": "https://r.example/",
    "authentication": authentication_pb2.Authentication(basic=authentication_pb2.BasicAuthentication(username="mary")),
    "tls": tls_pb2.TlsSettings(client_certificate="C", ca_certificates="A"),
}
THEIR_SECRETS: dict[str, Any] = {"authentication_secret": PASSWORD, "client_private_key": PRIVATE_KEY}


@pytest.mark.parametrize(
    "told",
    [
        item(
            subscription=config_pb2.SubscriptionConfig(
                subscription=subscription_pb2.Subscription(event="sub_tag", **WITH_CREDENTIALS), **THEIR_SECRETS
            )
        ),
        item(webhook=config_pb2.WebhookConfig(webhook=webhook_pb2.Webhook(**WITH_CREDENTIALS), **THEIR_SECRETS)),
    ],
)
def test_credentials_are_stored_sealed_and_sealed_anew(told: config_pb2.ConfigItem) -> None:
    first = config_row(told, Vault())
    assert first is not None
    in_clear = decode_target(first)
    assert in_clear.authentication == Authentication(Basic("mary"), PASSWORD)
    assert in_clear.tls == ReceiverTls("C", PRIVATE_KEY, "A")
    row = config_row(told, Vault([OLD]))
    assert row is not None
    for vault in (Vault([OLD]), VAULT, Vault([NEW])):
        row = replace(row, body=renewed_body(Renewal(vault), row))
        assert PASSWORD.encode() not in row.body
        assert PRIVATE_KEY.encode() not in row.body
        opened = opened_secrets(decode_target(row), vault)
        assert opened.headers == ((b"Authorization", b"Basic bWFyeTpjYW5hcnktb2YtYS1wYXNzd29yZA=="),)
        assert (opened.masked, opened.tls) == (b"authorization: ***\r\n", ReceiverTls("C", PRIVATE_KEY, "A"))
    for lost, reason in (
        (replace(decode_target(row), tls=None), NO_AUTHENTICATION),
        (_without_password(row), NO_CLIENT_KEY),
    ):
        with pytest.raises(NotReadable, match=reason):
            opened_secrets(lost, Vault([OLD]))


def _without_password(row: ConfigRow) -> TargetSettings:
    return replace(decode_target(row), authentication=None)


def test_a_client_of_a_token_server_is_opened_and_masked() -> None:
    asks = ClientCredentials("https://login.example/", "hookline", ("a",))
    current = sealed(replace(settings(), authentication=Authentication(asks, PASSWORD)), VAULT)
    opened = opened_secrets(current, VAULT)
    assert (opened.client, opened.headers) == (Client(7, asks, PASSWORD), ())
    assert opened.masked == b"authorization: ***\r\n"


def test_the_renderer_signs_with_what_is_sealed() -> None:
    current = sealed(settings(secrets=(Secret(SECRET), Secret(OLD_SECRET))), VAULT)
    rendered = Renderer({"application/json": JsonEncoder()}.get, vault=VAULT).request(
        "msg_0a", EVENT, current, current, now()
    )
    assert isinstance(rendered, Rendered)
    headers = {name.decode().lower(): value.decode() for name, value in rendered.outgoing.headers}
    for secret in (SECRET, OLD_SECRET):
        Webhook(secret).verify(rendered.outgoing.body, headers, json_parse=False)


class Counting(Vault):
    """Counts how often something is opened."""

    opened = 0

    def open(self, *given: object) -> str:
        self.opened += 1
        return super().open(*given)  # type: ignore[arg-type]


def test_it_opens_a_secret_once_for_each_revision() -> None:
    vault = Counting([NEW])
    renderer = Renderer({"application/json": JsonEncoder()}.get, vault=vault)
    for revision in (11, 12):
        current = replace(sealed(settings(), vault), revision=revision)
        for _ in range(3):
            renderer.request("msg_0a", EVENT, current, current, NOW)
    assert vault.opened == 2


@pytest.mark.parametrize(
    "secret",
    [
        VAULT.seal(place_of(TargetKey(7, 1, 4)), SECRET),
        VAULT.seal(place_of(TargetKey(8, 1, 3)), SECRET),
        VAULT.seal(place_of(TargetKey(7, 2, 3)), SECRET),
        Vault([SealingKey(b"l" * 32)]).seal(place_of(KEY), SECRET),
        "sealed:1:nonsense",
    ],
    ids=["of another target", "of another account", "of another kind", "under another key", "damaged"],
)
def test_what_cannot_be_opened_is_not_sent(secret: str) -> None:
    current = settings(secrets=(Secret(secret),))
    renderer = Renderer({"application/json": JsonEncoder()}.get, vault=VAULT)
    assert renderer.request("msg_0a", EVENT, current, current, NOW) == NotRendered(NO_KEY)


def test_a_body_is_renewed_where_it_must_be() -> None:
    body = {"url": "u", "secrets": [[SECRET, 0], [Vault([OLD]).seal(place_of(KEY), OLD_SECRET), 99]]}
    row = ConfigRow(7, ItemKind.SUBSCRIPTION, 3, 11, False, orjson.dumps(body))
    renewal = Renewal(VAULT)
    renewed = orjson.loads(renewed_body(renewal, row))
    assert (renewal.were_clear, renewal.were_old) == (1, 1)
    assert (renewed["url"], [expire_time for _, expire_time in renewed["secrets"]]) == ("u", [0, 99])
    assert [VAULT.open(place_of(KEY), text) for text, _ in renewed["secrets"]] == [SECRET, OLD_SECRET]
    again = replace(row, body=orjson.dumps(renewed))
    assert renewed_body(Renewal(VAULT), again) is again.body
