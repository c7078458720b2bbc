from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_gateway.ontraport.parameters import (
    FORM,
    JSON,
    LARGEST,
    merged,
    number,
    record_id,
    required,
    text,
    texts,
)
from hookline_gateway.refusals import HttpRefusal

LONG = "9" * 5000


@pytest.mark.parametrize(
    "query, type_, body, found",
    [
        (b"", "", b"", {}),
        (b"id=3", "", b"", {"id": "3"}),
        (b"id=3", FORM, b"", {"id": "3"}),
        (
            b"",
            FORM,
            b"url=https%3A%2F%2Fa.example%2F&event=sub_tag%284%29",
            {"url": "https://a.example/", "event": "sub_tag(4)"},
        ),
        (b"", "", b"event=sub_tag", {"event": "sub_tag"}),
        (b"", JSON, b'{"id":3,"data":null,"on":true,"off":false}', {"id": "3", "on": "true", "off": "false"}),
        (b"", JSON, b'\xef\xbb\xbf{"id":3}', {"id": "3"}),
        (b"", FORM, b"\xef\xbb\xbf id=3", {" id": "3"}),
        (b"", "text/json", b'{"id":3}', {"id": "3"}),
        (b"", "application/vnd.api+json", b'{"id":3}', {"id": "3"}),
        (b"", FORM, b' {"id": "3"}', {"id": "3"}),
        (b"", "", b'{"id": "3"}', {"id": "3"}),
        (b"id=3&id=4", "", b"", {"id": "4"}),
        (b"id=3", JSON, b'{"id":4}', {"id": "4"}),
        (b"ids%5B0%5D=1&ids%5B1%5D=2", "", b"", {"ids": {"0": "1", "1": "2"}}),
        (b"ids[]=1&ids[]=2", "", b"", {"ids": {"0": "1", "1": "2"}}),
        (b"ids[1]=7&ids[]=8", "", b"", {"ids": {"1": "7", "2": "8"}}),
        (b"data[format]=notify", "", b"", {"data": {"format": "notify"}}),
        (b"a+b=c+d", "", b"", {"a b": "c d"}),
        (b"search=", "", b"", {"search": ""}),
        (b"", JSON, b'{"data":{"format":"notify"}}', {"data": {"format": "notify"}}),
    ],
)
def test_parameters_are_found_wherever_they_stand(query: bytes, type_: str, body: bytes, found: dict[str, Any]) -> None:
    assert merged(query, type_, body) == found


@pytest.mark.parametrize(
    "query, type_, body, status",
    [
        (b"id=%ff", "", b"", 400),
        (b"id=\xff", "", b"", 400),
        (b"&".join([b"a=b"] * 3000), "", b"", 400),
        (b"condition[0][field][field]=id", "", b"", 400),
        (b"", FORM, b"a[=1", 400),
        (b"", JSON, b'{"id":', 400),
        (b"", JSON, b"[1]", 400),
        (b"", JSON, b"null", 400),
        (b"", JSON, b"id=3", 400),
        (b"", JSON, b'{"id":"\xff"}', 400),
        (b"", JSON, b'{"id":"\\ud800"}', 400),
        (b"", JSON, b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b"", FORM, b'{"id":', 400),
        (b"", FORM, b"id=%c3%28", 400),
        (b"", JSON, '{"id":3}'.encode("utf-16"), 400),
        (b"", "text/xml", b"<id>3</id>", 415),
        (b"", "multipart/form-data", b"--x", 415),
    ],
)
def test_what_cannot_be_read_is_refused(query: bytes, type_: str, body: bytes, status: int) -> None:
    with pytest.raises(HttpRefusal) as refused:
        merged(query, type_, body)
    assert refused.value.http_status == status


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="[]"), min_size=1, max_size=9)
VALUES = st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=9)


@given(VALUES)
def test_query_form_and_json_say_the_same(values: dict[str, str]) -> None:
    encoded = urlencode(values).encode()
    assert merged(encoded, "", b"") == values
    assert merged(b"", JSON, orjson.dumps(values)) == values
    assert merged(b"", FORM, encoded) == values


@given(st.binary(max_size=200), st.sampled_from(["", FORM, JSON, "text/plain"]), st.binary(max_size=200))
def test_nothing_that_comes_is_an_accident(query: bytes, type_: str, body: bytes) -> None:
    with suppress(HttpRefusal):
        merged(query, type_, body)


@pytest.mark.parametrize(
    "written, found",
    [
        ("1,2", ["1", "2"]),
        (" 1 ,, 2 ", ["1", "2"]),
        ("", []),
        ([1, "2", None], ["1", "2"]),
        ({"0": "7", "1": "8"}, ["7", "8"]),
    ],
)
def test_lists(written: Any, found: list[str]) -> None:
    assert texts({"ids": written}, "ids") == found


@pytest.mark.parametrize(
    "written, found",
    [("", 7), ("0", 0), ("12", 12), (" 5 ", 5), (str(2**31 - 1), LARGEST), (str(2**40), LARGEST), (LONG, LARGEST)],
)
def test_numbers(written: str, found: int) -> None:
    assert number({"start": written}, "start", 7) == found


@pytest.mark.parametrize("written", ["-1", "+1", "1.0", "x", "0x1", "١", "²", "1e3", ["1"], {"a": "1"}])
def test_what_is_no_number(written: Any) -> None:
    with pytest.raises(HttpRefusal, match="start must be"):
        number({"start": written}, "start", 0)


@pytest.mark.parametrize(
    "written, found", [("7", 7), ("007", 7), ("0", 0), (str(2**63 - 1), 2**63 - 1), (str(2**63), 0), (LONG, 0)]
)
def test_ids(written: str, found: int) -> None:
    assert record_id("id", written) == found


@pytest.mark.parametrize("given_", [{}, {"url": ""}, {"url": " \t"}, {"url": ["a"]}, {"url": {"a": "b"}}])
def test_what_is_required(given_: dict[str, Any]) -> None:
    with pytest.raises(HttpRefusal, match="url "):
        required(given_, "url")
    assert text({}, "url") == ""
