"""What every encoder must do, as a class of tests; derive from it and give it the encoder.

    class TestCsv(EncoderConformance):
        @pytest.fixture
        def encoder(self) -> Encoder:
            return CsvEncoder()

The suite looks at no byte of the body: whether the content is right is for the plugin's own tests to say.
"""

from copy import deepcopy
from types import MappingProxyType

import pytest

from hookline_plugin.encoder import MAX_DEPTH, EncodeError, Encoder, Payload, Value, encoder_flaw
from hookline_plugin.payload import subscription_payload

ROOT = "payload"


def nested(depth: int) -> dict[str, Value]:
    """Give a payload with mappings and lists in turn, `depth` levels in all."""
    value: Value = "innermost"
    for level in range(depth - 1):
        value = {"in": value} if level % 2 else [value]
    return {ROOT: value}


TYPICAL = subscription_payload(
    webhook_id=3,
    event_type="sub_tag",
    params={"tag_id": "4"},
    object_type_id=0,
    object_id="8",
    data={
        "firstname": "Zoë",
        "score": 1.5,
        "vip": True,
        "left": None,
        "tags": ["1", "2"],
        "Owner": {"email": "owner@example.com"},
    },
    occurred_time=1_514_940_140_000_000,
)

EXPRESSIBLE: dict[str, Payload] = {
    "typical": TYPICAL,
    "empty": {},
    "empty key": {"": "value"},
    "empty values": {"text": "", "list": [], "mapping": {}, "null": None},
    "numbers": {"zero": 0, "negative": -1, "small": 5e-324, "large": 1.7976931348623157e308, "minus zero": -0.0},
    "beyond 64 bits": {"positive": 2**64, "negative": -(2**63) - 1, "digits": 10**4000},
    "unicode": {"Straße 🧭": "日本語 \U0010ffff \u2028 e\u0301 \u202e", "\u0661": "٤"},
    "punctuation": {"a.b": "=&?#%+/\\", "a[b]": "[x]", "a: b": "a: b", "<a>": "<![CDATA[]]>&amp;", '"': "\"',;"},
    "blanks and line ends": {" ": " \t ", "lines": "one\ntwo\r\nthree\rfour\u0085five"},
    "tuples": {ROOT: ("a", ("b",), ())},
    "lists of mappings": {ROOT: [{"a": 1}, {}, {"b": [None, True]}]},
    "as deep as must be": nested(MAX_DEPTH),
    "wide": {f"field_{number}": number for number in range(2_000)},
    "long": {ROOT: "é" * 200_000},
}
"""Payloads that every encoder gives a body for."""

AWKWARD: dict[str, Payload] = {
    "control characters": {ROOT: "".join(map(chr, range(32))) + "\x7f\x80\ufffe\uffff", "\x00": ""},
    "lone surrogate": {ROOT: "\ud800"},
    "lone surrogate in a key": {"\udfff": ""},
    "too deep": nested(5_000),
    "an integer too long": {ROOT: 1 << 100_000},
    "no value of JSON": {ROOT: object()},  # type: ignore[dict-item]  # a caller's mistake must not end a worker
    "bytes": {ROOT: b"bytes"},
}
"""Payloads that an encoder may refuse, but only with EncodeError."""

NOT_FINITE = [float("nan"), float("inf"), float("-inf")]


class EncoderConformance:
    """The contract of Encoder as tests; override `encoder`."""

    @pytest.fixture
    def encoder(self) -> Encoder:
        """Give the encoder to test."""
        raise NotImplementedError("override the fixture `encoder` of EncoderConformance")

    def test_is_an_encoder(self, encoder: Encoder) -> None:
        """Name and media types are well formed, and its own media type is among those it is found by."""
        flaw = encoder_flaw(encoder)
        assert flaw is None, flaw

    @pytest.mark.parametrize("payload", EXPRESSIBLE.values(), ids=EXPRESSIBLE)
    def test_gives_the_same_bytes_each_time(self, encoder: Encoder, payload: Payload) -> None:
        """The same payload gives the same bytes, whatever was encoded in between."""
        body = encoder.encode(payload)
        assert type(body) is bytes, f"encode gave {type(body).__name__}, not bytes"
        encoder.encode(TYPICAL)
        assert encoder.encode(deepcopy(payload)) == body, "the same payload gave different bytes"

    @pytest.mark.parametrize("payload", EXPRESSIBLE.values(), ids=EXPRESSIBLE)
    def test_leaves_the_payload_alone(self, encoder: Encoder, payload: Payload) -> None:
        """Neither values nor the order of keys change."""
        before = repr(payload)
        encoder.encode(payload)
        assert repr(payload) == before, "encode changed the payload"

    @pytest.mark.parametrize("payload", AWKWARD.values(), ids=AWKWARD)
    def test_refuses_only_with_encode_error(self, encoder: Encoder, payload: Payload) -> None:
        """What it cannot express, or does not expect, is an EncodeError with a reason, each time the same."""
        outcome = _outcome(encoder, payload)
        assert outcome, "an EncodeError needs a reason"
        assert outcome == _outcome(encoder, payload), "the same payload had two outcomes"

    @pytest.mark.parametrize("number", NOT_FINITE, ids=repr)
    @pytest.mark.parametrize("within", ["top", "mapping", "list"])
    def test_refuses_numbers_that_are_not_finite(self, encoder: Encoder, number: float, within: str) -> None:
        """NaN and infinities have no place in a body, at any depth."""
        holders: dict[str, Value] = {"top": number, "mapping": {"in": number}, "list": [1.0, number]}
        with pytest.raises(EncodeError) as caught:
            encoder.encode({"before": None, ROOT: holders[within], "after": "x"})
        assert caught.value.reason, "an EncodeError needs a reason"
        assert ROOT in caught.value.path, f"the path {caught.value.path!r} does not say where"

    def test_takes_any_mapping_and_sequence(self, encoder: Encoder) -> None:
        """A read-only mapping and a tuple count as much as dict and list."""
        plain = encoder.encode({ROOT: {"a": ["x", "y"]}})
        other = encoder.encode(MappingProxyType({ROOT: MappingProxyType({"a": ("x", "y")})}))
        assert plain == other, "mappings or sequences of another kind gave other bytes"

    def test_tells_payloads_apart(self, encoder: Encoder) -> None:
        """Another value gives another body."""
        assert encoder.encode({ROOT: "a"}) != encoder.encode({ROOT: "b"}), "the body ignores the payload"


def _outcome(encoder: Encoder, payload: Payload) -> bytes | str:
    try:
        return encoder.encode(payload)
    except EncodeError as error:
        return error.reason
