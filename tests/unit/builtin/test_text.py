"""The text encoder: a line is a field."""

import re

import pytest
from hypothesis import given, settings

from hookline_builtin.encoders import TextEncoder
from hookline_plugin import EncodeError, Payload, Scalar, leaves
from tests.unit.builtin.payloads import payloads

TEXT = TextEncoder()
SHORT = {"n": "\n", "r": "\r"}


def unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        escaped = match[1]
        return chr(int(escaped[1:], 16)) if len(escaped) > 1 else SHORT.get(escaped, escaped)

    return re.sub(r"\\(u[0-9a-f]{4}|.)", character, text)


def read(body: bytes) -> list[tuple[tuple[str, ...], str]]:
    """Read the lines again: the path of every field and its text."""
    fields = []
    for line in body.decode().splitlines():
        key, separator, value = line.partition(": ")
        assert separator, line
        fields.append((tuple(map(unescape, key.split("."))), unescape(value)))
    return fields


def as_read(leaf: Scalar) -> str:
    if isinstance(leaf, str):
        return leaf
    return "" if leaf is None else str(leaf).lower()


@pytest.mark.parametrize(
    "payload, body",
    [
        ({}, ""),
        ({"a": "x", "b": 1, "c": 1.5}, "a: x\nb: 1\nc: 1.5\n"),
        ({"a": True, "b": None, "c": [], "d": {}}, "a: true\nb: \nc: \nd: \n"),
        ({"a": {"b": {"c": "x"}, "tags": ["1", ["2"]]}}, "a.b.c: x\na.tags.0: 1\na.tags.1.0: 2\n"),
        ({"a": "one\ntwo\r\nthree\\n"}, "a: one\\ntwo\\r\\nthree\\\\n\n"),
        ({"a": "\0\t\x1b\x85\u2028"}, "a: \\u0000\\u0009\\u001b\\u0085\\u2028\n"),
        ({"a.b": {"c: d": "e: f.g"}}, "a\\u002eb.c\\u003a d: e: f.g\n"),
        ({"é": "🧭"}, "é: 🧭\n"),
    ],
)  # fmt: skip
def test_bytes(payload: Payload, body: str) -> None:
    assert TEXT.encode(payload).decode() == body


@given(payloads())
@settings(max_examples=150)
def test_a_script_reads_the_fields_again(payload: Payload) -> None:
    expected = [(tuple(map(str, path)), as_read(leaf)) for path, leaf in leaves(payload)]
    assert read(TEXT.encode(payload)) == expected


def test_refuses_and_says_where() -> None:
    with pytest.raises(EncodeError, match=r"data\[0\]: not a finite number"):
        TEXT.encode({"data": [float("nan")]})
