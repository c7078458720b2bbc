"""Headers that users choose, read back by the standard library."""

import io
from http.client import parse_headers

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_plugin.template import TemplateError
from hookline_plugin.trigger import FieldInfo
from hookline_runtime.webhook.headers import MAX_HEADERS, MAX_VALUE, header_flaws, is_owned, parse_header
from hookline_runtime.webhook.names import FieldNames, ObjectTypeInfo
from hookline_runtime.webhook.refusals import RenderRefused, WebhookFlaw

NAMES = FieldNames({0: ObjectTypeInfo("Contact", (FieldInfo("a", "A", "text"),))}, 0)
CONTROLS = [chr(code) for code in (*range(9), *range(10, 32), *range(127, 160), 0x2028, 0x2029)]
TRANSPORT = ["Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade"]
TRANSPORT += ["Expect", "Accept-Encoding", "Proxy-Connection", "proxy-authorization"]
SIGNATURE = ["webhook-id", "Webhook-Signature", "WEBHOOK-TIMESTAMP", "webhook-", "webhook-anything"]


@pytest.mark.parametrize("name", TRANSPORT + SIGNATURE)
def test_some_headers_are_hooklines_own(name: str) -> None:
    assert is_owned(name)
    assert list(header_flaws([(name, "x")])) == [
        WebhookFlaw("headers[0].name", "is a header that only Hookline itself may set")
    ]


@pytest.mark.parametrize("name", ["X-Host", "Content-Type", "Authorization", "webhook", "User-Agent", "Proxy"])
def test_all_others_are_the_users(name: str) -> None:
    assert not is_owned(name)
    assert list(header_flaws([(name, "x\té[A]")])) == []


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r", "é", "[A]", "X-[A]", "a" * 129, "a\0", "Host "])
def test_refuses_what_is_no_name(name: str) -> None:
    assert [flaw.path for flaw in header_flaws([("fine", ""), (name, "")])] == ["headers[1].name"]


def test_tells_all_flaws_at_once() -> None:
    headers = [("a", "\r"), ("A", "x"), ("Host", "[A|\x85]"), ("é", "\0")]
    assert [flaw.path for flaw in header_flaws(headers)] == [
        "headers[0].value",
        "headers[1].name",
        "headers[2].name",
        "headers[2].value",
        "headers[3].name",
        "headers[3].value",
    ]


def test_headers_are_counted() -> None:
    headers = [(f"x-{number}", "") for number in range(MAX_HEADERS + 1)]
    assert list(header_flaws(headers[1:])) == []
    assert [flaw.path for flaw in header_flaws(headers)] == ["headers"]


@pytest.mark.parametrize(
    "value, a, rendered",
    [
        ("", "x", ""),
        ("[A]", "x", "x"),
        ("Bearer [a] [[x]]", "é\t[A]", "Bearer é\t[A] [x]"),
        ("[A|none]", "", "none"),
        ("[A]", True, "1"),
        ("[A]", {"b": [1]}, '{"b":[1]}'),
        ("[A]", "\ud800", "\ufffd"),
        ("[A]", "x" * MAX_VALUE, "x" * MAX_VALUE),
    ],
)
def test_renders(value: str, a: str, rendered: str) -> None:
    assert parse_header("X-Name", value, NAMES).render({"a": a}) == ("X-Name", rendered)


@pytest.mark.parametrize("value", ["[B]", "[A", "[]"])
def test_refuses_wrong_merge_fields(value: str) -> None:
    with pytest.raises(TemplateError):
        parse_header("X", value, NAMES)


@pytest.mark.parametrize("control", CONTROLS)
def test_merges_no_control_character(control: str) -> None:
    template = parse_header("X-Name", "a [A]", NAMES)
    with pytest.raises(RenderRefused) as refused:
        template.render({"a": f"secret{control}X-Evil: 1"})
    assert "X-Name" in refused.value.reason
    assert "secret" not in refused.value.reason


@pytest.mark.parametrize(
    "value, a",
    [
        ("[A]", "x" * (MAX_VALUE + 1)),
        ("x[A]", "x" * MAX_VALUE),
        ("[A]", "é" * (MAX_VALUE // 2 + 1)),
        ("[A]" * 1_365, "x" * 8_000),
        ("[A]" * 1_365, "x" * 50_000_000),
        ("[A]", float("inf")),
    ],
)
def test_caps_values(value: str, a: str) -> None:
    with pytest.raises(RenderRefused):
        parse_header("X", value, NAMES).render({"a": a})


@settings(max_examples=300)
@given(a=st.text(st.characters(), max_size=40) | st.text("\r\n\t\0 :\x85\u2028aé", max_size=6))
def test_no_value_adds_a_header(a: str) -> None:
    template = parse_header("X-Name", "<[A]>", NAMES)
    try:
        name, value = template.render({"a": a})
    except RenderRefused:
        assert any(control in a for control in CONTROLS)
        return
    read = parse_headers(io.BytesIO(f"{name}: {value}\r\nX-Last: 1\r\n\r\n".encode()))
    assert list(read) == ["X-Name", "X-Last"]
    assert str(read["X-Name"]).encode("latin-1").decode() == value
