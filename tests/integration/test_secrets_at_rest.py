"""Secrets that sign, of bins, keys and headers are searched for in every byte that is kept, logged or answered."""

from __future__ import annotations

import base64
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import structlog
import trustme
from google.protobuf.message import Message
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2, log_service_pb2
from hookline.registry.v1 import account_pb2, authentication_pb2, subscription_pb2, tls_pb2, webhook_pb2
from prometheus_client import generate_latest
from standardwebhooks import Webhook

from hookline_runtime import logs
from hookline_runtime.vault.keys import SealingKey
from tests.contract.dispatcher.suite import Suite, running
from tests.contract.dispatcher.token_server import TokenServer, token_server
from tests.contract.gateway.rig import Door, gateway

TOKEN, STATIC_TOKEN = "Bearer canary-of-a-subscription-3f1c", "canary-of-a-token-91bb"
CLIENT_SECRET, ACCESS_TOKEN, PASSWORD = "canary-of-a-client-5d2e", "canary-of-a-server-c04f", "canary-of-a-user-e6a1"
_LEAF = trustme.CA().issue_cert("client.example")
CERTIFICATE = "".join(each.bytes().decode() for each in _LEAF.cert_chain_pems)
PRIVATE_KEY = _LEAF.private_key_pem.bytes().decode()
PRIVATE_KEY_LINES = PRIVATE_KEY.splitlines()[1:-1]
KEY = SealingKey(b"a key for tests that seals it all"[:32])


def forms_of(secret: str) -> Iterator[bytes]:
    """A secret in every form in which it might lie somewhere."""
    contents = [secret.encode()]
    if secret.startswith(("whsec_", "whsk_")):
        contents.append(base64.b64decode(secret.partition("_")[2]))
    for content in contents:
        yield from (content, content.hex().encode(), content.hex().upper().encode(), quote(content, safe="").encode())
        # Within a longer text in base64 it has one of three beginnings; what its neighbours change is left out.
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + content)[4 * (shift > 0) :].rstrip(b"=")[:-1]
            yield from (whole, whole.replace(b"+", b"-").replace(b"/", b"_"))


def leaks(places: Mapping[str, bytes], *secrets: str) -> list[tuple[str, int]]:
    """The places that hold a secret, with its number."""
    return [
        (name, number)
        for name, content in places.items()
        for number, secret in enumerate(secrets)
        if any(form in content for form in forms_of(secret))
    ]


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def answer(message: Message) -> bytes:
    return message.SerializeToString() + str(message).encode()


def test_the_search_finds_what_is_there() -> None:
    secret = "whsec_" + base64.b64encode(b"a canary in a coal mine, singing").decode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    for hidden in (
        f"a {secret} b".encode(),
        b"raw " + key,
        key.hex().encode(),
        quote(secret, safe="").encode(),
        base64.b64encode(b"x" + secret.encode() + b"y"),
        base64.b64encode(b"xx" + key + b"y"),
        secret.encode().hex().upper().encode(),
    ):
        assert leaks({"there": hidden}, "whsec_" + base64.b64encode(b"another").decode(), secret) == [("there", 1)]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Everything sealed, and everything logged: the log but for the lines of attempts, which go to standard error."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setenv("HOOKLINE_SECRETS_KEYS", KEY.text)
    monkeypatch.setenv("HOOKLINE_PRODUCTION", "true")
    monkeypatch.setenv("HOOKLINE_LOG_LEVEL", "debug")
    file = tmp_path_factory.mktemp("log") / "log"
    with file.open("wb", buffering=0) as stream:
        logs.configure("debug", stream)
        yield file
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


@asynccontextmanager
async def door_of(suite: Suite, folder: Path) -> AsyncIterator[Door]:
    """A gateway that keeps bins in a folder, and a client of it."""
    ports = suite.world.registry.port, suite.dispatcher.port
    first = suite.world.first
    headers = {"Api-Key": first.api_key, "Api-Appid": first.api_appid}
    async with gateway(*ports, gateway_bin=True, gateway_data=folder) as made:
        address = f"http://127.0.0.1:{made.port}"
        async with httpx.AsyncClient(base_url=address, headers=headers, trust_env=False, timeout=30) as http:
            yield Door(suite, made, http)


