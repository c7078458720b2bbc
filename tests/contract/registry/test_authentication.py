"""Authentication of targets: shown without its secret, kept with it, and checked when it is saved."""

from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from hookline.registry.v1 import audit_pb2, config_pb2
from hookline.registry.v1 import authentication_pb2 as pb
from hookline.registry.v1 import subscription_pb2 as subscriptions_pb
from hookline.registry.v1 import webhook_pb2 as webhooks_pb

from tests.contract.registry.watching import Replica
from tests.contract.registry.world import World, hooking, refusal, subscribing

SECRET = "hunter2-hunter2"
TOKEN_URL = "https://login.example/oauth2/token"


def basic(username: str = "mary", password: str = SECRET) -> pb.Authentication:
    return pb.Authentication(basic=pb.BasicAuthentication(username=username, password=password))


def bearer(token: str = SECRET) -> pb.Authentication:
    return pb.Authentication(bearer=pb.BearerAuthentication(token=token))


def oauth2(**more: Any) -> pb.Authentication:
    fields: dict[str, Any] = {"token_url": TOKEN_URL, "client_id": "hookline", "client_secret": SECRET, **more}
    return pb.Authentication(oauth2_client_credentials=pb.OAuth2ClientCredentials(**fields))


FULL = oauth2(
    scopes=["read", "write"],
    audience="https://api.example",
    resource="https://api.example/v1",
    token_endpoint_auth_method=pb.TOKEN_ENDPOINT_AUTH_METHOD_CLIENT_SECRET_POST,
)


def without_secret(authentication: pb.Authentication) -> pb.Authentication:
    shown = pb.Authentication()
    shown.CopyFrom(authentication)
    method = getattr(shown, shown.WhichOneof("method") or "")
    for name in ("password", "token", "client_secret"):
        if name in method.DESCRIPTOR.fields_by_name:
            method.ClearField(name)
    return shown


async def told(world: World, kind: int = config_pb2.CONFIG_KIND_SUBSCRIPTION) -> Any:
    replica = Replica()
    await replica.catch_up(world)
    item = replica.items[kind, 1, 1]
    return item.subscription if kind == config_pb2.CONFIG_KIND_SUBSCRIPTION else item.webhook


async def update(world: World, authentication: pb.Authentication | None, **more: Any) -> Message:
    changed = subscriptions_pb.Subscription(id=1, authentication=authentication, **more)
    mask = FieldMask(paths=["authentication", *more])
    answer: Message = await world.user.UpdateSubscription(
        subscriptions_pb.UpdateSubscriptionRequest(subscription=changed, update_mask=mask)
    )
    return answer


@pytest.mark.parametrize("given", [basic(), bearer(), FULL], ids=["basic", "bearer", "oauth2"])
async def test_it_is_shown_without_its_secret_and_told_to_the_dispatcher_with_it(
    world: World, given: pb.Authentication
) -> None:
    made = (await world.user.CreateSubscription(subscribing(authentication=given))).subscription
    shown = (await world.user.GetSubscription(subscriptions_pb.GetSubscriptionRequest(id=1))).subscription
    listed = (await world.user.ListSubscriptions(subscriptions_pb.ListSubscriptionsRequest())).subscriptions[0]
    hook = (await world.user.CreateWebhook(hooking(authentication=given))).webhook
    for each in (made, shown, listed, hook):
        assert each.authentication == without_secret(given)
    for kind in (config_pb2.CONFIG_KIND_SUBSCRIPTION, config_pb2.CONFIG_KIND_WEBHOOK):
        assert (await told(world, kind)).authentication_secret == SECRET


async def test_what_comes_back_without_the_secret_keeps_it(world: World) -> None:
    made = (await world.user.CreateSubscription(subscribing(authentication=FULL))).subscription
    made.max_retries = 3
    await world.user.UpdateSubscription(subscriptions_pb.UpdateSubscriptionRequest(subscription=made))
    assert (await told(world)).authentication_secret == SECRET
    await update(world, oauth2(client_secret="", scopes=["other"]))
    config = await told(world)
    assert config.authentication_secret == SECRET
    assert list(config.subscription.authentication.oauth2_client_credentials.scopes) == ["other"]
    await world.user.RotateSecret(subscriptions_pb.RotateSecretRequest(id=1))
    assert (await told(world)).authentication_secret == SECRET
    await update(world, None)
    config = await told(world)
    assert (config.authentication_secret, config.subscription.HasField("authentication")) == ("", False)


