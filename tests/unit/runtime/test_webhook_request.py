"""A webhook's whole request, with the built-in encoders and with a plugin's bad ones."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_plugin import Payload, hookimpl
from hookline_plugin.encoder import EncodeError
from hookline_plugin.merging import without_surrogates
from hookline_plugin.template import MAX_RENDERED, Merge, Names, Template
from hookline_plugin.trigger import FieldInfo
from hookline_runtime.plugins import PluginHost
from hookline_runtime.webhook.names import FieldNames, KnownNames, ObjectTypeInfo
from hookline_runtime.webhook.request import (
    MAX_DATA,
    RenderedRequest,
    RenderRefused,
    WebhookRefused,
    WebhookTemplate,
    WebhookText,
    parse_webhook,
)
from hookline_runtime.webhook.url import MAX_RENDERED_URL

HOST = PluginHost.load()
NAMES = FieldNames(
    {
        0: ObjectTypeInfo(
            "Contact",
            (
                FieldInfo("firstname", "First Name", "text"),
                FieldInfo("email", "Email", "email"),
                FieldInfo("age", "Age", "number"),
                FieldInfo("owner", "Owner", "relation", 0),
            ),
        )
    },
    0,
)
FORM = "application/x-www-form-urlencoded"
TEXT = "text/plain; charset=utf-8"
VALUES: Payload = {"id": "7", "firstname": "A&b", "email": "a@b.c", "age": 40, "owner": {"email": "o@b.c"}}


def parse(url: str = "http://h/", method: str = "POST", host: PluginHost = HOST, **others: Any) -> WebhookTemplate:
    return parse_webhook(WebhookText(url, method, **others), NAMES, host)


def flaws(**settings: Any) -> dict[str, str]:
    with pytest.raises(WebhookRefused) as refused:
        parse(**settings)
    found = {flaw.path: flaw.reason for flaw in refused.value.flaws}
    assert len(found) == len(refused.value.flaws)
    return found


def test_renders_everything() -> None:
    template = parse(
        "https://h.example/[Contact ID]?e=[Email]",
        headers=(("X-Owner", "[Owner.Email]"), ("content-type", "application/[First Name|x]")),
        data='{"name": "[First Name]", "age": [Age], "gone": "[email|none]"}',
    )
    assert template.media_type == "application/json"
    assert template.endpoint == ("https", "h.example", 443)
    assert template.names == {
        "contact id": ("id",),
        "email": ("email",),
        "owner.email": ("owner", "email"),
        "first name": ("firstname",),
        "age": ("age",),
    }
    request = template.render(VALUES)
    assert (request.url, request.content_type) == ("https://h.example/7?e=a%40b.c", "application/json")
    assert request.headers == (("X-Owner", "o@b.c"), ("content-type", "application/A&b"))
    assert json.loads(request.body) == {"name": "A&b", "age": 40, "gone": "a@b.c"}
    assert template.body(VALUES) == request.body


@pytest.mark.parametrize(
    "data, content_type, sent_as",
    [
        ("a=[Email]", "", FORM),
        ('{"a": [Age]}', "", "application/json"),
        ("<a>[Email]</a>", "", "application/xml"),
        ("Hello [Email]", "", TEXT),
        ("a=[Email]", "text/plain", TEXT),
        ("a=[Email]", " text/plain\t", TEXT),
        ("a=[Email]", "Text/PLAIN; charset=latin-1", TEXT),
        ("<a>[Email]</a>", "text/xml", "application/xml"),
        ("", "", ""),
        ("", "application/json", ""),
    ],
)
def test_the_content_type_is_written_or_detected(data: str, content_type: str, sent_as: str) -> None:
    template = parse(data=data, content_type=content_type)
    assert template.media_type == sent_as.partition(";")[0]
    request = template.render(VALUES)
    assert request.content_type == sent_as
    assert bool(request.body) == bool(data)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_form_data_go_into_the_query_of_methods_without_a_body(method: str) -> None:
    template = parse("http://h/p?x=[Email]#f", method, data="n=[First Name]&d[k]=é x")
    pairs = [("n", "A&b"), ("d[k]", "é x")]
    request = template.render(VALUES)
    parts = urlsplit(request.url)
    assert template.in_query == (method in ("GET", "DELETE"))
    assert template.media_type == FORM
    assert template.body(VALUES) == request.body
    if template.in_query:
        assert parse_qsl(parts.query) == [("x", "a@b.c"), *pairs]
        assert (request.body, request.content_type) == (b"", "")
    else:
        assert parse_qsl(parts.query) == [("x", "a@b.c")]
        assert parse_qsl(request.body.decode()) == pairs
        assert request.content_type == FORM


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_other_data_go_into_the_body_whatever_the_method(method: str) -> None:
    request = parse(method=method, data='["[Email]"]').render(VALUES)
    assert (request.url, request.body) == ("http://h/", b'["a@b.c"]')


def test_no_data_no_body() -> None:
    assert parse().render(VALUES) == RenderedRequest("http://h/", (), b"", "")


def test_tells_all_flaws_at_once() -> None:
    found = flaws(
        url="http://h/[Emial]",
        method="BREW",
        headers=(("X", "[Frist Name]"), ("Host", "x"), ("x", "[Email"), ("Y", "\r")),
        data='{"a":\n [Aeg]}',
    )
    assert set(found) == {
        "url",
        "method",
        "headers[0].value",
        "headers[1].name",
        "headers[2].name",
        "headers[2].value",
        "headers[3].value",
        "data",
    }
    assert "line 1, column 10" in found["url"]
    assert "[Email]" in found["url"]
    assert "line 2, column" in found["data"]
    assert "[Age]" in found["data"]


@pytest.mark.parametrize(
    "content_type", ["application/pdf", "json", "text/plain\r\nX: 1", "application/json, text/xml"]
)
@pytest.mark.parametrize("data", ["", "x"])
def test_a_content_type_must_be_one_that_webhooks_can_be_written_in(content_type: str, data: str) -> None:
    assert set(flaws(content_type=content_type, data=data)) == {"content_type"}


def test_the_data_are_capped_as_written() -> None:
    assert parse(data="é" * (MAX_DATA // 2)).media_type == "text/plain"
    assert set(flaws(data="é" * (MAX_DATA // 2) + "x")) == {"data"}


@pytest.mark.parametrize(
    "settings, values",
    [
        ({"data": "[Email]" * 9_000}, {"email": "x" * 200}),
        ({"data": "a=[Email]", "method": "GET"}, {"email": "x" * MAX_RENDERED_URL}),
        ({"data": "[Email]"}, {"email": float("nan")}),
        ({"headers": (("X", "[Email]"),)}, {"email": "a\r\nX-Evil: 1"}),
        ({"url": "http://h/[Email]"}, {"email": ".."}),
    ],
)
def test_refuses_values_without_telling_them(settings: dict[str, Any], values: dict[str, str]) -> None:
    with pytest.raises(RenderRefused) as refused:
        parse(**settings).render(values)
    assert "xxx" not in refused.value.reason
    assert "Evil" not in refused.value.reason


def test_a_field_that_was_deleted_renders_as_empty() -> None:
    text = WebhookText("http://h/?e=[Email]&g=[Gone]", "POST", (("X", "[gone|x]"),), "[Gone][Email]", "text/plain")
    template = parse_webhook(text, KnownNames({"email": ("email",)}), HOST)
    assert template.names == {"email": ("email",)}
    assert template.render(VALUES) == RenderedRequest("http://h/?e=a%40b.c&g=", (("X", "x"),), b"a@b.c", TEXT)


def test_what_was_stored_renders_as_what_was_saved() -> None:
    text = WebhookText("http://[First Name].h/[Owner.Email]", "GET", (("X", "[Age]"),), "a=[Email]&b=[Contact ID]")
    saved = parse_webhook(text, NAMES, HOST)
    stored = parse_webhook(text, KnownNames(saved.names), HOST)
    values = {**VALUES, "firstname": "a.b"}
    assert stored.render(values) == saved.render(values)


@given(st.text(st.characters()), st.text(st.characters()))
def test_values_stay_values_everywhere(name: str, email: str) -> None:
    template = parse("http://h/p?a=[Email]", "GET", data="n=[First Name]&e=[Email]&t=1")
    query = urlsplit(template.render({"firstname": name, "email": email}).url).query
    name, email = without_surrogates(name), without_surrogates(email)
    assert parse_qsl(query, keep_blank_values=True) == [("a", email), ("n", name), ("e", email), ("t", "1")]


@dataclass
class Rendered:
    answer: Any
    merges: Any = ()

    def render(self, values: Payload) -> bytes:
        if isinstance(self.answer, BaseException):
            raise self.answer
        result: bytes = self.answer
        return result


@dataclass
class Odd:
    """A plugin's encoder that parses to what a test wants."""

    parsed: Callable[[], Any]
    name: str = "odd"
    media_type: str = "text/odd"
    media_types: frozenset[str] = field(default=frozenset({"text/odd"}))

    def encode(self, payload: Payload) -> bytes:
        return b""

    def detects(self, text: str) -> bool:
        return True

    def parse(self, text: str, names: Names) -> Template:
        template: Template = self.parsed()
        return template


