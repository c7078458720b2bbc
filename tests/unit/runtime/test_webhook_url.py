"""URLs with merge fields, read back by the standard library and by the reader of URLs that are sent."""

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_plugin.merging import without_surrogates
from hookline_plugin.template import TemplateError
from hookline_plugin.trigger import FieldInfo
from hookline_runtime.egress.url import MAX_URL, UrlRefused, parse_url
from hookline_runtime.webhook.names import FieldNames, ObjectTypeInfo
from hookline_runtime.webhook.refusals import RenderRefused
from hookline_runtime.webhook.url import MAX_RENDERED_URL, UrlTemplate, parse_rendered, parse_url_template

NAMES = FieldNames(
    {
        0: ObjectTypeInfo(
            "Contact",
            (
                FieldInfo("a", "A", "text"),
                FieldInfo("b", "First Name", "text"),
                FieldInfo("u", "My URL Field", "url"),
                FieldInfo("q", "Why? A/B & C=#1", "text"),
            ),
        )
    },
    0,
)
any_text = st.text(st.characters()) | st.text("./\\%2eE;@:#?&= +\r\n\0a[]|", max_size=8)


def parse(text: str) -> UrlTemplate:
    return parse_url_template(text, NAMES)


@pytest.mark.parametrize(
    "text, values, url",
    [
        (
            "http://[My URL Field].com/page?get=[First Name]",
            {"u": "acme", "b": "A b"},
            "http://acme.com/page?get=A%20b",
        ),
        ("http://h", {}, "http://h/"),
        ("HTTPS://H.EXAMPLE:443?x", {}, "https://h.example/?x"),
        ("http://h:81/[A]/[A]", {"a": "x/y"}, "http://h:81/x%2Fy/x%2Fy"),
        ("http://h/a[A]c?[A]", {"a": "é"}, "http://h/a%C3%A9c?%C3%A9"),
        ("http://h/?[A]=[A]", {"a": "&=#+ "}, "http://h/?%26%3D%23%2B%20=%26%3D%23%2B%20"),
        ("http://h/?x=[A|no one]", {"a": ""}, "http://h/?x=no%20one"),
        ("http://h/?x=[A|/?#&]&y", {}, "http://h/?x=%2F%3F%23%26&y"),
        ("http://h/?x=[A]", {"a": None}, "http://h/?x="),
        ("http://h/?x=[A]", {"a": 1.5}, "http://h/?x=1.5"),
        ("http://h/?x=[A]", {"a": [1, "a"]}, "http://h/?x=%5B1%2C%22a%22%5D"),
        ("http://h/?x=[A]", {"a": "[First Name]{{7*7}}"}, "http://h/?x=%5BFirst%20Name%5D%7B%7B7%2A7%7D%7D"),
        ("http://h/?x=[Why? A/B & C=#1]&y=[A]", {"q": "1", "a": "2"}, "http://h/?x=1&y=2"),
        ("http://h/é?ü={x}", {}, "http://h/%C3%A9?%C3%BC=%7Bx%7D"),
        ("http://h/%zz[A]%", {"a": "%zz"}, "http://h/%25zz%25zz%25"),
        ("[A]/100%?%20%", {"a": "http://h/50%/%41"}, "http://h/50%25/%41/100%25?%20%25"),
        # Brackets that are no merge fields.
        ("http://[::1]:8080/[A]", {"a": "x"}, "http://[::1]:8080/x"),
        ("http://[2001:DB8::1]?[A]", {"a": "x"}, "http://[2001:db8::1]/?x"),
        ("http://h/?data[a]=[A]&data[tags][]=1", {"a": "x"}, "http://h/?data[a]=x&data[tags][]=1"),
        ("http://h/?data[[a]]=[A]", {"a": "x"}, "http://h/?data[a]=x"),
        ("http://h/[[A]]", {"a": "x"}, "http://h/[A]"),
        ("http://h/?data[A]&x=[A]", {"a": "x"}, "http://h/?datax&x=x"),  # no key: nothing follows with a =
        ("http://h/&data[A]=1", {"a": "x"}, "http://h/&datax=1"),  # a path
        # Fragments are dropped, and what stands in them.
        ("http://h/[A]#[A]?x", {"a": "x"}, "http://h/x"),
        ("http://h#[A]", {"a": "x"}, "http://h/"),
        # Hosts.
        ("http://[A].example.com", {"a": "EU.West-1"}, "http://eu.west-1.example.com/"),
        ("http://[A]", {"a": "127.1"}, "http://127.0.0.1/"),  # as any other: for the egress guard to judge
        ("http://[A]:8080/x", {"a": "münchen.example"}, "http://xn--mnchen-3ya.example:8080/x"),
        ("http://[A].example", {"a": "हिन्दी"}, "http://xn--j2bd4cyah0f.example/"),
        ("http://[A|example.com]/", {}, "http://example.com/"),
        # A whole URL.
        ("[My URL Field]", {"u": "https://h.example/p?q=1#f"}, "https://h.example/p?q=1"),
        ("[My URL Field|http://h/x]", {}, "http://h/x"),
        ("[My URL Field]/x/[A]", {"u": "http://h", "a": "1"}, "http://h/x/1"),
        ("[My URL Field]/x", {"u": "http://h/b/#f"}, "http://h/b/x"),
        ("[My URL Field]?x=[A]", {"u": "http://h/p", "a": "1"}, "http://h/p?x=1"),
        ("[My URL Field]?x=[A]", {"u": "http://h/p?q=1", "a": "1"}, "http://h/p?q=1&x=1"),
        # What the author wrote is the author's.
        ("http://h/../[A]/./x", {"a": "x"}, "http://h/../x/./x"),
        ("http://h/[A]", {"a": "..."}, "http://h/..."),
        ("http://h/[A][A]/v[A]", {"a": "a.b"}, "http://h/a.ba.b/va.b"),
        ("http://h/?x=[A]", {"a": "../.."}, "http://h/?x=..%2F.."),
        ("http://h/[A]/x", {"a": ""}, "http://h//x"),
    ],
)
def test_renders(text: str, values: dict[str, str], url: str) -> None:
    assert parse(text).render(values) == url
    assert parse_rendered(url) == parse_url(url)


