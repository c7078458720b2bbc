from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_gateway.ontraport.condition_json import read_condition
from hookline_gateway.ontraport.conditions import All, Among, Compared, Condition, Like, fields_of, order
from hookline_gateway.ontraport.fields import WEBHOOK
from hookline_gateway.ontraport.like import fits, parts_of
from hookline_gateway.refusals import Unreadable

RECORD = {
    "id": "10",
    "event": "sub_tag(4)",
    "data": "",
    "url": "https://a.example/Hook",
    "last_hook": None,
    "last_code": "200",
    "last_payload": "x'y",
}


def read(value: Any) -> Condition:
    return read_condition(value, WEBHOOK.names)


def term(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": {"field": field}, "op": op, "value": value}


@pytest.mark.parametrize(
    "field, op, value, keeps",
    [
        ("id", "=", {"value": "10"}, True),
        ("id", "=", {"value": 10}, True),
        ("id", "=", {"value": "010"}, True),
        ("id", ">", {"value": "9"}, True),  # as text it would come before
        ("id", "<", {"value": "9.5"}, False),
        ("id", ">=", {"value": "10"}, True),
        ("id", "<=", {"value": "-1"}, False),
        ("id", "<>", {"value": "10"}, False),
        ("id", "!=", {"value": "11"}, True),
        ("event", "=", {"value": "SUB_TAG(4)"}, True),
        ("event", "LIKE", {"value": "sub%"}, True),
        ("event", "not  like", {"value": "sub%"}, False),
        ("url", "LIKE", {"value": "%hook"}, True),
        ("url", "LIKE", {"value": "https://_.example/____"}, True),
        ("id", "IN", {"list": [{"value": "1"}, {"value": 10}]}, True),
        ("id", "NOT IN", {"list": [{"value": "1"}]}, True),
        ("id", "IN", {"list": []}, False),
        ("last_hook", "IS", "NULL", True),
        ("last_hook", "IS", {"value": None}, True),
        ("last_hook", "IS NOT", "NULL", False),
        ("last_hook", "=", {"value": "1"}, False),
        ("last_hook", "<>", {"value": "1"}, False),
        ("last_hook", "NOT IN", {"list": [{"value": "1"}]}, False),
        ("data", "IS", "NULL", False),
        ("data", "=", {"value": ""}, True),
    ],
)
def test_terms(field: str, op: str, value: Any, keeps: bool) -> None:
    written = [term(field, op, value)]
    assert read(written).keeps(RECORD) is keeps
    assert read(orjson.dumps(written).decode()).keeps(RECORD) is keeps


@pytest.mark.parametrize(
    "pattern", ["%" + "_" * 8000 + "%", "sub_" * 1000 + "%", "%" + "_y" * 50 + "%", "%" + "y" * 8000]
)
def test_patterns_that_cost_little(pattern: str) -> None:
    assert not read([term("last_payload", "LIKE", {"value": pattern})]).keeps({"last_payload": "y" * 99})


def test_patterns_that_would_hold_up_everybody() -> None:
    half = term("last_payload", "LIKE", {"value": "%" + "y" * 50 + "_%"})
    assert read([half])
    with pytest.raises(Unreadable, match="at most 100 characters"):
        read([half, "OR", half])
    with pytest.raises(Unreadable, match="at most 100 characters"):
        read("last_payload LIKE '%" + "_y" * 4000 + "x%'")


@pytest.mark.parametrize(
    "pattern, keeps", [("%___", True), ("%____%", False), ("_%_%_", True), ("%a_%c", True), ("%a_%b", False)]
)
def test_any_characters(pattern: str, keeps: bool) -> None:
    assert read([term("url", "LIKE", {"value": pattern})]).keeps({"url": "abc"}) is keeps


@pytest.mark.parametrize(
    "value", [{"value": {"value": "1"}}, {"value": {}}, {"list": [{}]}, {"list": [["1"]]}, {"list": {"value": "1"}}]
)
def test_values_that_are_none(value: Any) -> None:
    with pytest.raises(Unreadable, match="texts and numbers"):
        read([term("id", "IN", value)])


@pytest.mark.parametrize(
    "text, keeps",
    [
        ("id=10", True),
        ("id = '10' AND event='sub_tag(4)'", True),
        ('event = "sub_tag(4)"', True),
        ("id>9 and id<11", True),
        ("id=1 OR id=10 AND last_code=200", True),
        ("(id=1 OR id=10) AND last_code=500", False),
        ("id=10 OR id=1 AND last_code=500", True),
        ("id IN (1, 10,'3')", True),
        ("id NOT IN (1,10)", False),
        ("last_hook IS NULL", True),
        ("last_hook is not null", False),
        ("url LIKE '%hook'", True),
        ("url NOT LIKE '%hook'", False),
        (r"last_payload='x\'y'", True),
        ("last_payload='x''y'", True),
        ('last_payload="x\'y"', True),
    ],
)
def test_the_older_form(text: str, keeps: bool) -> None:
    assert read(text).keeps(RECORD) is keeps


@pytest.mark.parametrize(
    "written",
    [
        "id", "id=", "=1", "id=1 AND", "AND id=1", "id=1 id=2", "(id=1", "id=1)", "id IN ()", "id IN (1", "id IS 1",
        "id NOT 1", "id=1 XOR id=2", "id='1", "name=1", "'id'=1", "id=1;drop table", "(" * 50 + "id=1" + ")" * 50,
        "id=1 AND " * 300 + "id=1", "[", "[1]", '["AND"]', '[{"field":{"field":"id"}}]', '{"field":1}', "{", "id=(",
    ],
)  # fmt: skip
def test_texts_that_are_no_condition(written: str) -> None:
    with pytest.raises(Unreadable, match="condition"):
        read(written)


NESTED: Any = [term("id", "=", {"value": "1"})]
for _ in range(20):
    NESTED = [NESTED]


DEEP: Any = []
for _ in range(400):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "written",
    [
        [term("name", "=", {"value": "1"})],
        [term("id", "BETWEEN", {"value": "1"})],
        [term("id", "=", {"list": [{"value": "1"}, {"value": "2"}]})],
        [term("id", "=", {"value": None})],
        [term("id", "=", {"value": {"value": ["1"]}})],
        [term("id", "IN", {"list": [["1"]]})],
        [term("id", "IN", {"list": ["1"] * 2000})],
        [term("event", "=", {"value": "x" * 70_000})],
        [part for _ in range(90) for part in (term("id", "IN", {"list": ["123456789"] * 1000}), "OR")][:-1],
        [term("id", "=", {"value": "1"}), "AND", DEEP],
        [term("id", "=", {"value": "1"}), "AND"],
        [term("id", "=", {"value": "1"}), "XOR", term("id", "=", {"value": "1"})],
        [term("id", "=", {"value": "1"}), term("id", "=", {"value": "1"})],
        [{"field": "id", "op": 1, "value": "1"}],
        [{"field": {"field": ["id"]}, "op": "=", "value": "1"}],
        [None],
        {"0": term("id", "=", {"value": "1"})},
        NESTED,
        [part for _ in range(200) for part in (term("id", "=", {"value": "1"}), "AND")]
        + [term("id", "=", {"value": "1"})],
    ],
)
def test_lists_that_are_no_condition(written: Any) -> None:
    with pytest.raises(Unreadable, match="condition"):
        read(written)


