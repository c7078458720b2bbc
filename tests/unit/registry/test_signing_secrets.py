import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from hookline_registry.model import Secrets
from hookline_registry.signing_secrets import alive, is_secret, new_secret, rotated
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
    once = rotated(Secrets(A), B, 100, 50)
    assert once == Secrets(B, A, 150)
    assert rotated(once, C, 120, 50) == Secrets(C, B, 170)
    assert rotated(once, C, 120, 0) == Secrets(C)


@pytest.mark.parametrize(("at", "left"), [(149, Secrets(B, A, 150)), (150, Secrets(B)), (151, Secrets(B))])
def test_an_expired_secret_goes(at: int, left: Secrets) -> None:
    assert alive(Secrets(B, A, 150), at) == left
