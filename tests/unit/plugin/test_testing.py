"""The conformance suite finds what it is there to find."""

from collections.abc import Callable
from itertools import count
from types import MappingProxyType
from typing import Any

import pytest

from hookline_builtin.encoders import FormEncoder, JsonEncoder
from hookline_plugin import EncodeError, Encoder, Payload, leaves
from hookline_plugin.testing import EncoderConformance
from hookline_plugin.testing.encoders import AWKWARD, EXPRESSIBLE

SUITE = EncoderConformance()


class Broken:
    name = "broken"
    media_type = "text/broken"
    media_types = frozenset({"text/broken"})

    def __init__(self, encode: Callable[[Payload], Any]) -> None:
        self._encode = encode

    def encode(self, payload: Payload) -> bytes:
        body: bytes = self._encode(payload)
        return body


def counting() -> Callable[[Payload], bytes]:
    numbers = count()
    return lambda payload: f"{next(numbers)}{payload}".encode()


def clearing(payload: Any) -> bytes:
    payload.popitem()
    return b""


def raising(payload: Payload) -> bytes:
    raise KeyError("firstname")


def refusing_without_reason(payload: Payload) -> bytes:
    raise EncodeError("")


def refusing_without_path(payload: Payload) -> bytes:
    raise EncodeError("no")


def test_finds_a_bad_media_type() -> None:
    broken = Broken(repr)
    broken.media_types = frozenset()
    with pytest.raises(AssertionError, match="media_types of broken lack text/broken"):
        SUITE.test_is_an_encoder(broken)


@pytest.mark.parametrize(
    "encode, message",
    [(counting(), "different bytes"), (repr, "gave str, not bytes")],
)
def test_finds_what_is_not_pure(encode: Callable[[Payload], Any], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        SUITE.test_gives_the_same_bytes_each_time(Broken(encode), {"a": 1})


def test_finds_a_changed_payload() -> None:
    with pytest.raises(AssertionError, match="changed the payload"):
        SUITE.test_leaves_the_payload_alone(Broken(clearing), {"a": 1})


def test_finds_a_foreign_error() -> None:
    with pytest.raises(KeyError):
        SUITE.test_refuses_only_with_encode_error(Broken(raising), {"a": 1})


def test_finds_a_refusal_without_reason() -> None:
    with pytest.raises(AssertionError, match="needs a reason"):
        SUITE.test_refuses_only_with_encode_error(Broken(refusing_without_reason), {"a": 1})


@pytest.mark.parametrize("within", ["top", "mapping", "list"])
def test_finds_a_number_that_slipped_through(within: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        SUITE.test_refuses_numbers_that_are_not_finite(
            Broken(lambda payload: repr(payload).encode()), float("nan"), within
        )


def test_finds_a_refusal_without_path() -> None:
    with pytest.raises(AssertionError, match="does not say where"):
        SUITE.test_refuses_numbers_that_are_not_finite(Broken(refusing_without_path), float("inf"), "top")


def test_finds_that_only_dict_is_known() -> None:
    with pytest.raises(AssertionError, match="of another kind"):
        SUITE.test_takes_any_mapping_and_sequence(Broken(lambda payload: repr(payload).encode()))


def test_finds_that_the_payload_is_ignored() -> None:
    with pytest.raises(AssertionError, match="ignores the payload"):
        SUITE.test_tells_payloads_apart(Broken(lambda payload: b""))


@pytest.mark.parametrize("payload", EXPRESSIBLE.values(), ids=EXPRESSIBLE)
def test_what_must_be_expressible_is_well_formed(payload: Payload) -> None:
    assert isinstance(list(leaves(payload)), list)


@pytest.mark.parametrize("case", ["lone surrogate", "too deep", "an integer too long", "bytes"])
@pytest.mark.parametrize("encoder", [FormEncoder(), JsonEncoder()], ids=["form", "json"])
def test_awkward_payloads_are_awkward(encoder: Encoder, case: str) -> None:
    with pytest.raises(EncodeError):
        encoder.encode(MappingProxyType(AWKWARD[case]))
