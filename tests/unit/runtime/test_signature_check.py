from datetime import UTC, datetime

import pytest
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
