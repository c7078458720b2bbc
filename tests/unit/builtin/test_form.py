"""The form encoder: bracketed keys, and what a form cannot say."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.encoders import FormEncoder
from hookline_plugin import EncodeError, Payload, Value
from hookline_plugin.payload import subscription_payload
from tests.unit.builtin.payloads import payloads

FORM = FormEncoder()
# A key that holds brackets reads as nested, as the module says; so these are left out of the inverse.
WITHOUT_BRACKETS = st.text(st.characters(codec="utf-8", exclude_characters="[]"), max_size=8)


def read(body: bytes) -> dict[str, Any]:
    """Read a body the way a receiver does: decode the fields, then take the brackets apart."""
    root: dict[str, Any] = {}
    for name, text in parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict"):
        head, brackets = re.fullmatch(r"([^\[]*)((?:\[[^\]]*\])*)", name, re.DOTALL).groups()  # type: ignore[union-attr]  # a name that does not match is a failed test
        steps = [head, *re.findall(r"\[([^\]]*)\]", brackets)]
        node = root
        for step in steps[:-1]:
            node = node.setdefault(step, {})
        assert steps[-1] not in node, "a field came twice"
        node[steps[-1]] = text
    return root


def as_read(value: Value) -> Any:
    """What a receiver sees of a value: text, and mappings of text."""
    if isinstance(value, str):
        return value
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {key: as_read(child) for key, child in value.items()}
    return {str(index): as_read(child) for index, child in enumerate(value)}


def test_the_example_of_the_original_to_the_letter() -> None:
    payload = subscription_payload(
        webhook_id=3,
        event_type="sub_tag",
        params={"tag_id": "4"},
        object_type_id=0,
        object_id="8",
        data={"firstname": "Mary", "lastname": "Smith", "email": "mary@ontraport.com"},
        occurred_time=1_514_940_140_000_000,
    )
    assert unquote(FORM.encode(payload).decode("ascii")) == (
        "webhook_id=3&object_type_id=0&event[type]=sub_tag&event[tag_id]=4&data[id]=8&data[firstname]=Mary"
        "&data[lastname]=Smith&data[email]=mary@ontraport.com&timestamp=1514940140"
    )


@pytest.mark.parametrize(
    "payload, body",
    [
        ({}, b""),
        ({"a": ""}, b"a="),
        ({"a": None}, b"a="),
        ({"a": True, "b": False}, b"a=1&b=0"),
        ({"a": [], "b": {}, "c": ()}, b"a=&b=&c="),
        ({"a": 1.5, "b": 1.0, "c": 1e22, "d": -0.0}, b"a=1.5&b=1.0&c=1e%2B22&d=-0.0"),
        ({"a": 2**70}, b"a=1180591620717411303424"),
        ({"a": {"b": {"c": "d"}}}, b"a%5Bb%5D%5Bc%5D=d"),
        ({"a": ["x", ["y"], {"k": "z"}]}, b"a%5B0%5D=x&a%5B1%5D%5B0%5D=y&a%5B2%5D%5Bk%5D=z"),
        ({"a": {"b": []}}, b"a%5Bb%5D="),
        ({"": ""}, b"="),
        ({"a b": "c d"}, b"a+b=c+d"),
        ({"a": "&=+%#;/?"}, b"a=%26%3D%2B%25%23%3B%2F%3F"),
        ({"a": "Az09-._"}, b"a=Az09-._"),
        ({"a": "~*!'()"}, b"a=%7E%2A%21%27%28%29"),
        ({"a": "é"}, b"a=%C3%A9"),
        ({"a": "🧭 x"}, b"a=%F0%9F%A7%AD+x"),
        ({"a": "\r\n\0"}, b"a=%0D%0A%00"),
        ({"é[": "x"}, b"%C3%A9%5B=x"),
        ({"z": "1", "a": "2"}, b"z=1&a=2"),
    ],
)
def test_bytes(payload: Payload, body: bytes) -> None:
    assert FORM.encode(payload) == body


@given(payloads(WITHOUT_BRACKETS))
@settings(max_examples=150)
def test_a_receiver_reads_the_payload_again(payload: Payload) -> None:
    assert read(FORM.encode(payload)) == ({} if not payload else as_read(payload))


@pytest.mark.parametrize(
    "payload, path",
    [
        ({"data": {"a": float("nan")}}, "data.a"),
        ({"data": ["\ud800"]}, "data[0]"),
        ({"data": {"a": b"x"}}, "data.a"),
        ({"data": {1: "x"}}, "data"),
    ],
)
def test_refuses_and_says_where(payload: Any, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        FORM.encode(payload)
    assert caught.value.path == path
    assert caught.value.__cause__ is None