@pytest.mark.parametrize(
    "text, values",
    [
        *(
            ("http://[A].example.com/", {"a": bad})
            for bad in "@:/?#%_\\ \t\r\n\0[]&;\x7f\x85\xa0\xad\u200b\u2028。／：＠"
        ),
        *(
            ("http://[A].example.com/", {"a": bad})
            for bad in ("", "a..b", ".a", "a" * 64, "a." * 200, "a" * 10_000_000)
        ),
        ("http://[A].example.com/", {"a": "evil.example/"}),
        ("http://[A].example.com/", {"a": "evil.example#"}),
        ("http://[A].example.com/", {"a": "user@evil"}),
        ("http://[A]/", {"a": "::1"}),
        ("http://[A]/", {"a": "[::1]"}),
        ("http://[A]/", {"a": "h:81"}),
        ("http://[A]/", {"a": "1.2.3.4.5"}),
        ("http://[A]/", {"a": "a\u2100b"}),
        ("http://[A]/", {"a": "a\u3002b"}),  # which a reader of international names takes for a dot
        ("http://[A]/", {"a": "\ud800"}),
        ("http://h/[A]/x", {"a": ".."}),
        ("http://h/[A]/x", {"a": "."}),
        ("http://h/[A][A]/x", {"a": "."}),
        ("http://h/.[A]", {"a": "."}),
        ("http://h/%2e[A]", {"a": "."}),
        ("http://h/%2E[A]?x", {"a": "."}),
        ("http://h/[A];v=1", {"a": ".."}),
        ("http://h/[A]", {"a": "..;x"}),
        ("http://h/[A]", {"a": "../../etc/passwd"}),
        ("http://h/[A]", {"a": "a/../b"}),
        ("http://h/[A]", {"a": "..\\x"}),
        ("http://h/[A]", {"a": "..\0"}),
        ("http://h/[A]", {"a": " .. "}),
        ("http://h/x-[A]", {"a": "/.."}),
        ("http://h/[A]", {"a": float("nan")}),
        ("http://h/[A]", {"a": "x" * (MAX_RENDERED_URL + 1)}),
        ("http://h/[A]", {"a": "é" * 2_000}),
        ("http://h/" + "[A]" * 600, {"a": "x" * 1_000}),
        ("[My URL Field]", {}),
        ("[My URL Field]", {"u": "h.example"}),
        ("[My URL Field]", {"u": "ftp://h"}),
        ("[My URL Field]", {"u": "javascript:alert(1)"}),
        ("[My URL Field]", {"u": " http://h"}),
        ("[My URL Field]", {"u": "http://u:p@h/"}),
        ("[My URL Field]", {"u": "http://h\r\nX: 1"}),
        ("[My URL Field]", {"u": "http://h/" + "x" * MAX_URL}),
        ("[My URL Field]/x", {"u": "http://h/?x=1"}),
        ("[My URL Field]/[A]", {"u": "http://h", "a": ".."}),
    ],
)
def test_refuses_values_that_would_lead_elsewhere(text: str, values: dict[str, str]) -> None:
    template = parse(text)
    with pytest.raises(RenderRefused) as refused:
        template.render(values)
    shown = str(values.get("a", values.get("u", "")))
    assert len(shown) < 3 or shown not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "text, fault",
    [
        ("", "absolute"),
        ("example.com/[A]", "absolute"),
        ("ftp://h/[A]", "absolute"),
        ("http:[A]", "absolute"),
        ("http:/[A]", "absolute"),
        ("ht[A]p://h", "absolute"),
        ("/[A]", "absolute"),
        ("[A]://h/", "whole URL"),
        ("[A].example.com", "whole URL"),
        ("[A]@h", "whole URL"),
        ("[A|example.com]", "absolute"),
        ("[A|http://u@h]/x", "user info"),
        ("[A][A]", "whole URL"),
        ("http://", "host"),
        ("http:///[A]", "host"),
        ("http://h:[A]/", "user info or port"),
        ("http://[A]:[A]/", "user info or port"),
        ("http://[A]:8[A]/", "user info or port"),
        ("http://[A]:99999/", "port"),
        ("http://[::1][A]/", "IPv6"),
        ("http://[::1]:[A]/", "IPv6"),
        ("http://[::x]/", "IPv6"),
        ("http://[Host: A]/", "blanks"),
        ("http://[[A]]/", "IPv6"),
        ("http://[A]@h/", "user info"),
        ("http://u:[A]@h/", "user info"),
        ("http://u@[A]/", "user info"),
        ("http://[A]_.-$/", "host name"),
        ("http://[A|x y]/", "defaults"),
        ("http://x[A|@h]/", "defaults"),
        ("http://h/%[A]", "hexadecimal"),
        ("http://h/%2[A]", "hexadecimal"),
        ("http://h/?x=%4[A]", "hexadecimal"),
        ("http://h/ [A]", "blanks"),
        ("http://h/?user[First Name]=1", "blanks"),
        ("http://h/\n[A]", "control"),
        ("http://h/\\[A]", "backslashes"),
        ("http://h/\ud800[A]", "control"),
        ("http://h/" + "x" * MAX_URL, "longer"),
    ],
)
def test_refuses_what_can_never_be_a_url(text: str, fault: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        parse(text)
    assert fault in refused.value.fault


@pytest.mark.parametrize(
    "text, column",
    [("http://h/[Frist Name]", 10), ("http://[::1]/[X]", 14), ("http://h/?d[a]=[A]&e=[X]", 22), ("http://h/[A", 10)],
)
def test_says_where_a_merge_field_is_wrong(text: str, column: int) -> None:
    with pytest.raises(TemplateError) as refused:
        parse(text)
    assert (refused.value.line, refused.value.column) == (1, column)


@pytest.mark.parametrize(
    "text, endpoint",
    [
        ("http://H.example./[A]", ("http", "h.example", 80)),
        ("https://h", ("https", "h", 443)),
        ("https://h:81?[A]", ("https", "h", 81)),
        ("https://[::1]/[A]", ("https", "::1", 443)),
        ("https://2130706433/", ("https", "127.0.0.1", 443)),
        ("https://bücher.example/", ("https", "xn--bcher-kva.example", 443)),
        ("https://[A]/", ("https", "a", 443)),
        ("http://[A].h:81/", ("http", "a", 81)),
        ("https://localhost.[A]", ("https", "a", 443)),
        ("[A]", None),
        ("[A|http://h/]", None),
    ],
)
def test_tells_where_it_leads_but_for_what_is_merged(text: str, endpoint: tuple[str, str, int] | None) -> None:
    assert parse(text).endpoint == endpoint


def test_a_url_as_long_as_may_be_written() -> None:
    text = "http://h/[A]?x="
    text += "x" * (MAX_URL - len(text))
    assert parse(text).render({"a": "1"}) == text.replace("[A]", "1")
    assert len(parse("http://h?" + "x" * (MAX_URL - 9)).render({})) == MAX_URL + 1


@pytest.mark.parametrize(
    "text, url",
    [
        ("http://h", "http://h/?q=1"),
        ("http://h/p", "http://h/p?q=1"),
        ("http://h/p?", "http://h/p?q=1"),
        ("http://h/p?a=b", "http://h/p?a=b&q=1"),
        ("http://h/p?a=b&", "http://h/p?a=b&q=1"),
        ("http://h/p&", "http://h/p&?q=1"),
        ("http://h/p?a#f", "http://h/p?a&q=1"),
        ("[My URL Field]", "http://w/?u=v&q=1"),
    ],
)
def test_adds_a_query_behind_its_own(text: str, url: str) -> None:
    assert parse(text).render({"u": "http://w?u=v"}, "q=1") == url


@settings(max_examples=300)
@given(a=any_text, b=any_text)
def test_values_add_no_segment_and_no_parameter(a: str, b: str) -> None:
    template = parse("https://hooks.example.com:8443/x/[A]/v-[First Name].json?q=[A]&r=[First Name]&s=1")
    values = {"a": a, "b": b}
    a, b = without_surrogates(a), without_surrogates(b)
    try:
        url = template.render(values)
    except RenderRefused:
        assert "." in a + b
        return
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "hooks.example.com:8443", "")
    assert [unquote(segment) for segment in parts.path.split("/")] == ["", "x", a, f"v-{b}.json"]
    assert parse_qsl(parts.query, keep_blank_values=True) == [("q", a), ("r", b), ("s", "1")]
    assert len(url) > MAX_URL or parse_rendered(url) == parse_url(url)


@settings(max_examples=300)
@given(host=any_text | st.from_regex(r"[a-z0-9.\-ßé]{1,9}", fullmatch=True))
def test_a_value_in_the_host_stays_in_it(host: str) -> None:
    template = parse("http://[A].example.com:81/p?q=[A]")
    try:
        url = template.render({"a": host})
    except RenderRefused:
        return
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.hostname.endswith(".example.com")
    assert (parts.username, parts.port, parts.path) == (None, 81, "/p")
    assert parse_qsl(parts.query) == [("q", host)]


@settings(max_examples=300)
@given(
    text=st.text("ahtp:/?#&=[]|@%. 1é\n\0;\\", max_size=30) | st.characters().map(lambda c: f"http://h{c}[A]/{c}[A]")
)
def test_whatever_is_written_is_parsed_or_refused(text: str) -> None:
    for candidate in (text, f"http://{text}", f"http://h/{text}"):
        try:
            template = parse(candidate)
        except (TemplateError, UrlRefused):
            continue
        try:
            url = template.render({"a": "v", "b": "w", "u": "http://x"})
        except RenderRefused:
            continue
        assert parse_rendered(url) == parse_url(url)
