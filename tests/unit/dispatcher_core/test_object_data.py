from __future__ import annotations

import copy
import json
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_builtin.triggers.values import as_number
from hookline_dispatcher.core.object_data import Written, parse_data, parse_written
from hookline_plugin.merging import as_text

NUMBERS = ["19.90", "0.1000", "1E3", "1e-7", "12345678901234567.89", "100000000000000000000.1", "-0.0", "7", "-3"]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_merged_and_compared_as_it_was_written(text: str) -> None:
    value = parse_written(b'{"a": {"b": [%s]}}' % text.encode())["a"]["b"][0]  # type: ignore[index, call-overload]  # of this shape
    assert as_text(value) == text
    assert as_number(value) == Decimal(text)
    assert value == float(text)


@pytest.mark.parametrize(
    "data", [b'{"a": "19.90", "b": 1}', b'{"a": "v1.5", "b": 1.50}', b'{"b": 12345678901234567890}']
)
def test_what_is_written_changes_nothing_else(data: bytes) -> None:
    assert parse_written(data) == json.loads(data)
    assert parse_written(b"") == parse_data(b"") == {}


@pytest.mark.parametrize("data", [b"[1.5]", b"1.5", b'"1.5"', b"[]"])
def test_only_objects_are_read(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a JSON object"):
        parse_written(data)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_comes_back(number: float) -> None:
    written = Written(repr(number))
    assert float(written) == number
    assert repr(pickle.loads(pickle.dumps(written))) == repr(copy.deepcopy(written)) == repr(number)
