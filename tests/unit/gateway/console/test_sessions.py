"""What a session holds comes back, and nothing that somebody else made does."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_gateway.console.sealing import LONGEST, Seal
from hookline_gateway.console.sessions import Sessions
from hookline_runtime.errors import Unauthenticated

KEY, OTHER = b"k" * 32, b"o" * 32
HOUR = 3600


def sessions(now: float, key: bytes = KEY) -> Sessions:
    return Sessions(key, HOUR, lambda: now)


@given(st.binary(max_size=600))
def test_what_was_sealed_is_opened(content: bytes) -> None:
    sealed = Seal(KEY, b"a").seal(content)
    assert Seal(KEY, b"a").open(sealed) == content
    assert Seal(OTHER, b"a").open(sealed) is None
    assert Seal(KEY, b"b").open(sealed) is None


@given(st.binary(max_size=60), st.data())
def test_no_bit_can_be_changed(content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(base64.urlsafe_b64decode(Seal(KEY, b"a").seal(content) + "=="))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert Seal(KEY, b"a").open(base64.urlsafe_b64encode(sealed).decode()) is None


@given(st.text(max_size=80))
def test_any_other_text_opens_nothing(text: str) -> None:
    assert Seal(KEY, b"a").open(text) is None


def test_the_same_is_sealed_differently_each_time_and_never_in_the_clear() -> None:
    _, first = sessions(0).begin("hl_key_secret", "hl_app_x")
    _, second = sessions(0).begin("hl_key_secret", "hl_app_x")
    assert first != second
    assert b"secret" not in base64.urlsafe_b64decode(first + "==")


def test_too_long_a_text_is_not_even_decoded() -> None:
    assert Seal(KEY, b"a").open(Seal(KEY, b"a").seal(b"x" * LONGEST)) is None


@pytest.mark.parametrize("later, good", [(0, True), (HOUR - 1, True), (HOUR, False), (-50, True), (-61, False)])
def test_a_session_ends_by_its_age(later: float, good: bool) -> None:
    session, sealed = sessions(1_000_000.9).begin("hl_key_secret", "hl_app_x")
    reading = sessions(1_000_000 + later)
    assert reading.end_of(session) == 1_000_000 + HOUR
    if good:
        assert reading.read(sealed) == session
        assert session.keys == (("api-key", "hl_key_secret"), ("api-appid", "hl_app_x"))
        return
    with pytest.raises(Unauthenticated) as caught:
        reading.read(sealed)
    assert caught.value.reason == "SESSION_EXPIRED"


def test_a_session_of_another_sealing_key_is_none() -> None:
    _, sealed = sessions(0, OTHER).begin("hl_key_secret", "hl_app_x")
    with pytest.raises(Unauthenticated) as caught:
        sessions(0).read(sealed)
    assert caught.value.reason == "SESSION_INVALID"
