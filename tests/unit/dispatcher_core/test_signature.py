from __future__ import annotations

import base64
import hmac
import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from hookline_dispatcher.core.signature import sign, signing_key

OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 64).decode()
OTHER = "whsec_" + base64.b64encode(b"x" * 32).decode()
TEXTS = ["", '{"firstname":"Mary"}', "name=Renée&note=\u00e9\U0001f600", "a.b.c", "\x00\r\n\t "]
BINARY = [bytes(range(256)), b"\xff\xfe\x00", b"\x80"]


def headers(secrets: list[str], body: bytes, timestamp: int, webhook_id: str = "msg_1.2") -> dict[str, str]:
    value = sign([signing_key(secret) for secret in secrets], webhook_id, timestamp, body)
    return {"webhook-id": webhook_id, "webhook-timestamp": str(timestamp), "webhook-signature": value}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("secret", [NEW, OLD], ids=["new", "old"])
def test_the_reference_library_verifies_text_by_either_secret(text: str, secret: str) -> None:
    sent = headers([NEW, OLD], text.encode(), int(time.time()))
    Webhook(secret).verify(text, sent, json_parse=False)
    Webhook(secret).verify(text.encode(), sent, json_parse=False)


@pytest.mark.parametrize("body", BINARY, ids=range(len(BINARY)))
def test_bytes_that_are_no_text_are_signed_as_they_are(body: bytes) -> None:
    """The reference library takes text alone, so the specification's formula stands in for it."""
    digest = hmac.new(b"o" * 24, b"msg_1.2.1700000000." + body, "sha256").digest()
    found = headers([OLD], body, 1_700_000_000)["webhook-signature"]
    assert found == "v1," + base64.b64encode(digest).decode()


def test_the_reference_library_gives_back_what_was_signed_as_json() -> None:
    body = json.dumps({"firstname": "Renée"}, ensure_ascii=False)
    sent = headers([NEW], body.encode(), int(time.time()))
    assert Webhook(NEW).verify(body, sent) == {"firstname": "Renée"}


@given(text=st.text(max_size=300), key=st.binary(min_size=24, max_size=100))
@settings(max_examples=40, deadline=None)
def test_what_we_sign_the_reference_library_verifies(text: str, key: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    Webhook(secret).verify(text, headers([secret], text.encode(), int(time.time())), json_parse=False)


@pytest.mark.parametrize("change", ["webhook-id", "webhook-timestamp", "body", "secret"])
def test_whatever_is_changed_no_longer_verifies(change: str) -> None:
    now = int(time.time())
    sent, body, secret = headers([NEW, OLD], b"body", now), b"body", NEW
    if change == "webhook-id":
        sent["webhook-id"] = "msg_2"
    elif change == "webhook-timestamp":
        sent["webhook-timestamp"] = str(now + 1)
    elif change == "body":
        body = b"Body"
    else:
        secret = OTHER
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, sent, json_parse=False)


def test_one_signature_stands_for_each_secret_the_newest_first() -> None:
    both = headers([NEW, OLD], b"x", 1)["webhook-signature"].split(" ")
    alone = [headers([secret], b"x", 1)["webhook-signature"] for secret in (NEW, OLD)]
    assert both == alone
    assert all(each.startswith("v1,") for each in both)


@pytest.mark.parametrize("secret", ["", "bm90IG91cnM=", "whsec_?", "whsec_abc", "WHSEC_YWJj", "whsec_Ren\u00e9e"])
def test_a_secret_of_another_form_is_refused(secret: str) -> None:
    with pytest.raises(ValueError):
        signing_key(secret)


SEED = bytes(range(32))
PAIR = "whsk_" + base64.b64encode(SEED).decode()


@given(body=st.binary(max_size=300))
@settings(deadline=None)
def test_a_private_key_signs_what_its_public_key_verifies(body: bytes) -> None:
    sent = headers([PAIR, OLD], body, 1_700_000_000)
    paired, shared = sent["webhook-signature"].split(" ")
    assert paired.startswith("v1a,")
    assert shared.startswith("v1,")
    signature = base64.b64decode(paired.removeprefix("v1a,"))
    Ed25519PrivateKey.from_private_bytes(SEED).public_key().verify(signature, b"msg_1.2.1700000000." + body)


def test_a_private_key_may_bring_its_public_one() -> None:
    public = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
    long = "whsk_" + base64.b64encode(SEED + public).decode()
    assert headers([long], b"{}", 1) == headers([PAIR], b"{}", 1)


@pytest.mark.parametrize("text", ["whsk_", "whsk_AAAA", "whsk_!", "whpk_AAAA", "wsec_AAAA"])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError):
        signing_key(text)