@pytest.mark.parametrize(
    "before, after, field",
    [
        (basic(), basic("joe", ""), "basic.password"),
        (basic(), bearer(""), "bearer.token"),
        (bearer(), oauth2(client_secret=""), "oauth2_client_credentials.client_secret"),
        (oauth2(), oauth2(client_secret="", client_id="x"), "oauth2_client_credentials.client_secret"),
        (
            oauth2(),
            oauth2(client_secret="", token_url="https://evil.example/"),
            "oauth2_client_credentials.client_secret",
        ),
    ],
)
async def test_a_secret_goes_to_nobody_else(
    world: World, before: pb.Authentication, after: pb.Authentication, field: str
) -> None:
    await world.user.CreateSubscription(subscribing(authentication=before))
    refused = await refusal(update(world, after))
    assert (refused.code, refused.fields) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        (f"subscription.authentication.{field}",),
    )
    assert (await told(world)).authentication_secret == SECRET


OAUTH2 = "authentication.oauth2_client_credentials"


@pytest.mark.parametrize(
    "given, field",
    [
        (pb.Authentication(), "authentication.method"),
        (basic(password=""), "authentication.basic.password"),
        (basic("a:b"), "authentication.basic.username"),
        (basic(password="a\nb"), "authentication.basic.password"),
        (bearer(""), "authentication.bearer.token"),
        (bearer("a b"), "authentication.bearer.token"),
        (bearer("ä"), "authentication.bearer.token"),
        (oauth2(client_secret=""), f"{OAUTH2}.client_secret"),
        (oauth2(client_id=""), f"{OAUTH2}.client_id"),
        (oauth2(token_url=""), f"{OAUTH2}.token_url"),
        (oauth2(token_url="ftp://login.example/"), f"{OAUTH2}.token_url"),
        (oauth2(token_url="https://10.0.0.1/"), f"{OAUTH2}.token_url"),
        (oauth2(token_url="https://me:pw@login.example/"), f"{OAUTH2}.token_url"),
        (oauth2(scopes=["a b"]), f"{OAUTH2}.scopes[0]"),
        (oauth2(scopes=["a", ""]), f"{OAUTH2}.scopes[1]"),
        (oauth2(resource="/v1"), f"{OAUTH2}.resource"),
        (oauth2(resource="https://a.example/#b"), f"{OAUTH2}.resource"),
        (oauth2(audience="a\0b"), f"{OAUTH2}.audience"),
        (oauth2(token_endpoint_auth_method=7), f"{OAUTH2}.token_endpoint_auth_method"),
        (oauth2(ca_certificates="none"), f"{OAUTH2}.ca_certificates"),
    ],
)
async def test_what_cannot_be_saved(world: World, given: pb.Authentication, field: str) -> None:
    asked = subscribing(authentication=given)
    asked.validate_only = True
    refused = await refusal(world.user.CreateSubscription(asked))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, (f"subscription.{field}",))
    refused = await refusal(world.user.CreateWebhook(hooking(authentication=given)))
    assert refused.fields == (f"webhook.{field}",)
    assert SECRET not in refused.text


@pytest.mark.parametrize("which", ["headers", "secret_headers"])
async def test_there_is_one_authorization_header(world: World, which: str) -> None:
    headers = [subscriptions_pb.Header(name=name, value="x") for name in ("X-Mine", "authorization")]
    both: dict[str, Any] = {which: headers}
    refused = await refusal(world.user.CreateSubscription(subscribing(authentication=bearer(), **both)))
    assert refused.fields == (f"subscription.{which}[1].name",)
    await world.user.CreateSubscription(subscribing(**both))
    refused = await refusal(update(world, bearer()))
    assert refused.fields == (f"subscription.{which}[1].name",)
    await update(world, bearer(), **{which: headers[:1]})


async def test_trying_shows_what_would_be_and_keeps_nothing(world: World) -> None:
    asked = subscribing(authentication=FULL)
    asked.validate_only = True
    answer = await world.user.CreateSubscription(asked)
    assert answer.subscription.authentication == without_secret(FULL)
    assert not (await world.user.ListSubscriptions(subscriptions_pb.ListSubscriptionsRequest())).subscriptions


async def test_the_audit_log_has_the_method_and_not_the_secret(world: World) -> None:
    await world.user.CreateSubscription(subscribing(authentication=basic()))
    await update(world, oauth2(client_secret="another-secret"))
    await world.user.CreateWebhook(webhooks_pb.CreateWebhookRequest(webhook=hooking(authentication=bearer()).webhook))
    entries = (await world.operator.ListAuditEntries(audit_pb2.ListAuditEntriesRequest(account_id=1))).audit_entries
    text = b"".join(each.SerializeToString() for each in entries)
    assert b"mary" in text
    assert TOKEN_URL.encode() in text
    assert SECRET.encode() not in text
    assert b"another-secret" not in text
