"""JSON with merge fields, read back with the standard library's parser."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.encoders import JsonEncoder
from hookline_plugin import EncodeError, Payload, TemplateError, Value
from hookline_plugin.merging import as_text, without_surrogates
from tests.unit.builtin.fields import HOSTILE, Fields, values_of

JSON = JsonEncoder()
VALUES: Payload = {
    "first name": "Mary",
    "last name": 'O"Neill\n',
    "email": "mary@example.com",
    "age": 41,
    "vip": True,
    "tags": ["a", {"b": None}],
    "2nd phone": "0123",
    "terms & conditions": "7",
    'size 5" <wide>': "x",
    "owner": {"email": "boss@example.com"},
}


def render(text: str, values: Payload = VALUES, *, strict: bool = True) -> str:
    return JSON.parse(text, Fields(strict=strict)).render(values).decode()


@pytest.mark.parametrize(
    "text, body",
    [
        ('{"name": "[First Name]"}', '{"name": "Mary"}'),
        ('{"name": "Hi [First Name] [Last Name]!"}', r'{"name": "Hi Mary O\"Neill\n!"}'),
        ('"[Age][VIP][Tags]"', r'"411[\"a\",{\"b\":null}]"'),
        ('["[Email|a\\"b]", "[Gone|a\\"\\u005db]]]"]', r'["mary@example.com", "a\"]b]"]'),
        ('{"a": "[[Email]] \\u005bEmail\\u005d"}', r'{"a": "[Email] \u005bEmail\u005d"}'),
        ('{"a": "[Size 5\\" <wide>]"}', '{"a": "x"}'),
        ('{"a": "[Terms \\u0026 Conditions]"}', '{"a": "7"}'),
        ('{"a": "[Owner.Email]"}', '{"a": "boss@example.com"}'),
        ('{"a": "\\n\\u00e9é [Age] \\\\"}', '{"a": "\\n\\u00e9é 41 \\\\"}'),
        # Keys are left as they are.
        ('{"[Age]": 1, "data[email]" : "[Age]", "[[": 2}', '{"[Age]": 1, "data[email]" : "41", "[[": 2}'),
        # Outside strings.
        ('{"age": [Age], "vip":[VIP],"tags":[Tags]}', '{"age": 41, "vip":true,"tags":["a",{"b":null}]}'),
        ('{"a": [First Name], "b": [2nd Phone], "c": [Terms & Conditions]}', '{"a": "Mary", "b": "0123", "c": 7}'),
        ('{"a": [Owner.Email]}', '{"a": "boss@example.com"}'),
        ("[[First Name],[Age] , [ age ]]", '["Mary",41 , 41]'),
        ("[[Age]]", "[41]"),
        ("[Age]", "41"),
        ('{"a":[Age]}\n', '{"a":41}\n'),
        # What is an array stays one, whatever the fields are called.
        ("[1,2]", "[1,2]"),
        ("[1]", "[1]"),
        ("[[1,2],[3,4]]", "[[1,2],[3,4]]"),
        ('["a"]', '["a"]'),
        ("[true]", "[true]"),
        ("[]", "[]"),
        ("[ ]", "[ ]"),
        ("[{}, {}]", "[{}, {}]"),
        ("[-1.5e3, null]", "[-1.5e3, null]"),
        (f"[{'9' * 5_000}]", f"[{'9' * 5_000}]"),
        ("\ufeff [Age]", " 41"),
    ],
)  # fmt: skip
def test_bytes(text: str, body: str) -> None:
    assert render(text, strict="Gone" not in text) == body


@pytest.mark.parametrize(
    "field, value, token",
    [
        ("[Age]", None, "null"),
        ("[Age]", "", "null"),
        ("[Age]", False, "false"),
        ("[Age]", 1e22, "1e+22"),
        ("[Age]", 2**70, "1180591620717411303424"),
        ("[Age]", "41", "41"),
        ("[Age]", "-0.5e-3", "-0.5e-3"),
        ("[Age]", "999999999999999", "999999999999999"),
        # What would not survive as a number is text, as are words.
        ("[Age]", "9999999999999999", '"9999999999999999"'),
        ("[Age]", "1e999", '"1e999"'),
        ("[Age]", "007", '"007"'),
        ("[Age]", "+1", '"+1"'),
        ("[Age]", ".5", '".5"'),
        ("[Age]", " 1", '" 1"'),
        ("[Age]", "1\n", r'"1\n"'),
        ("[Age]", "١", '"١"'),
        ("[Age]", "true", '"true"'),
        ("[Age]", "null", '"null"'),
        ("[Age]", '"},{"', r'"\"},{\""'),
        ("[Age|0]", "", "0"),
        ("[Age|0]", 7, "7"),
        ("[Age|0]", 0, "0"),
        ("[Age| true ]", None, "true"),
        ("[Age|null]", None, "null"),
        ("[Age|]", None, "null"),
        ("[Age|none]", None, '"none"'),
        ('[Age|"1"]', None, '"1"'),
        ('[Age| "[a]" ]', None, '"[a]"'),
        ('[Age|"a" ,]', None, r'"\"a\" ,"'),
        ("[Age|1e999]", None, '"1e999"'),
        (r'[Age|"\u00e9\n"]', None, '"é\\n"'),
        (r'[Age|"\ud83d"]', None, '"\ufffd"'),
    ],
)
def test_outside_strings(field: str, value: Value, token: str) -> None:
    body = render(f'{{"a": {field}, "b": [{field}]}}', {"age": value})
    assert body == f'{{"a": {token}, "b": [{token}]}}'
    json.loads(body)


@pytest.mark.parametrize(
    "text, line, column, reason",
    [
        ("", 1, 1, "this is not JSON: expecting value"),
        ('{"a": [Age],\n "b" [Age]}', 2, 6, "this is not JSON: expecting ':' delimiter"),
        ('{"a": [Age] "b": 1}', 1, 13, "this is not JSON: expecting ',' delimiter"),
        ('{"a": [Age]}\n x', 2, 2, "this is not JSON: extra data"),
        ('{"a": 1} [Age]', 1, 10, "this is not JSON: extra data"),
        ('{"a": "x\ny"}', 1, 9, "this is not JSON: invalid control character"),
        ('{"a": "\\x [Age]"}', 1, 8, "this is not JSON: invalid \\escape"),
        ('{"a": "\\[Age]"}', 1, 8, "this is not JSON: invalid \\escape"),
        ('{"a": "\\u00[Age]"}', 1, 9, "this is not JSON: invalid \\uXXXX escape"),
        ('{"a": "[Age]}', 1, 7, "this is not JSON: unterminated string"),
        ("{[First Name]: 1}", 1, 2, "this is not JSON: expecting property name"),
        ("5[Age]", 1, 2, "this is not JSON: extra data"),
        ("[Age]5", 1, 6, "this is not JSON: extra data"),
        ('["a"[Age]]', 1, 5, "this is not JSON: expecting ',' delimiter"),
        ("[1 2]", 1, 4, "this is not JSON: expecting ',' delimiter"),
        ("[|x]", 1, 1, "a merge field without a name"),
        ('{"a": "NaN", "b": NaN}', 1, 19, "this is not JSON: NaN"),
        ("[1, -Infinity]", 1, 5, "this is not JSON: -Infinity"),
        ("{'a': 1}", 1, 2, "this is not JSON: expecting property name"),
        ('{"a": "\\ud83d[Age]\\ude00"}', 1, 7, "this string holds half a surrogate pair"),
        ('{"\\ude00": 1}', 1, 2, "this string holds half a surrogate pair"),
        ('{"a":\n "é🧭 [Emial]"}', 2, 6, "unknown field [Emial]; did you mean [email]?"),
        ('{"a": [Emial]}', 1, 7, "unknown field [Emial]; did you mean [email]?"),
        ('{"a": [Emial|0]}', 1, 7, "unknown field [Emial]"),
        ('{"a": [Age|0}', 1, 7, "this [ is not closed"),
        ('{"a": "[Age", "b": "x]"}', 1, 8, "this [ is not closed"),
        ('{"a": "[]"}', 1, 8, "a merge field without a name"),
        ("[" * 65 + "]" * 65, 1, 65, "nested more than 64 deep"),
        ('{"a":' * 65, 1, 321, "nested more than 64 deep"),
        ("[" * 30_000, 1, 65, "nested more than 64 deep"),
    ],
)
def test_refuses_and_says_where(text: str, line: int, column: int, reason: str) -> None:
    with pytest.raises(TemplateError) as caught:
        JSON.parse(text, Fields())
    assert caught.value.reason.casefold().startswith(reason.casefold()), caught.value
    assert (caught.value.line, caught.value.column) == (line, column), caught.value


@pytest.mark.parametrize("text", ['{"a": [Age],}', "[1,2,]", '["a",]', "[01]", "[+1]", "['a']", "[.5]", "{} {}", "[1}"])
def test_refuses_slips(text: str) -> None:
    with pytest.raises(TemplateError, match="this is not JSON"):
        JSON.parse(text, Fields())


@pytest.mark.parametrize(
    "text, detected",
    [
        ('{"a": [Age]}', True),
        ('\ufeff\n {"a": "[First Name]"}', True),
        ("{}", True),
        ("[[First Name],[Email]]", True),
        ("[1,2]", True),
        ('["[Email]"]', True),
        # Slips in what can only be JSON, so that they are told.
        ('{"a": [Age],}', True),
        ('[{"a": 1]', True),
        ("[{First Name}]", False),
        ("[First Name] is here", False),
        ("[First Name]", False),
        ("[First Name|there]", False),
        ("[First Name], [Email]", False),
        ("{First Name}", False),
        ("{{7*7}}", False),
        ("{a=[Age]}", False),
        ("[[Note]] see [Email]", False),
        ("[" * 30_000, False),
        ("a=[Age]", False),
        ("12", False),
        ('"text"', False),
        ("", False),
    ],
)
def test_detects(text: str, detected: bool) -> None:
    assert JSON.detects(text) is detected


def test_a_deleted_field_is_empty() -> None:
    text = '{"a": [Gone], "b": "x[Gone|y]", "c": [3rd Phone|0], "d": [1,2]}'
    assert render(text, strict=False) == '{"a": null, "b": "xy", "c": 0, "d": [1,2]}'


def test_the_authors_own_text_looks_like_anything() -> None:
    text = '{"a": [Age], "b": "{}\\u0000\\u001f {{}} \\ufffd", "c": {}, "d": [{}]}'
    assert json.loads(render(text)) == {"a": 41, "b": "{}\0\x1f {{}} \ufffd", "c": {}, "d": [{}]}


@pytest.mark.parametrize(
    "value", [float("nan"), [float("inf")], object(), 10**4_500], ids=lambda value: type(value).__name__
)
@pytest.mark.parametrize("field", ["[Owner.Email]", '"[Owner.Email]"', '"x[Owner.Email]"'])
def test_refuses_values_and_says_where(value: Any, field: str) -> None:
    with pytest.raises(EncodeError) as caught:
        render(f'{{"a": "[Age]", "b": {field}}}', {"owner": {"email": value}})
    assert caught.value.path == "owner.email"


LABELS = ("A", "b c", "D&e", "1")
FIELDS = st.sampled_from([f"[{label}]" for label in LABELS])
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?")


class Bare(str):
    """A field outside strings, in a template as Python sees it."""

    __slots__ = ()


class Text(tuple[str, ...]):
    """A string of fields and literals."""

    __slots__ = ()


texts = st.lists(FIELDS | st.text('ab"\\\n{}:é🧭', max_size=3) | st.sampled_from(["[[", "]]"]), max_size=4).map(Text)
templates = st.recursive(
    texts | FIELDS.filter(lambda field: field != "[1]").map(Bare) | st.none() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("k[]A\"", max_size=3), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


def written(template: Any) -> str:
    """Write a template."""
    if isinstance(template, Bare):
        return f" {template}"
    if isinstance(template, Text):
        return json.dumps("".join(template), ensure_ascii=len(template) % 2 == 0)
    if isinstance(template, dict):
        return "{" + ",".join(f"{json.dumps(key)}: {written(value)}" for key, value in template.items()) + "}"
    if isinstance(template, list):
        return "[" + ",".join(map(written, template)) + "]"
    return json.dumps(template)


def whole(value: Any) -> Any:
    """A value as JSON carries it."""
    return json.loads(without_surrogates(json.dumps(value, ensure_ascii=False)))


def as_read(template: Any, values: dict[str, Value]) -> Any:
    """What a receiver should read."""
    if isinstance(template, Bare):
        value = values[template[1:-1].casefold()]
        if isinstance(value, str) and NUMBER.fullmatch(value):
            return json.loads(value)
        return None if value == "" else whole(value)
    if isinstance(template, Text):
        return "".join(
            {"[[": "[", "]]": "]"}.get(part)
            or (as_text(values[part[1:-1].casefold()]) if part.startswith("[") else part)
            for part in template
        )
    if isinstance(template, dict):
        return {key: as_read(value, values) for key, value in template.items()}
    return [as_read(value, values) for value in template] if isinstance(template, list) else template


@given(templates, values_of(LABELS))
@settings(max_examples=400)
def test_a_receiver_reads_the_values_that_went_in(template: Any, values: dict[str, Value]) -> None:
    body = JSON.parse(written(template), Fields(LABELS)).render(values)
    assert repr(json.loads(body)) == repr(as_read(template, values))


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_hostile_values_stay_values(value: str) -> None:
    read = json.loads(render('{"a": "x[Email]y", "b": "[Email]", "c": 1}', {"email": value}))
    plain = without_surrogates(value)
    assert read == {"a": f"x{plain}y", "b": plain, "c": 1}


@given(st.text('[]{}",:|\\ 1Ae\n', max_size=20))
@settings(max_examples=500)
def test_any_text_is_a_template_or_a_template_error(text: str) -> None:
    try:
        template = JSON.parse(text, Fields(["A", "1"], strict=False))
    except TemplateError:
        return
    for value in ("1", 'x"', None, [1]):
        json.loads(template.render({"a": value, "1": value}))
