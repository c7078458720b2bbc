"""The checked walk over a payload."""

from types import MappingProxyType
from typing import Any

import pytest

from hookline_plugin import MAX_DEPTH, EncodeError, Payload, Value, check, leaves, refusal, written
from hookline_plugin.testing.encoders import nested


def test_gives_leaves_in_order() -> None:
    payload: Payload = {
        "a": 1,
        "b": {"c": None, "d": MappingProxyType({"": True})},
        "e": ["x", ({"f": 1.5},)],
        "g": [],
        "h": {},
    }
    assert list(leaves(payload)) == [
        (("a",), 1),
        (("b", "c"), None),
        (("b", "d", ""), True),
        (("e", 0), "x"),
        (("e", 1, 0, "f"), 1.5),
        (("g",), None),
        (("h",), None),
    ]


def test_an_empty_payload_has_no_leaves() -> None:
    assert list(leaves({})) == []


@pytest.mark.parametrize(
    "payload, reason, path",
    [
        ({"a": {"b": [1, float("nan")]}}, "not a finite number", "a.b[1]"),
        ({"a": float("-inf")}, "not a finite number", "a"),
        ({"a": ["\ud800"]}, "not valid Unicode: it holds a lone surrogate", "a[0]"),
        ({"a": {"\udfff": 1}}, "a key is not valid Unicode: it holds a lone surrogate", "a"),
        ({"a": {1: 1}}, "a key is int, not text", "a"),
        ({None: 1}, "a key is NoneType, not text", ""),
        ({"a": {"b": b"x"}}, "bytes is no value of JSON", "a.b"),
        ({"a": [{1, 2}]}, "set is no value of JSON", "a[0]"),
        ({"a": 10**5_000}, "an integer of more than 4,000 digits", "a"),
        ({"a": {"k" * 500: b"x"}}, "bytes is no value of JSON", "a." + "k" * 198 + "…"),
        ({"a": -(10**5_000)}, "an integer of more than 4,000 digits", "a"),
        ([], "a payload must be a mapping", ""),
        ("text", "a payload must be a mapping", ""),
    ],
)
def test_refuses_with_reason_and_path(payload: Any, reason: str, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        check(payload)
    assert (caught.value.reason, caught.value.path) == (reason, path)
    assert str(caught.value) == (f"{path}: {reason}" if path else reason)


def test_depth_is_bounded() -> None:
    check(nested(MAX_DEPTH))
    with pytest.raises(EncodeError, match="nested more than 64 deep"):
        check(nested(MAX_DEPTH + 1))


def test_a_payload_within_itself_is_too_deep() -> None:
    payload: dict[str, Value] = {}
    payload["a"] = [payload]
    with pytest.raises(EncodeError, match="nested more than 64 deep"):
        check(payload)


def test_a_refusal_names_the_flaw_or_the_given_reason() -> None:
    assert refusal({"a": float("inf")}, "too wide").reason == "not a finite number"
    assert refusal({"a": 1}, "too wide").reason == "too wide"


@pytest.mark.parametrize(
    "path, text",
    [((), ""), (("a",), "a"), (("a", 0, 1, "b"), "a[0][1].b"), ((0,), "[0]")],
)
def test_a_path_is_written(path: tuple[str | int, ...], text: str) -> None:
    assert written(path) == text