def odd(parsed: Callable[[], Any]) -> PluginHost:
    def register_encoders() -> Sequence[Odd]:
        return [Odd(parsed)]

    return PluginHost({"odd": SimpleNamespace(register_encoders=hookimpl(register_encoders))})


def raising(error: BaseException) -> Callable[[], Any]:
    def parsed() -> Any:
        raise error

    return parsed


@pytest.mark.parametrize(
    "parsed",
    [
        raising(RuntimeError("secret")),
        raising(SystemExit(0)),
        raising(RecursionError()),
        lambda: None,
        lambda: Rendered(b"", None),
        lambda: Rendered(b"", ["a"]),
    ],
)
def test_an_encoder_that_cannot_parse_costs_its_webhook_only(parsed: Callable[[], Any]) -> None:
    found = flaws(host=odd(parsed), data="x")
    assert set(found) == {"data"}
    assert "odd" in found["data"]
    assert "secret" not in found["data"]


@pytest.mark.parametrize(
    "answer",
    [RuntimeError("secret"), SystemExit(0), EncodeError("x" * 5_000, "a"), None, "text", b"x" * (MAX_RENDERED + 1)],
)
def test_an_encoder_that_cannot_render_costs_its_delivery_only(answer: Any) -> None:
    template = parse(host=odd(lambda: Rendered(answer)), data="x")
    with pytest.raises(RenderRefused) as refused:
        template.render({})
    assert "secret" not in refused.value.reason
    assert len(refused.value.reason) <= 300


def test_a_plugins_encoder_serves_webhooks() -> None:
    merge = Merge("email", ("email",))
    template = parse(host=odd(lambda: Rendered(b"\0odd", [merge])), data="x", content_type="text/odd; v=1")
    assert template.names == {"email": ("email",)}
    assert template.render({}) == RenderedRequest("http://h/", (), b"\0odd", "text/odd")


def test_without_an_encoder_there_are_no_data() -> None:
    assert set(flaws(host=PluginHost({}), data="x")) == {"data"}