@pytest.mark.parametrize("written", ["", " ", [], "[]"])
def test_nothing_keeps_everything(written: Any) -> None:
    assert read(written) == All()
    assert read(written).keeps(RECORD)


def test_a_list_in_the_list_is_a_group() -> None:
    one, other, wrong = (term("id", "=", {"value": value}) for value in ("10", "11", "12"))
    assert read([one, "OR", other, "AND", wrong]).keeps(RECORD)
    assert not read([[one, "OR", other], "AND", wrong]).keeps(RECORD)
    assert fields_of(read([[one, "OR", term("url", "=", {"value": ""})], "AND", wrong])) == {"id", "url"}


@given(st.text("ab%_", max_size=9), st.text("ab_%\n", max_size=9))
def test_patterns_mean_what_they_mean_in_sql(pattern: str, text: str) -> None:
    meaning = "".join({"%": ".*", "_": "."}.get(char, re.escape(char)) for char in pattern)
    assert fits(parts_of(pattern), text) is bool(re.fullmatch(meaning, text, re.DOTALL))


def test_a_pattern_of_many_wildcards_takes_no_time() -> None:
    assert not Like("url", "%a" * 5000 + "b").keeps({"url": "a" * 20_000})
    assert not Like("url", "%" + "_" * 1000 + "b%c").keeps({"url": "a" * 20_000})


NUMBERS_AND_TEXTS = st.from_regex(r"-?[0-9]{1,3}(\.[0-9]{1,2})?", fullmatch=True) | st.text("aAbß1. ", max_size=3)


@given(NUMBERS_AND_TEXTS, st.lists(NUMBERS_AND_TEXTS, max_size=4))
def test_a_list_has_what_one_of_its_values_is_equal_to(found: str, values: list[str]) -> None:
    among = any(Compared("a", "=", value).keeps({"a": found}) for value in values)
    assert Among("a", values).keeps({"a": found}) is among
    assert Among("a", values, wanted=False).keeps({"a": found}) is not among


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_numbers_are_compared_as_numbers(one: int, other: int) -> None:
    assert order(str(one), str(other)) == (one > other) - (one < other)
    assert order(f"{one}.5", f"{one}.25") == (1 if one >= 0 and not str(one).startswith("-") else -1)


@given(st.text(max_size=200))
def test_whatever_is_written_is_read_or_refused(written: str) -> None:
    with suppress(Unreadable):
        read(written).keeps(RECORD)
