"""What receivers want to see of who sends: authentication, certificates and authorities, over real connections."""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from google.protobuf.duration_pb2 import Duration
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2, preview_service_pb2, target_service_pb2
from hookline.registry.v1 import authentication_pb2, subscription_pb2, tls_pb2, webhook_pb2

from tests.contract.dispatcher.receiver import receiving, until
from tests.contract.dispatcher.suite import Suite, event, running
from tests.contract.dispatcher.token_server import TokenServer, token_server
from tests.contract.registry.world import refusal

CLIENT_SECRET = "hunter2-hunter2"
AUTHORITY = trustme.CA()
CLIENTS = trustme.CA()


def oauth2(tokens: TokenServer) -> authentication_pb2.Authentication:
    return authentication_pb2.Authentication(
        oauth2_client_credentials=authentication_pb2.OAuth2ClientCredentials(
            token_url=tokens.url, client_id="hookline", client_secret=CLIENT_SECRET, scopes=["a", "b"]
        )
    )


def basic() -> authentication_pb2.Authentication:
    return authentication_pb2.Authentication(
        basic=authentication_pb2.BasicAuthentication(username="mary", password="zoë & co")
    )


async def delivered(suite: Suite) -> dpb.Delivery:
    return await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED)


def _is_dead(delivery: dpb.Delivery) -> bool:
    return delivery.state == dpb.DELIVERY_STATE_DEAD


async def attempts(suite: Suite, delivery: dpb.Delivery) -> list[dpb.Attempt]:
    asked = delivery_service_pb2.ListAttemptsRequest(delivery_id=delivery.id)
    return list((await suite.user.ListAttempts(asked)).attempts)


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with running(tmp_path) as made:
        yield made


async def test_basic(suite: Suite) -> None:
    header = subscription_pb2.Header(name="X-Key", value="canary-of-a-header")
    suite.receiver.answer = lambda request: (
        200,
        f"X-Told: {request.headers['authorization']}; {request.headers['x-key']}\r\n",
    )
    await suite.subscribe(authentication=basic(), secret_headers=[header])
    await suite.publish()
    (request,) = await suite.receiver.until(1)
    assert request.headers["authorization"] == "Basic " + base64.b64encode("mary:zoë & co".encode()).decode()
    (attempt,) = await attempts(suite, await delivered(suite))
    assert [each.value for each in attempt.request.headers if each.name == "authorization"] == ["***"]
    # A receiver that tells what it was sent does not get it into the log.
    assert [each.value for each in attempt.response.headers if each.name == "x-told"] == ["***; ***"]


async def test_a_token_is_fetched_once_and_shown_by_every_request(suite: Suite) -> None:
    async with token_server() as tokens:
        await suite.subscribe(authentication=oauth2(tokens))
        for number in range(5):
            await suite.publish(f"e{number}")
        requests = await suite.receiver.until(5)
        assert {each.headers["authorization"] for each in requests} == {"Bearer token-1"}
        ((head, form),) = tokens.asked
        assert "authorization: basic " in head
        assert form == {"grant_type": ["client_credentials"], "scope": ["a b"]}
        (attempt,) = await attempts(suite, await delivered(suite))
        assert [each.value for each in attempt.request.headers if each.name == "authorization"] == ["***"]
        assert "token-1" not in str(attempt)


async def test_a_revoked_token_is_renewed_within_the_attempt(suite: Suite) -> None:
    revoked: set[str] = set()
    suite.receiver.answer = lambda request: (401 if request.headers["authorization"] in revoked else 200, "")
    async with token_server() as tokens:
        await suite.subscribe(authentication=oauth2(tokens))
        await suite.publish("e1")
        await delivered(suite)
        revoked.add("Bearer token-1")
        await suite.publish("e2")
        requests = await suite.receiver.until(3)
        assert [each.headers["authorization"] for each in requests] == [
            "Bearer token-1",
            "Bearer token-1",
            "Bearer token-2",
        ]
        delivery = await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED)
        assert len(await attempts(suite, delivery)) == 1
        assert tokens.given == 2


async def test_where_there_is_a_slot_the_next_attempt_has_the_new_token(suite: Suite) -> None:
    suite.receiver.answer = lambda request: (401 if "token-1" in request.headers["authorization"] else 200, "")
    async with token_server() as tokens:
        await suite.subscribe(authentication=oauth2(tokens), requests_per_minute=180)
        await suite.publish()
        delivery = await delivered(suite)
        assert [each.response.status_code for each in await attempts(suite, delivery)] == [401, 200]
        assert len(suite.receiver.received) == 2


