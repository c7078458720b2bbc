from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.api.event_data import MAX_DEPTH, MAX_SOUGHT, fault_of

SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def nested(depth: int, opening: str = '{"a":', closing: str = "}") -> bytes:
    return ('{"a":' + opening * (depth - 1) + "1" + closing * (depth - 1) + "}").encode()


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b' {"a": 1} ',
        '{"name":"Zoë & \\"Björn\\" 🎉"}'.encode(),
        b'{"a":"\\ud83d\\ude00"}',
        b'{"a":123456789012345678901234567890,"b":0.12345678901234567890}',
        b'{"a":1,"a":2}',
        nested(MAX_DEPTH),
        nested(MAX_DEPTH, "[", "]"),
        json.dumps({str(n): [n] for n in range(100)}).encode(),
        b'{"a":"' + b"[{" * 40 + b'"}',
    ],
)
def test_an_object_is_taken(data: bytes) -> None:
    assert fault_of(data) == ""


@pytest.mark.parametrize(
    "data, words",
    [
        (b"[]", "JSON object"),
        (b"null", "JSON object"),
        (b'"text"', "JSON object"),
        (b"", "must be JSON"),
        (b"{", "must be JSON"),
        (b"{} {}", "must be JSON"),
        (b"{'a':1}", "must be JSON"),
        (b'{"a":NaN}', "must be JSON"),
        (b'{"a":Infinity}', "must be JSON"),
        (b'{"a":-Infinity}', "must be JSON"),
        (b'{"a":1e999}', "the number at a is too large"),
        (b'{"a":-1e999}', "the number at a is too large"),
        (b'{"a":1.7976931348623159e308}', "the number at a is too large"),
        (b'{"a":' + b"9" * 400 + b"}", "the number of 400 digits at a is too large"),
        (b'{"a":[{"b":1},[2,{"c d":1e999}]]}', 'the number at a[1][1]["c d"] is too large'),
        (b"[1e999]", "the number at [0] is too large"),
        (b"1e999", "the number at line 1, column 1 is too large"),
        (b'{"a":1,\n"b' + b"c" * 200 + b'":1e999}', "the number at line 2, column 205 is too large"),
        (b'{"a":"' + b"x" * MAX_SOUGHT + b'","b":1e999}', "the number at line 1, column "),
        (b'{"a":"\\ud800"}', "must be JSON"),
        (b'{"a":"\xff"}', "UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "UTF-8"),
        (b"\xef\xbb\xbf{}", "must be JSON"),
        (b'{"a":"\n"}', "must be JSON"),
        (nested(MAX_DEPTH + 1), "32 deep"),
        (nested(MAX_DEPTH + 1, "[", "]"), "32 deep"),
        (nested(100), "32 deep"),
        (nested(2000, "[", "]"), "32 deep"),
    ],
)
def test_anything_else_is_refused(data: bytes, words: str) -> None:
    assert words in fault_of(data)


@settings(max_examples=50)
@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_takes_what_the_standard_encoder_makes(value: dict[str, object]) -> None:
    assert fault_of(json.dumps(value, ensure_ascii=False).encode()) == ""
