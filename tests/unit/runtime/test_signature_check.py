import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from hookline_runtime.signature_check import BadSecret, Check, key_of, refusal

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "QUJD" * 8
NOW = 1_700_000_000.0


def signed(body: bytes, secret: str = SECRET, when: float = NOW, message_id: str = "msg_1") -> dict[str, str]:
    signature = Webhook(secret).sign(message_id, datetime.fromtimestamp(when, UTC), body.decode())
    return {"webhook-id": message_id, "webhook-timestamp": str(int(when)), "webhook-signature": signature}


@settings(max_examples=30)
@given(st.text())
def test_accepts_what_the_reference_signs(body: str) -> None:
    encoded = body.encode("utf-8", "replace")
    assert refusal(signed(encoded), encoded, [key_of(SECRET)], NOW) is None


def test_accepts_either_of_two_secrets_and_signatures() -> None:
    headers = signed(b"{}", OTHER)
    headers["webhook-signature"] = f"v1,bm9uZQ== v1a,zzz {headers['webhook-signature']}"
    assert refusal(headers, b"{}", [key_of(SECRET), key_of(OTHER)], NOW) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"webhook-id": ""}, "not signed"),
        ({"webhook-signature": ""}, "not signed"),
        ({"webhook-timestamp": ""}, "not signed"),
        ({"webhook-timestamp": "soon"}, "not a number"),
        ({"webhook-timestamp": str(int(NOW) - 301)}, "5 minutes"),
        ({"webhook-timestamp": str(int(NOW) + 301)}, "5 minutes"),
        ({"webhook-timestamp": str(int(NOW) - 1)}, "another secret"),
        ({"webhook-id": "msg_2"}, "another secret"),
        ({"webhook-signature": "v1,äöü"}, "another secret"),
        ({"webhook-signature": "v2,abc"}, "another secret"),
    ],
)
def test_refuses(change: dict[str, str], reason: str) -> None:
    said = refusal(signed(b"{}") | change, b"{}", [key_of(SECRET)], NOW)
    assert said is not None
    assert reason in said


def test_refuses_another_body() -> None:
    assert refusal(signed(b"{}"), b"{} ", [key_of(SECRET)], NOW) is not None


@pytest.mark.parametrize("text", ["", "abc", "whsec_", "whsec_!!!", "whsec_abc"])
def test_bad_secrets(text: str) -> None:
    with pytest.raises(BadSecret):
        key_of(text)


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_a_body_may_come_in_parts(parts: list[bytes]) -> None:
    whole = b"".join(parts).hex().encode()
    check = Check(signed(whole), [key_of(OTHER), key_of(SECRET)])
    for part in parts:
        check.feed(part.hex().encode())
    assert check.matches()
    assert check.timestamp == NOW
    check.feed(b"more")
    assert not check.matches()


PAIR = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = "whpk_" + base64.b64encode(PAIR.public_key().public_bytes_raw()).decode()


def paired(body: bytes, key: Ed25519PrivateKey = PAIR) -> dict[str, str]:
    signature = key.sign(f"msg_1.{int(NOW)}.".encode() + body)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW)),
        "webhook-signature": "v1,eHg= v1a," + base64.b64encode(signature).decode(),
    }


@given(st.binary(max_size=200), st.integers(0, 200))
def test_a_public_key_verifies_what_its_private_key_signed(body: bytes, cut: int) -> None:
    check = Check(paired(body), [key_of(PUBLIC), key_of(OTHER)])
    check.feed(body[:cut])
    check.feed(body[cut:])
    assert check.matches()


@pytest.mark.parametrize("signature", ["v1a,", "v1a,!", "v1a,AAAA", "v1," + "A" * 86 + "=="])
def test_a_public_key_refuses_what_is_no_signature(signature: str) -> None:
    said = refusal(paired(b"{}") | {"webhook-signature": signature}, b"{}", [key_of(PUBLIC)], NOW)
    assert said == "signed with another secret"


def test_another_key_or_body_does_not_verify() -> None:
    assert refusal(paired(b"{}"), b"{} ", [key_of(PUBLIC)], NOW) == "signed with another secret"
    other = Ed25519PrivateKey.generate()
    assert refusal(paired(b"{}", other), b"{}", [key_of(PUBLIC)], NOW) == "signed with another secret"


@pytest.mark.parametrize("text", ["whpk_", "whpk_AAAA", "whpk_!", "whsk_AAAA"])
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(BadSecret):
        key_of(text)
