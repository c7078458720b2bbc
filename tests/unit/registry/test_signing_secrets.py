import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from hookline_registry.model import Secrets
from hookline_registry.signing_secrets import alive, is_secret, new_secret, public_key_of, rotated
from hookline_runtime.vault.vault import Kept

A, B, C = Kept("a"), Kept("b"), Kept("c")


def written(raw: bytes) -> str:
    return "whsec_" + base64.b64encode(raw).decode()


def test_a_new_secret_is_one_that_the_reference_library_takes() -> None:
    secret = new_secret()
    assert is_secret(secret)
    assert secret != new_secret()
    Webhook(secret)


@given(st.binary(max_size=90))
def test_the_size_decides(raw: bytes) -> None:
    assert is_secret(written(raw)) is (24 <= len(raw) <= 64)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "whsec_" + "A" * 31,
        "whsec_" + "A" * 30 + "\n=",
        "whsec_" + "A" * 40 + " ",
        "whsec_" + "-_" * 16,
        "WHSEC_" + "A" * 32,
        "whsec_" + "é" * 32,
        "A" * 32,
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert not is_secret(text)


def test_a_rotation_keeps_one_old_secret_at_most() -> None:
    once = rotated(Secrets(A), B, "", 100, 50)
    assert once == Secrets(B, A, 150)
    assert rotated(once, C, "whpk_c", 120, 50) == Secrets(C, B, 170, "whpk_c")
    assert rotated(Secrets(C, B, 170, "whpk_c"), A, "", 120, 0) == Secrets(A)


@pytest.mark.parametrize(("at", "left"), [(149, Secrets(B, A, 150, "whpk_b")), (150, Secrets(B, public_key="whpk_b"))])
def test_an_expired_secret_goes(at: int, left: Secrets) -> None:
    assert alive(Secrets(B, A, 150, "whpk_b"), at) == left


def test_a_private_key_has_a_public_one() -> None:
    secret = new_secret(pair=True)
    assert is_secret(secret)
    seed = base64.b64decode(secret.removeprefix("whsk_"))
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert public_key_of(secret) == "whpk_" + base64.b64encode(public).decode()
    long = "whsk_" + base64.b64encode(seed + public).decode()
    assert is_secret(long)
    assert public_key_of(long) == public_key_of(secret)
    assert public_key_of(new_secret()) == ""


@pytest.mark.parametrize("raw", [b"", b"x" * 31, b"x" * 33, b"x" * 64])
def test_what_is_no_private_key(raw: bytes) -> None:
    text = "whsk_" + base64.b64encode(raw).decode()
    assert not is_secret(text)
    assert public_key_of(text) == ""