async def test_a_receiver_that_refuses_every_token_is_asked_once_with_a_new_one(suite: Suite) -> None:
    suite.receiver.answer = lambda _: (401, "")
    async with token_server() as tokens:
        await suite.subscribe(authentication=oauth2(tokens), max_retries=0)
        await suite.publish()
        delivery = await suite.until_delivery(_is_dead)
        assert delivery.reason == "the receiver answered 401"
        assert (len(suite.receiver.received), tokens.given) == (1, 1)


async def test_without_a_token_nothing_is_sent_and_others_go_on(suite: Suite) -> None:
    async with token_server() as tokens:
        tokens.wrong = b"HTTP/1.1 400 Bad\r\nContent-Length: 26\r\n\r\n" + b'{"error":"invalid_client"}'
        made = await suite.subscribe(authentication=oauth2(tokens))
        await suite.subscribe()
        await suite.publish()
        (request,) = await suite.receiver.until(1)
        assert "authorization" not in request.headers
        target = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=made.subscription.id)
        failed = await suite.until_delivery(lambda each: bool(each.reason), target=target)
        assert failed.reason == "no access token: the token server answered 400 (invalid_client)"
        (attempt, *_) = await attempts(suite, failed)
        assert attempt.outcome == dpb.OUTCOME_NOT_AUTHORIZED
        tokens.wrong = None
        await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED, target=target)


async def test_a_token_server_that_hangs_holds_up_nobody_else(suite: Suite) -> None:
    async with receiving() as hanging:  # it reads, and answers when its gate is opened
        hanging.gate.clear()
        client = authentication_pb2.OAuth2ClientCredentials(
            token_url=hanging.url, client_id="hookline", client_secret=CLIENT_SECRET
        )
        method = authentication_pb2.Authentication(oauth2_client_credentials=client)
        slow = await suite.subscribe(authentication=method, timeout=Duration(seconds=1), max_retries=0)
        await suite.subscribe()
        for number in range(20):
            await suite.publish(f"e{number}")
        await suite.receiver.until(20)
        target = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=slow.subscription.id)
        dead = await suite.until_delivery(_is_dead, target=target)
        assert dead.reason == "no access token: the token server did not answer in time"
        assert len(hanging.received) == 1
        assert len(suite.receiver.received) == 20


async def test_a_test_and_a_webhook_show_a_token_too(suite: Suite) -> None:
    async with token_server() as tokens:
        hook = webhook_pb2.Webhook(url=suite.receiver.url, data="a=b", authentication=oauth2(tokens))
        made = await suite.world.user.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=hook))
        target = dpb.TargetRef(kind=dpb.TARGET_KIND_WEBHOOK, id=made.webhook.id)
        await until(lambda: suite.dispatcher.known_revision >= made.config_revision)
        answer = await suite.user.SendTest(target_service_pb2.SendTestRequest(target=target))
        assert answer.attempt.response.status_code == 200
        (request,) = suite.receiver.received
        assert request.headers["authorization"] == "Bearer token-1"
        tokens.wrong = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"
        changed = webhook_pb2.Webhook(id=made.webhook.id, authentication=oauth2(tokens))
        changed.authentication.oauth2_client_credentials.audience = "other"  # which another token is for
        updated = await suite.world.user.UpdateWebhook(webhook_pb2.UpdateWebhookRequest(webhook=changed))
        await until(lambda: suite.dispatcher.known_revision >= updated.config_revision)
        answer = await suite.user.SendTest(target_service_pb2.SendTestRequest(target=target))
        assert answer.attempt.outcome == dpb.OUTCOME_NOT_AUTHORIZED
        assert len(suite.receiver.received) == 1


@pytest.mark.parametrize("saved", [True, False])
async def test_a_preview_shows_no_secret(suite: Suite, saved: bool) -> None:
    secret = [subscription_pb2.Header(name="X-Key", value="canary-1")]
    made = await suite.subscribe(authentication=basic(), secret_headers=secret)
    wanted = subscription_pb2.Subscription(
        event="sub_tag", url=suite.receiver.url, authentication=basic(), secret_headers=secret
    )
    source: dict[str, Any] = {"subscription_id": made.subscription.id} if saved else {"subscription": wanted}
    asked = preview_service_pb2.PreviewSubscriptionRequest(min_config_revision=made.config_revision, **source)
    preview = (await suite.user.PreviewSubscription(asked)).preview
    shown = {each.name.lower(): each.value for each in preview.request.headers}
    assert preview.unrendered_reason == ""
    assert (shown["authorization"], shown["x-key"]) == ("***", "***")


