"""Merge fields: how they are read, and what stands for them."""

from collections import UserDict
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_plugin import EncodeError, FieldPath, Merge, TemplateError
from hookline_plugin.merging import as_text, fold, scan, text_of, value_of, without_surrogates

EMAIL = Merge("email", ("email",))


PATHS: dict[str, FieldPath] = {
    "email": ("email",),
    "first name": ("firstname",),
    "owner.email": ("Owner", "email"),
    "v1.2": ("version",),
}


class Fields:
    def __init__(self, *, strict: bool = True) -> None:
        self.strict = strict

    def find(self, name: str) -> FieldPath | None:
        return PATHS.get(fold(name))

    def nearest(self, name: str) -> str | None:
        return "First Name" if fold(name).startswith("f") else None


@pytest.mark.parametrize(
    "name, folded",
    [("First Name", "first name"), (" \tEMAIL\n", "email"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("", "")],
)
def test_fold(name: str, folded: str) -> None:
    assert fold(name) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    "text, parts",
    [
        ("", ()),
        ("plain | text", ("plain | text",)),
        ("[Email]", (EMAIL,)),
        ("[ eMAIL ][Email]", (EMAIL, EMAIL)),
        ("a [Email] b", ("a ", EMAIL, " b")),
        ("[First Name]", (Merge("first name", ("firstname",)),)),
        ("[Owner.Email]", (Merge("owner.email", ("Owner", "email")),)),
        ("[v1.2]", (Merge("v1.2", ("version",)),)),
        ("[Email|none]", (Merge("email", ("email",), "none"),)),
        ("[Email|]", (EMAIL,)),
        ("[Email| a | b ]", (Merge("email", ("email",), " a | b "),)),
        ("[Email|[[a]]]", (Merge("email", ("email",), "[a]"),)),
        ("[Email|a\nb]", (Merge("email", ("email",), "a\nb"),)),
        ("[[", ("[",)),
        ("]]", ("]",)),
        ("]", ("]",)),
        ("]]]", ("]]",)),
        ("a[[b]]c", ("a[b]c",)),
        ("[[Email]]", ("[Email]",)),
        ("[[[Email]]]", ("[", EMAIL, "]")),
        ("[Email]]", (EMAIL, "]")),
        ("[[0]][Email]", ("[0]", EMAIL)),
        ("{{7*7}}%%EMAIL%%", ("{{7*7}}%%EMAIL%%",)),
        ("a\ud800b", ("a\ufffdb",)),
    ],
)
def test_scan(text: str, parts: tuple[str | Merge, ...]) -> None:
    assert scan(text, Fields()) == parts


@pytest.mark.parametrize(
    "text, line, column, reason",
    [
        ("[", 1, 1, "this [ is not closed by a ]; a literal bracket is written [["),
        ("a\nbc [Email", 2, 4, "this [ is not closed by a ]; a literal bracket is written [["),
        ("[Email [Email]", 1, 1, "this [ is not closed by a ]; a literal bracket is written [["),
        ("[[[", 1, 3, "this [ is not closed by a ]; a literal bracket is written [["),
        ("x[Email|y", 1, 2, "this [ is not closed by a ]; in a default ]] is a literal bracket and closes nothing"),
        ("x[Email|y]]", 1, 2, "this [ is not closed by a ]; in a default ]] is a literal bracket and closes nothing"),
        ("[Email|[Email]]", 1, 8, "a default holds no merge field; a literal bracket is written [["),
        ("[]", 1, 1, "a merge field without a name; literal brackets are written [[ and ]]"),
        ("[ \t]", 1, 1, "a merge field without a name; literal brackets are written [[ and ]]"),
        ("[|x]", 1, 1, "a merge field without a name; literal brackets are written [[ and ]]"),
        ("é🧭\r\n\n [Frist Name]", 3, 2, "unknown field [Frist Name]; did you mean [First Name]?"),
        ("[Mail|x]", 1, 1, "unknown field [Mail]"),
        ("[a\nb\x1b\u202e]", 1, 1, "unknown field [a\ufffdb\ufffd\ufffd]"),
        (f"[{'x' * 200}]", 1, 1, f"unknown field [{'x' * 60}…]"),
    ],
)
def test_refuses_and_says_where(text: str, line: int, column: int, reason: str) -> None:
    with pytest.raises(TemplateError) as caught:
        scan(text, Fields())
    assert (caught.value.line, caught.value.column, caught.value.reason) == (line, column, reason)


def test_unknown_names_where_names_are_not_strict() -> None:
    assert scan("a[ Gone|x]", Fields(strict=False)) == ("a", Merge("gone", None, "x"))


