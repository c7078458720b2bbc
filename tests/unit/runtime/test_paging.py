from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_runtime.errors import InvalidArgument
from hookline_runtime.paging import decode_token, encode_token, page_size

FILTER = {"account_id": 7, "states": [1, 2], "type": "sub_tag", "since": None}
KEYS = st.lists(st.integers(-(2**63), 2**63 - 1) | st.text(alphabet=st.characters(exclude_categories=["Cs"])))
GARBAGE = [
    "x",
    "!!!!",
    "é",
    "====",
    base64.urlsafe_b64encode(b"short").decode(),
    base64.urlsafe_b64encode(b"123456789[1]").decode(),
    base64.urlsafe_b64encode(b"123456789{").decode(),
    encode_token(FILTER, [1])[:-1],
    encode_token(FILTER, [1]) + "A",
]


@settings(max_examples=50)
@given(KEYS)
def test_a_token_gives_its_key_back(key: list[int | str]) -> None:
    assert decode_token(encode_token(FILTER, key), FILTER) == key


def test_no_token_asks_for_the_first_page() -> None:
    assert decode_token("", FILTER) is None


def test_the_order_of_the_filter_does_not_matter() -> None:
    assert decode_token(encode_token(FILTER, [1]), dict(reversed(FILTER.items()))) == [1]


@pytest.mark.parametrize("change", [{"account_id": 8}, {"states": [2, 1]}, {"type": ""}, {"more": 1}], ids=str)
def test_a_token_of_another_filter_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        decode_token(encode_token(FILTER, [1]), FILTER | change)
    assert caught.value.violations[0].field == "page_token"


@pytest.mark.parametrize("token", GARBAGE)
def test_garbage_is_refused(token: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        decode_token(token, FILTER)
    assert caught.value.violations[0].field == "page_token"


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_no_token_raises_anything_else(token: str) -> None:
    with contextlib.suppress(InvalidArgument):
        decode_token(token, FILTER)


@pytest.mark.parametrize("part", [1.5, True, None, [1], {"a": 1}], ids=str)
def test_a_key_of_other_types_is_refused(part: object) -> None:
    token = encode_token(FILTER, [part])  # type: ignore[list-item]  # on purpose
    with pytest.raises(InvalidArgument):
        decode_token(token, FILTER)


@pytest.mark.parametrize("part", [2**63, 2**64 - 1])
def test_an_integer_that_no_store_takes_is_refused(part: int) -> None:
    with pytest.raises(InvalidArgument):
        decode_token(encode_token(FILTER, [part]), FILTER)


def test_a_token_fits_its_field() -> None:
    assert len(encode_token(FILTER, ["x" * 128, 2**63 - 1])) < 512


@pytest.mark.parametrize("requested, size", [(0, 50), (1, 1), (1000, 1000)])
def test_the_size_of_a_page(requested: int, size: int) -> None:
    assert page_size(requested) == size
