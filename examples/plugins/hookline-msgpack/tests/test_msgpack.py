"""The plugin's own tests: the contract of every encoder, then what is particular to MessagePack."""

from types import MappingProxyType

import msgpack  # type: ignore[import-untyped]  # it comes without types
import pytest
from hookline_msgpack import register_encoders
from hookline_msgpack.encoder import MsgpackEncoder

from hookline_plugin import EncodeError, Encoder, Payload, Value
from hookline_plugin.testing import EncoderConformance
from hookline_plugin.testing.encoders import TYPICAL


class TestConformance(EncoderConformance):
    """The suite that ships with the plugin API."""

    @pytest.fixture
    def encoder(self) -> Encoder:
        """Give the encoder to test."""
        return MsgpackEncoder()


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        ({}, b"\x80"),
        ({"a": None, "b": True, "c": 7}, b"\x83\xa1a\xc0\xa1b\xc3\xa1c\x07"),
        ({"f": 1.5, "t": ("x", [])}, b"\x82\xa1f\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00\xa1t\x92\xa1x\x90"),
        (MappingProxyType({"m": MappingProxyType({"é": 2**64 - 1})}), b"\x81\xa1m\x81\xa2\xc3\xa9\xcf" + b"\xff" * 8),
    ],
)
def test_bytes(payload: Payload, body: bytes) -> None:
    """The format's own bytes, https://github.com/msgpack/msgpack/blob/master/spec.md."""
    assert MsgpackEncoder().encode(payload) == body


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**3_999])
def test_whole_numbers_beyond_64_bits_are_text(number: int) -> None:
    """No digit is lost, and the receiver sees by the type that it is no number to count with."""
    assert msgpack.unpackb(MsgpackEncoder().encode({"n": [number]})) == {"n": [str(number)]}


@pytest.mark.parametrize("number", [2**64 - 1, -(2**63), 0, -1])
def test_other_whole_numbers_are_numbers(number: int) -> None:
    """Both ends of what 64 bits hold."""
    assert msgpack.unpackb(MsgpackEncoder().encode({"n": number})) == {"n": number}


def test_a_receiver_reads_the_payload_again() -> None:
    """A typical payload comes out of the reference library as it went in."""
    assert msgpack.unpackb(MsgpackEncoder().encode(TYPICAL)) == TYPICAL


@pytest.mark.parametrize(("value", "path"), [(float("nan"), "a[0]"), ("\ud800", "a[0]"), (b"x", "a[0]")])
def test_what_json_cannot_say_is_refused_with_its_path(value: Value, path: str) -> None:
    """Though MessagePack could say some of it."""
    with pytest.raises(EncodeError) as caught:
        MsgpackEncoder().encode({"a": [value]})
    assert caught.value.path == path


def test_the_plugin_registers_the_encoder() -> None:
    """The hook gives the encoder."""
    assert [encoder.name for encoder in register_encoders()] == ["msgpack"]