async def _made(suite: Suite, door: Door, tokens: TokenServer, signing: str) -> list[str]:
    """A subscription with a secret of the caller's own that is rotated, webhooks, a bin and a key; their secrets."""
    token, password = TOKEN, "canary-of-a-webhook-77aa"
    subscription = subscription_pb2.Subscription(
        event="sub_tag(4)",
        url=suite.receiver.url,
        secret_headers=[subscription_pb2.Header(name="Authorization", value=token)],
    )
    request = subscription_pb2.CreateSubscriptionRequest(
        subscription=subscription, signing_secret=signing, request_id="once"
    )
    made = await suite.world.user.CreateSubscription(request)
    again = await suite.world.user.CreateSubscription(request)
    assert (again.subscription.id, again.signing_secret) == (made.subscription.id, "")
    asked = subscription_pb2.RotateSecretRequest(id=made.subscription.id)
    rotated = await suite.world.user.RotateSecret(asked)
    hook = await suite.world.user.CreateWebhook(
        webhook_pb2.CreateWebhookRequest(
            webhook=webhook_pb2.Webhook(
                url=suite.receiver.url, secret_headers=[subscription_pb2.Header(name="X-Password", value=password)]
            )
        )
    )
    await _with_credentials(suite, tokens.url)
    private = "whsk_" + base64.b64encode(b"the seed of a pair of 32 bytes..").decode()
    signed = await suite.world.user.CreateWebhook(
        webhook_pb2.CreateWebhookRequest(webhook=webhook_pb2.Webhook(url=suite.receiver.url), signing_secret=private)
    )
    assert signed.webhook.public_key
    assert not signed.signing_secret
    suite.revision = signed.config_revision
    of_bin = "whsec_" + base64.b64encode(b"what a bin checks signatures by.").decode()
    bin_made = await door.http.post("/bin", json={"signing_secret": of_bin})
    assert bin_made.status_code == 201, bin_made.text
    key = await suite.world.operator.CreateKey(
        account_pb2.CreateKeyRequest(
            account_id=suite.world.first.account_id,
            kind=account_pb2.KEY_KIND_ACCOUNT,
            name="k",
            scopes=[account_pb2.SCOPE_READ],
        )
    )
    return [
        *(signing, rotated.signing_secret, hook.signing_secret, private, of_bin, key.secret, token, password),
        *(CLIENT_SECRET, ACCESS_TOKEN, STATIC_TOKEN, PASSWORD, *PRIVATE_KEY_LINES),
    ]


async def _with_credentials(suite: Suite, token_url: str) -> None:
    """A subscription that shows a token of a server, and targets with every other credential."""
    client = authentication_pb2.OAuth2ClientCredentials(
        token_url=token_url, client_id="hookline", client_secret=CLIENT_SECRET
    )
    methods = [
        authentication_pb2.Authentication(oauth2_client_credentials=client),
        authentication_pb2.Authentication(bearer=authentication_pb2.BearerAuthentication(token=STATIC_TOKEN)),
    ]
    for method in methods:
        await suite.subscribe("sub_tag(4)", authentication=method)
    settings = tls_pb2.TlsSettings(client_certificate=CERTIFICATE, client_private_key=PRIVATE_KEY)
    basic = authentication_pb2.BasicAuthentication(username="mary", password=PASSWORD)
    hook = webhook_pb2.Webhook(
        url="https://receiver.example/", tls=settings, authentication=authentication_pb2.Authentication(basic=basic)
    )
    await suite.world.user.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=hook))


async def _answers(suite: Suite, door: Door) -> dict[str, bytes]:
    """What shows subscriptions, webhooks, keys, deliveries and attempts, over both doors."""
    user, account_id = suite.world.user, suite.world.first.account_id
    deliveries = await suite.deliveries()
    assert len(deliveries) == 3
    asked = {
        "ListSubscriptions": user.ListSubscriptions(subscription_pb2.ListSubscriptionsRequest()),
        "GetSubscription": user.GetSubscription(subscription_pb2.GetSubscriptionRequest(id=1)),
        "ListWebhooks": user.ListWebhooks(webhook_pb2.ListWebhooksRequest()),
        "GetWebhook": user.GetWebhook(webhook_pb2.GetWebhookRequest(id=1)),
        "ListKeys": suite.world.operator.ListKeys(account_pb2.ListKeysRequest(account_id=account_id)),
        "ListDeliveries": suite.user.ListDeliveries(delivery_service_pb2.ListDeliveriesRequest()),
        "ListLog": suite.user.ListLog(log_service_pb2.ListLogRequest()),
    }
    for each in deliveries:
        one, attempts = (
            delivery_service_pb2.GetDeliveryRequest(id=each.id),
            delivery_service_pb2.ListAttemptsRequest(delivery_id=each.id),
        )
        asked |= {
            f"GetDelivery {each.id}": suite.user.GetDelivery(one),
            f"ListAttempts {each.id}": suite.user.ListAttempts(attempts),
        }
    shown = {name: answer(await call) for name, call in asked.items()}
    for path in ("/v1/subscriptions", "/v1/webhooks", "/v1/deliveries"):
        got = await door.http.get(path)
        assert got.status_code == 200, (path, got.text)
        shown[path] = got.content
    return shown