def test_what_is_not_closed_is_refused_also_where_names_are_not_strict() -> None:
    with pytest.raises(TemplateError):
        scan("[Gone", Fields(strict=False))


@given(st.text("[]|ab \n"))
@settings(max_examples=300)
def test_every_text_can_be_written(text: str) -> None:
    doubled = text.replace("[", "[[").replace("]", "]]")
    assert scan(doubled, Fields()) == ((text,) if text else ())
    if text:
        assert scan(f"[Email|{doubled}]", Fields()) == (Merge("email", ("email",), text),)


@given(st.text("[]|Email \n"))
@settings(max_examples=300)
def test_scan_gives_parts_or_a_template_error(text: str) -> None:
    flaw: TemplateError | None = None
    parts: tuple[str | Merge, ...] = ()
    try:
        parts = scan(text, Fields(strict=False))
    except TemplateError as error:
        flaw = error
    assert flaw is None or text.split("\n")[flaw.line - 1][flaw.column - 1] == "["
    assert (str, str) not in pairwise(map(type, parts))
    assert "" not in parts


@pytest.mark.parametrize(
    "values, path, value",
    [
        ({"a": 1}, ("a",), 1),
        ({"a": {"b": {"c": "x"}}}, ("a", "b", "c"), "x"),
        ({"a": UserDict({"b": "x"})}, ("a", "b"), "x"),
        ({}, ("a",), None),
        ({"a": None}, ("a", "b"), None),
        ({"a": "b"}, ("a", "b"), None),
        ({"a": ["b"]}, ("a", "0"), None),
        ({"a": 1}, None, None),
    ],
)
def test_value_of(values: Any, path: FieldPath | None, value: object) -> None:
    assert value_of(values, Merge("x", path)) == value


@pytest.mark.parametrize(
    "values, value",
    [
        ({"owner": {"email": "key"}, "Boss": {"email": "label"}}, "key"),
        ({"owner": 12, "BOSS ": {"email": "label"}}, "label"),
        ({"Boss": {"email": "label"}, "Bos": {"email": "other"}}, "label"),
        ({"Boss": {}, "owner": None}, None),
        ({"Boss": "12", "Bo": {"email": "other"}}, None),
    ],
)
def test_a_related_object_is_found_by_the_name_of_its_relation(values: Any, value: object) -> None:
    assert value_of(values, Merge("boss.email", ("owner", "email"))) == value


@pytest.mark.parametrize(
    "value, text",
    [
        (None, ""),
        ("", ""),
        (" x ", " x "),
        (True, "1"),
        (False, "0"),
        (0, "0"),
        (2**70, "1180591620717411303424"),
        (1.0, "1.0"),
        (1e22, "1e+22"),
        (-0.0, "-0.0"),
        ([], "[]"),
        ({}, "{}"),
        (("é", 1, None, True, {"k": [1.5]}), '["é",1,null,true,{"k":[1.5]}]'),
        (UserDict({"a": UserDict()}), '{"a":{}}'),
        ("a\udc00\ud83d", "a\ufffd\ufffd"),
        (["\ud800"], '["\ufffd"]'),
    ],
)
def test_as_text(value: Any, text: str) -> None:
    assert as_text(value) == text
    assert text_of({"x": value}, Merge("x", ("x",))) == text
    assert text_of({"x": value}, Merge("x", ("x",), "default")) == (text or "default")


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value, reason",
    [
        (float("nan"), "not a finite number"),
        (float("-inf"), "not a finite number"),
        (10**4_500, "an integer of more than 4,000 digits"),
        ([float("nan")], "holds what JSON cannot say"),
        ({"k": 10**4_500}, "holds what JSON cannot say"),
        (b"bytes", "holds what JSON cannot say"),
        (object(), "holds what JSON cannot say"),
        ({("a",): 1}, "holds what JSON cannot say"),
        (deep(), "holds what JSON cannot say"),
    ],
    ids=lambda value: ascii(value)[:20] if isinstance(value, str) else type(value).__name__,
)
def test_values_without_a_text(value: Any, reason: str) -> None:
    with pytest.raises(EncodeError) as caught:
        text_of({"a": {"b": value}}, Merge("x", ("a", "b")))
    assert (caught.value.reason, caught.value.path) == (reason, "a.b")


@given(st.text(st.characters(exclude_categories=[])))
@settings(max_examples=200)
def test_what_is_left_without_surrogates_has_an_encoding(text: str) -> None:
    whole = without_surrogates(text)
    assert len(whole) == len(text)
    assert whole.encode().decode() == whole
    assert all(ours == theirs or ours == "\ufffd" for ours, theirs in zip(whole, text, strict=True))
