"""TLS settings of targets: certificate and key fit together when they are saved, and the key is shown to nobody."""

import datetime
from typing import Any

import grpc
import pytest
import trustme
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import subscription_pb2 as subscriptions_pb
from hookline.registry.v1 import tls_pb2 as pb

from tests.contract.registry.test_authentication import told
from tests.contract.registry.world import World, hooking, refusal, subscribing

AUTHORITY = trustme.CA()
CA = AUTHORITY.cert_pem.bytes().decode()
LEAF = AUTHORITY.issue_cert("client.example")
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
LATER = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)


def certificate(leaf: trustme.LeafCert = LEAF) -> str:
    return "".join(each.bytes().decode() for each in leaf.cert_chain_pems)


def key(leaf: trustme.LeafCert = LEAF) -> str:
    return leaf.private_key_pem.bytes().decode()


def tls(**more: str) -> pb.TlsSettings:
    fields: dict[str, Any] = {"client_certificate": certificate(), "client_private_key": key(), "ca_certificates": CA}
    return pb.TlsSettings(**fields | more)


async def update(world: World, settings: pb.TlsSettings | None, **more: Any) -> None:
    changed = subscriptions_pb.Subscription(id=1, tls=settings, **more)
    mask = FieldMask(paths=["tls", *more])
    await world.user.UpdateSubscription(
        subscriptions_pb.UpdateSubscriptionRequest(subscription=changed, update_mask=mask)
    )


async def test_the_key_is_told_to_the_dispatcher_alone(world: World) -> None:
    made = (await world.user.CreateSubscription(subscribing(tls=tls()))).subscription
    hook = (await world.user.CreateWebhook(hooking(tls=tls()))).webhook
    for each in (made, hook):
        assert (each.tls.client_certificate, each.tls.ca_certificates) == (certificate(), CA)
        assert each.tls.client_private_key == ""
        assert each.tls.client_certificate_expire_time.ToDatetime(datetime.UTC) > LATER
    assert (await told(world)).client_private_key == key()


async def test_what_comes_back_without_the_key_keeps_it_if_it_fits(world: World) -> None:
    made = (await world.user.CreateSubscription(subscribing(tls=tls()))).subscription
    made.max_retries = 3
    await world.user.UpdateSubscription(subscriptions_pb.UpdateSubscriptionRequest(subscription=made))
    await update(world, tls(client_private_key="", ca_certificates=""))
    assert (await told(world)).client_private_key == key()
    other = AUTHORITY.issue_cert("other.example")
    refused = await refusal(update(world, tls(client_private_key="", client_certificate=certificate(other))))
    assert refused.fields == ("subscription.tls.client_private_key",)
    await update(world, pb.TlsSettings(ca_certificates=CA))
    config = await told(world)
    assert (config.client_private_key, config.subscription.tls) == ("", pb.TlsSettings(ca_certificates=CA))
    await update(world, None)
    assert not (await told(world)).subscription.HasField("tls")


EXPIRED = AUTHORITY.issue_cert("a.example", not_before=LONG_AGO, not_after=LONG_AGO + datetime.timedelta(1))
EARLY = AUTHORITY.issue_cert("a.example", not_before=LATER, not_after=LATER + datetime.timedelta(1))
CERTIFICATE, KEY, AUTHORITIES = "tls.client_certificate", "tls.client_private_key", "tls.ca_certificates"
GARBLED = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
LOCKED = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"client_private_key": ""}, KEY),
        ({"client_certificate": ""}, CERTIFICATE),
        ({"client_private_key": key(EXPIRED)}, KEY),
        ({"client_private_key": "no key"}, KEY),
        ({"client_private_key": LOCKED}, KEY),
        ({"client_certificate": "no certificate"}, CERTIFICATE),
        ({"client_certificate": GARBLED}, CERTIFICATE),
        ({"client_certificate": certificate() + key()}, CERTIFICATE),
        ({"client_certificate": certificate(EXPIRED), "client_private_key": key(EXPIRED)}, CERTIFICATE),
        ({"client_certificate": certificate(EARLY), "client_private_key": key(EARLY)}, CERTIFICATE),
        ({"client_certificate": "a" * 32_769}, CERTIFICATE),
        ({"ca_certificates": "no certificate"}, AUTHORITIES),
        ({"ca_certificates": GARBLED}, AUTHORITIES),
        ({"ca_certificates": CA + key()}, AUTHORITIES),
    ],
)
async def test_what_cannot_be_saved(world: World, changes: dict[str, str], field: str) -> None:
    refused = await refusal(world.user.CreateSubscription(subscribing(tls=tls(**changes))))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, (f"subscription.{field}",))
    assert "PRIVATE" not in refused.text
    refused = await refusal(world.user.CreateWebhook(hooking(tls=tls(**changes))))
    assert refused.fields == (f"webhook.{field}",)


async def test_it_is_for_https_alone(world: World) -> None:
    refused = await refusal(world.user.CreateSubscription(subscribing(tls=tls(), url="http://a.example/")))
    assert refused.fields == ("subscription.tls",)
    await world.user.CreateSubscription(subscribing(tls=tls()))
    changed = subscriptions_pb.Subscription(id=1, url="http://a.example/")
    refused = await refusal(
        world.user.UpdateSubscription(subscriptions_pb.UpdateSubscriptionRequest(subscription=changed))
    )
    assert refused.fields == ("subscription.tls",)
    await update(world, None, url="http://a.example/")