async def test_a_preview_refuses_what_could_not_be_saved(suite: Suite) -> None:
    wrong = authentication_pb2.OAuth2ClientCredentials(token_url="https://10.0.0.1/", client_id="a")
    given: dict[str, Any] = {
        "url": suite.receiver.url,
        "authentication": authentication_pb2.Authentication(oauth2_client_credentials=wrong),
        "tls": tls_pb2.TlsSettings(ca_certificates="none"),
    }
    wanted = subscription_pb2.Subscription(event="sub_tag", **given)
    asked = preview_service_pb2.PreviewSubscriptionRequest(subscription=wanted)
    refused = await refusal(suite.user.PreviewSubscription(asked))
    paths = "authentication.oauth2_client_credentials.token_url", "tls.ca_certificates"
    assert refused.fields == tuple(f"subscription.{each}" for each in paths)
    webhook = preview_service_pb2.PreviewWebhookRequest(webhook=webhook_pb2.Webhook(**given))
    refused = await refusal(suite.user.PreviewWebhook(webhook))
    assert refused.fields == tuple(f"webhook.{each}" for each in paths)


def serving(*, clients: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        CLIENTS.configure_trust(context)
    return context


def trusting(leaf: trustme.LeafCert | None = None, authority: trustme.CA = AUTHORITY) -> tls_pb2.TlsSettings:
    settings = tls_pb2.TlsSettings(ca_certificates=authority.cert_pem.bytes().decode())
    if leaf is not None:
        settings.client_certificate = "".join(each.bytes().decode() for each in leaf.cert_chain_pems)
        settings.client_private_key = leaf.private_key_pem.bytes().decode()
    return settings


async def test_a_private_authority_is_trusted_by_its_own_target_alone(suite: Suite) -> None:
    async with receiving(tls=serving()) as receiver:
        url = f"https://127.0.0.1:{receiver.port}/"
        await suite.subscribe(url=url, tls=trusting())
        stranger = await suite.subscribe(url=url, max_retries=0)
        other = await suite.subscribe(url=url, tls=trusting(authority=CLIENTS), max_retries=0)
        for number in range(3):
            await suite.publish(f"e{number}")
        await receiver.until(3)
        for each in (stranger, other):
            target = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=each.subscription.id)
            dead = await suite.until_delivery(_is_dead, target=target)
            (attempt, *_) = await attempts(suite, dead)
            assert attempt.outcome == dpb.OUTCOME_TLS_FAILED
        assert len(receiver.received) == 3


async def test_a_webhook_whose_host_is_merged_shows_its_certificate_too(suite: Suite) -> None:
    async with receiving(tls=serving(clients=True)) as receiver:
        hook = webhook_pb2.Webhook(
            url=f"https://127.0.0.[First Name|1]:{receiver.port}/", tls=trusting(CLIENTS.issue_cert("client.example"))
        )
        made = await suite.world.user.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=hook))
        await until(lambda: suite.dispatcher.known_revision >= made.config_revision)
        target = dpb.TargetRef(kind=dpb.TARGET_KIND_WEBHOOK, id=made.webhook.id)
        request = target_service_pb2.SendTestRequest(target=target, event=event(object_type_id=0, data=b"{}"))
        answer = await suite.user.SendTest(request)
        assert answer.attempt.response.status_code == 200, answer.attempt.reason
        assert len(receiver.received) == 1


async def test_a_client_certificate_is_shown_for_its_own_target_alone(suite: Suite) -> None:
    async with receiving(tls=serving(clients=True)) as receiver:
        url = f"https://127.0.0.1:{receiver.port}/"
        await suite.subscribe(url=url, tls=trusting(CLIENTS.issue_cert("client.example")))
        without = await suite.subscribe(url=url, tls=trusting(), max_retries=0)
        for number in range(3):
            await suite.publish(f"e{number}")
        await receiver.until(3)
        target = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=without.subscription.id)
        await suite.until_delivery(_is_dead, target=target)
        assert len(receiver.received) == 3