async def test_no_secret_lies_anywhere_but_in_the_answer_that_shows_it(
    tmp_path: Path, logged: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    signing = "whsec_" + base64.b64encode(b"a canary in a coal mine, singing").decode()
    metrics = {"dispatcher_metrics": "127.0.0.1:0"}
    async with (
        running(tmp_path, **metrics) as suite,
        door_of(suite, tmp_path / "gateway") as door,
        token_server() as tokens,
    ):
        tokens.token = ACCESS_TOKEN
        secrets = await _made(suite, door, tokens, signing)
        await suite.publish()
        requests = await suite.receiver.until(3)
        by_authorization = {each.headers.get("authorization", ""): each for each in requests}
        assert set(by_authorization) >= {f"Bearer {ACCESS_TOKEN}", f"Bearer {STATIC_TOKEN}", TOKEN}
        for each in secrets[:2]:
            request = by_authorization[TOKEN]
            Webhook(each).verify(request.body, request.headers, json_parse=False)
        for number in (1, 2, 3):
            await _until_delivered(suite, number)
        shown = await _answers(suite, door)
        running_files = files(tmp_path)
        shown["metrics"] = generate_latest(suite.world.registry.metrics)
        address = f"http://127.0.0.1:{suite.dispatcher.metrics_port}/metrics"
        shown["the dispatcher's metrics"] = (await door.http.get(address, headers={"Api-Key": ""})).content
    shown["log"] = logged.read_bytes() + "".join(capfd.readouterr()).encode()
    for event in ("attempt", "listening", "request"):
        assert f'"event":"{event}"'.encode() in shown["log"]
    assert b"hookline_" in shown["metrics"]
    assert b"hookline_" in shown["the dispatcher's metrics"]
    for name in ("registry.db", "dispatcher/dispatcher.db", "gateway/bins.db"):
        assert {name, f"{name}-wal"} <= set(running_files)
    assert leaks(running_files, *secrets, KEY.text) == []
    assert leaks(files(tmp_path), *secrets, KEY.text) == []
    assert leaks(shown, *secrets, KEY.text) == []


async def _until_delivered(suite: Suite, number: int) -> None:
    target = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=number)
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED, target=target)


async def test_a_damaged_secret_stops_its_own_target_alone(tmp_path: Path, logged: Path) -> None:
    async with running(tmp_path) as suite:
        damaged, whole = await suite.subscribe(), await suite.subscribe()
        await suite.publish("e1")
        await suite.receiver.until(2)
        await suite.dispatcher.stop()
        with closing(sqlite3.connect(tmp_path / "dispatcher" / "dispatcher.db")) as file, file:
            file.execute(
                "UPDATE config_item SET body = replace(body, 'sealed:1:', 'sealed:1:0') WHERE kind = 4 AND id = ?",
                (damaged.subscription.id,),
            )
        await suite.restart(tmp_path)
        await suite.publish("e2")
        (*_, request) = await suite.receiver.until(3)
        Webhook(whole.signing_secret).verify(request.body, request.headers, json_parse=False)
        target = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=damaged.subscription.id)
        failed = await suite.until_delivery(lambda each: bool(each.reason), target=target)
        assert failed.reason == "the signing secret cannot be read"
        # A rotation mends it.
        asked = subscription_pb2.RotateSecretRequest(id=damaged.subscription.id)
        suite.revision = (await suite.world.user.RotateSecret(asked)).config_revision
        await suite.publish("e3")
        await suite.receiver.until(5)
    assert b"signing_secret of subscription 1 of account 1" in logged.read_bytes()
