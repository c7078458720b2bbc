"""Which URLs are taken and how they are read."""

from ipaddress import IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_runtime.egress.endpoint import Endpoint
from hookline_runtime.egress.literal import read_literal
from hookline_runtime.egress.url import MAX_URL, ParsedUrl, UrlRefused, parse_url

GOOD = [
    ("http://shop.example", "http", "shop.example", 80, b"/"),
    ("https://shop.example/", "https", "shop.example", 443, b"/"),
    ("HTTPS://Shop.EXAMPLE/Path", "https", "shop.example", 443, b"/Path"),
    ("https://shop.example:8443/a?b=c#d", "https", "shop.example", 8443, b"/a?b=c"),
    ("https://shop.example?b=c", "https", "shop.example", 443, b"/?b=c"),
    ("https://shop.example#d", "https", "shop.example", 443, b"/"),
    ("https://shop.example:/", "https", "shop.example", 443, b"/"),
    ("https://shop.example:00080/", "https", "shop.example", 80, b"/"),
    ("https://shop.example./x", "https", "shop.example", 443, b"/x"),
    ("https://my_hook.shop.example/", "https", "my_hook.shop.example", 443, b"/"),
    ("https://localhost:9000/", "https", "localhost", 9000, b"/"),
    ("http://192.0.2.7/x", "http", "192.0.2.7", 80, b"/x"),
    ("http://[2606:4700:0:0::1]:81/x", "http", "2606:4700::1", 81, b"/x"),
    ("http://[::ffff:10.0.0.1]/", "http", str(IPv6Address("::ffff:10.0.0.1")), 80, b"/"),
    ("https://bücher.example/ä?ö=ü", "https", "xn--bcher-kva.example", 443, b"/%C3%A4?%C3%B6=%C3%BC"),
    ("https://BÜCHER.example/", "https", "xn--bcher-kva.example", 443, b"/"),
    ("https://xn--bcher-kva.example/", "https", "xn--bcher-kva.example", 443, b"/"),
    ("https://例え。テスト/", "https", "xn--r8jz45g.xn--zckzah", 443, b"/"),
    ("https://shop.example/%20%zz%2F", "https", "shop.example", 443, b"/%20%25zz%2F"),
    (
        "https://shop.example/%?q=100%&a=%4&b=%%41&c=%25",
        "https",
        "shop.example",
        443,
        b"/%25?q=100%25&a=%254&b=%25%41&c=%25",
    ),
    ('https://shop.example/"<>{}|^`', "https", "shop.example", 443, b"/%22%3C%3E%7B%7D%7C%5E%60"),
    ("https://shop.example/a[]=1;b,c:d@e!$&'()*+~", "https", "shop.example", 443, b"/a[]=1;b,c:d@e!$&'()*+~"),
    ("https://shop.example/?u=http://x@y/", "https", "shop.example", 443, b"/?u=http://x@y/"),
    ("https://shop.example/../a/./b//c", "https", "shop.example", 443, b"/../a/./b//c"),
]


@pytest.mark.parametrize("url, scheme, host, port, target", GOOD)
def test_taken(url: str, scheme: str, host: str, port: int, target: bytes) -> None:
    assert parse_url(url) == ParsedUrl(Endpoint(scheme, host, port), target)


