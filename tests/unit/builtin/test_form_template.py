"""Form data with merge fields, read back with the standard library's parser."""

from typing import Any
from urllib.parse import parse_qsl, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.encoders import FormEncoder
from hookline_plugin import EncodeError, Payload, TemplateError
from hookline_plugin.merging import as_text
from tests.unit.builtin.fields import Fields, values_of

FORM = FormEncoder()
VALUES: Payload = {
    "first name": "Mary Ann",
    "last name": "O'Neill & Söhne",
    "email": "mary+x@example.com",
    "age": 41,
    "vip": True,
    "tags": ["a", 1],
    "terms & conditions": "yes",
    "owner": {"email": "boss@example.com"},
}


def render(text: str, values: Payload = VALUES, *, strict: bool = True) -> str:
    return FORM.parse(text, Fields(strict=strict)).render(values).decode("ascii")


@pytest.mark.parametrize(
    "text, body",
    [
        ("", ""),
        ("a=b", "a=b"),
        ("First_Name=[First Name]&Email=[Email]", "First_Name=Mary+Ann&Email=mary%2Bx%40example.com"),
        ("Name=[First Name] [Last Name]", "Name=Mary+Ann+O%27Neill+%26+S%C3%B6hne"),
        ("a=[Age]&b=[VIP]&c=[Tags]", "a=41&b=1&c=%5B%22a%22%2C1%5D"),
        ("a=[Owner.Email]", "a=boss%40example.com"),
        ("data[email]=[Email]", "data%5Bemail%5D=mary%2Bx%40example.com"),
        ("a[[]]=x", "a%5B%5B%5D%5D=x"),
        ("[Email]=x", "%5BEmail%5D=x"),
        ("a=[2nd Phone]&b=[2nd Phone|none & no]", "a=&b=none+%26+no"),
        ("a=[Terms & Conditions]&b=1", "a=yes&b=1"),
        ("a=[[Email]]", "a=%5BEmail%5D"),
        ("a=b]", "a=b%5D"),
        # What the author encoded stays; what is not encoded is encoded, once.
        ("a=b+c%20d%2b&e=100%", "a=b+c%20d%2b&e=100%25"),
        ("a=b c&d=%zz%4", "a=b+c&d=%25zz%254"),
        ('a=é#"<>\\^`{|}\x7f', "a=%C3%A9%23%22%3C%3E%5C%5E%60%7B%7C%7D%7F"),
        ("a=x=y;z/?:@!$'()*,~", "a=x=y;z/?:@!$'()*,~"),
        ("k y=é&ü=1", "k+y=%C3%A9&%C3%BC=1"),
        ("a=1\r\nb", "a=1%0D%0Ab"),
        (" \n a=[Age] \n", "a=41"),
        ("a&b=&&=c&", "a&b=&&=c&"),
        ("a=\ud800", "a=%EF%BF%BD"),
    ],
)
def test_bytes(text: str, body: str) -> None:
    assert render(text) == body


@pytest.mark.parametrize(
    "text, line, column, reason",
    [
        ("[Email]", 1, 1, "a merge field stands in a value"),
        (" a=[Age]&[Email]&c=1", 1, 10, "a merge field stands in a value"),
        ("a=b&\nc=[Emial]", 2, 3, "unknown field [Emial]; did you mean [email]?"),
        ("a=[Email&b=[Age]", 1, 3, "this [ is not closed"),
        ("a=[Email|x]]&b=1", 1, 3, "this [ is not closed"),
        ("a=[]", 1, 3, "a merge field without a name"),
    ],
)
def test_refuses_and_says_where(text: str, line: int, column: int, reason: str) -> None:
    with pytest.raises(TemplateError) as caught:
        FORM.parse(text, Fields())
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize(
    "text, detected",
    [
        ("First_Name=[First Name]&Email=[Email]", True),
        ("Name=[First Name] [Last Name]", True),
        ("data[email]=[Email]", True),
        ("a=[Terms & Conditions]&b=1", True),
        ("a=[Email|x\ny]", True),
        ("a=", True),
        (" a=1&b=2\n", True),
        ("", False),
        ("=a", False),
        ("a", False),
        ("a=1&b", False),
        ("a=1&=2", False),
        ("a=1&", False),
        ("Hello [First Name]", False),
        ("Hello [First Name], your score=[Age]", False),
        ("the sum of a=1 and b", False),
        ("[First Name]=x", False),
        ("a=1\nb=2", False),
        ("a=1&\nb=2", False),
        ("https://example.com/?a=[Age]", False),
        ("a=[Email&b=2", False),
        ('{"a": "b=c"}', False),
        ("<a b=1>", False),
    ],
)
def test_detects(text: str, detected: bool) -> None:
    assert FORM.detects(text) is detected


def test_a_deleted_field_is_empty_and_its_default_is_encoded() -> None:
    assert render("a=[Gone]&b=[Gone|x & y]&c=[Age]", strict=False) == "a=&b=x+%26+y&c=41"


@pytest.mark.parametrize("value", [float("nan"), object(), b"x"])
def test_refuses_values_and_says_where(value: Any) -> None:
    with pytest.raises(EncodeError) as caught:
        render("a=[Age]&b=[Owner.Email]", {"owner": {"email": value}})
    assert caught.value.path == "owner.email"


@pytest.mark.parametrize("text", ["é" * 20_000, "%" * 20_000, "\0", "a\0b&", "日本語 &=%+ " * 2_000, "\ud800&\0"])
def test_long_and_strange_values(text: str) -> None:
    body = render("a=[Email]&b=[First Name]", {"email": text, "first name": "x&y"})
    assert body == f"a={quote_plus(text.replace(chr(0xD800), chr(0xFFFD)), safe='').replace('~', '%7E')}&b=x%26y"


LABELS = ("A", "b c", "D&e", "f=g")
PLACES = st.sampled_from([f"[{label}]" for label in LABELS] + ["[A|x&y=[[z]]]"])


@given(
    st.lists(st.lists(PLACES | st.text('abc =é"\n#;/.', max_size=4), max_size=4), min_size=1, max_size=5),
    values_of(LABELS),
)
@settings(max_examples=300)
def test_a_receiver_reads_the_values_that_went_in(fields: list[list[str]], values: dict[str, Any]) -> None:
    text = "&".join(f"k{number}=x{''.join(parts)}x" for number, parts in enumerate(fields))
    body = FORM.parse(text, Fields(LABELS)).render(values).decode("ascii")

    def expected(part: str) -> str:
        if not part.startswith("["):
            return part
        label, _, default = part[1:-1].casefold().partition("|")
        written = as_text(values[label])
        return written or default.replace("[[", "[").replace("]]", "]")

    assert parse_qsl(body, keep_blank_values=True, strict_parsing=True, errors="strict") == [
        (f"k{number}", f"x{''.join(map(expected, parts))}x") for number, parts in enumerate(fields)
    ]
