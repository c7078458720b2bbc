"""The JSON encoder."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from hookline_builtin.encoders import JsonEncoder
from hookline_plugin import EncodeError, Payload
from tests.unit.builtin.payloads import payloads

JSON = JsonEncoder()


@pytest.mark.parametrize(
    "payload, body",
    [
        ({}, b"{}"),
        ({"z": 1, "a": [None, True, False, 1.5, "x"]}, b'{"z":1,"a":[null,true,false,1.5,"x"]}'),
        ({"a": "é🧭"}, '{"a":"é🧭"}'.encode()),
        ({"a": '"\\/\n\0'}, rb'{"a":"\"\\/\n\u0000"}'),
        ({"a": 2**64, "b": "é", "c": (1, [])}, '{"a":18446744073709551616,"b":"é","c":[1,[]]}'.encode()),
        ({"a": None, "null": 1.5, "b": {"c": "null"}}, b'{"a":null,"null":1.5,"b":{"c":"null"}}'),
    ],
)
def test_bytes(payload: Payload, body: bytes) -> None:
    assert JSON.encode(payload) == body


@given(payloads())
@settings(max_examples=150)
def test_a_receiver_reads_the_payload_again(payload: Payload) -> None:
    # repr tells 1 from 1.0 from True, and one order of keys from another.
    assert repr(json.loads(JSON.encode(payload))) == repr(payload)


@pytest.mark.parametrize(
    "payload, reason, path",
    [
        ({"a": None, "b": {"c": [float("nan")]}}, "not a finite number", "b.c[0]"),
        ({"a": "null", "b": float("inf")}, "not a finite number", "b"),
        ({"a": 2**64, "b": float("nan")}, "not a finite number", "b"),
        ({"a": 2**64, "b": {1: "x"}}, "a key is int, not text", "b"),
        ({"b": {None: "x"}}, "a key is NoneType, not text", "b"),
        ({"b": ["\udc00"]}, "not valid Unicode: it holds a lone surrogate", "b[0]"),
        ({"\udc00": 1}, "a key is not valid Unicode: it holds a lone surrogate", ""),
        ({"b": {"c": object()}}, "object is no value of JSON", "b.c"),
        ({"b": 10**5_000}, "an integer of more than 4,000 digits", "b"),
    ],
)
def test_refuses_and_says_where(payload: Any, reason: str, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        JSON.encode(payload)
    assert (caught.value.reason, caught.value.path) == (reason, path)


def test_a_null_beside_something_foreign_is_no_other_error() -> None:
    # orjson writes some types that are no values of JSON; looking for NaN among them must not fail.
    payload: Any = {"a": None, "b": UUID(int=7)}
    assert JSON.encode(payload) == b'{"a":null,"b":"00000000-0000-0000-0000-000000000007"}'