BAD = [
    "",
    "shop.example",
    "/hook",
    "//shop.example/",
    "http:/shop.example",
    "http:shop.example",
    "http://",
    "http:///hook",
    "http://?x",
    "http://:80/",
    "ftp://shop.example/",
    "file:///etc/passwd",
    "gopher://shop.example/",
    "javascript:alert(1)",
    "ws://shop.example/",
    "http\u017f://shop.example/",
    "http://user@shop.example/",
    "http://user:password@shop.example/",
    "http://@shop.example/",
    "http://shop.example@127.0.0.1/",
    "http://shop.example:80@127.0.0.1/",
    " http://shop.example/",
    "http://shop.example/ ",
    "http://shop.example/a b",
    "http://shop .example/",
    "http://shop.example/\r\nX: y",
    "http://shop.example/\n",
    "http://shop.example/\t",
    "http://shop.example/\0",
    "http://shop.example/\x7f",
    "http://shop.example/\u0085",
    "http://shop.example/\u00a0",
    "http://shop.example/\u2028",
    "http://shop.example/\u200b",
    "http://shop.example/\u202e",
    "http://shop.example/\ufeff",
    "http://shop.example/\u00ad",
    "http://shop.example/\U000e0041",
    "http://shop.example\\@127.0.0.1/",
    "http://shop.example/a\\b",
    "http://shop.example:0/",
    "http://shop.example:65536/",
    "http://shop.example:99999999/",
    "http://shop.example:-1/",
    "http://shop.example:+1/",
    "http://shop.example:8o/",
    "http://shop.example:٨٠/",
    "http://shop.example:80:80/",
    "http://shop..example/",
    "http://.shop.example/",
    "http://shop.example../",
    "http://-shop.example/",
    "http://shop-.example/",
    "http://sh%6fp.example/",
    "http://127%2e0.0.1/",
    "http://shop,example/",
    "http://shop!example/",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 127 + "example/",
    "http://[::1/",
    "http://::1/",
    "http://[]/",
    "http://[1.2.3.4]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[v1.a]/",
    "http://[::1]x/",
    "http://1.2.3.4.5/",
    "http://1.2.3.256/",
    "http://256.1/",
    "http://4294967296/",
    "http://0x1ffffffff/",
    "http://09.1.1.1/",
    "http://shop.example.1/",
    "http://exa℀mple.example/",
    "http://\u00ad/",
    "http://shop.example/\ud800",
    "http://shop.example/" + "a" * (MAX_URL - 19),
]


@pytest.mark.parametrize("url", BAD)
def test_refused(url: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        parse_url(url)
    assert refused.value.fault.startswith("must ")
    assert str(refused.value) == f"the URL {refused.value.fault}"


def test_the_longest_is_taken() -> None:
    assert parse_url("http://shop.example/" + "a" * (MAX_URL - 20)).target == b"/" + b"a" * (MAX_URL - 20)


@pytest.mark.parametrize(
    "url, word",
    [
        ("", "absolute"),
        ("mailto:me@shop.example", "absolute"),
        ("ftp://shop.example/", "http or https"),
        ("http://", "a host"),
        ("http://:80/", "a host"),
        ("http://me@shop.example/", "user info"),
        ("http://shop.example:x/", "port"),
        ("http://shop .example/", "blanks"),
        ("http://shop.example/\x7f", "control"),
        ("http://shop.example\\/", "backslashes"),
        ("http://a..example/", "host name"),
        ("http://[::1/", "IPv6"),
        ("http://[fe80::1%eth0]/", "IPv6"),
        ("http://1.2.3.256/", "IPv4"),
        ("http://" + "ü" * 70 + ".example/", "international"),
        ("http://shop.example/" + "a" * MAX_URL, "longer"),
    ],
)
def test_the_fault_is_named(url: str, word: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        parse_url(url)
    assert word in refused.value.fault


@given(st.text(max_size=40).map(lambda rest: "http://" + rest) | st.text(max_size=40))
@settings(max_examples=200)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parsed = parse_url(text)
    except UrlRefused:
        return
    host = parsed.endpoint.host
    assert parsed.target.startswith(b"/")
    literal = read_literal(host)  # a later reader reads the host as this one did
    assert host == (host.lower() if literal is None else str(literal))


@pytest.mark.parametrize(
    "url, host",
    [
        ("http://127.1/", "127.0.0.1"),
        ("http://0x7f000001/", "127.0.0.1"),
        ("http://１２７.0.0.1/", "127.0.0.1"),
        ("http://127。0。0。1/", "127.0.0.1"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://010.1/", "8.0.0.1"),
        ("http://127.0.0.1./", "127.0.0.1"),
    ],
)
def test_spellings_of_addresses_become_one(url: str, host: str) -> None:
    assert parse_url(url).endpoint.host == host
