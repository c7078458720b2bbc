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
    # (URL, what its fault names)
    ("", "absolute"),
    ("shop.example", "absolute"),
    ("/hook", "absolute"),
    ("//shop.example/", "absolute"),
    ("http:/shop.example", "absolute"),
    ("http:shop.example", "absolute"),
    ("http://", "a host"),
    ("http:///hook", "a host"),
    ("http://?x", "a host"),
    ("http://:80/", "a host"),
    ("ftp://shop.example/", "http or https"),
    ("file:///etc/passwd", "http or https"),
    ("gopher://shop.example/", "http or https"),
    ("javascript:alert(1)", "http or https"),
    ("ws://shop.example/", "http or https"),
    ("http\u017f://shop.example/", "http or https"),
    ("http://user@shop.example/", "user info"),
    ("http://user:password@shop.example/", "user info"),
    ("http://@shop.example/", "user info"),
    ("http://shop.example@127.0.0.1/", "user info"),
    ("http://shop.example:80@127.0.0.1/", "user info"),
    (" http://shop.example/", "blanks"),
    ("http://shop.example/ ", "blanks"),
    ("http://shop.example/a b", "blanks"),
    ("http://shop .example/", "blanks"),
    ("http://shop.example/\r\nX: y", "control"),
    ("http://shop.example/\n", "control"),
    ("http://shop.example/\t", "control"),
    ("http://shop.example/\0", "control"),
    ("http://shop.example/\x7f", "control"),
    ("http://shop.example/\u0085", "control"),
    ("http://shop.example/\u00a0", "blanks"),
    ("http://shop.example/\u2028", "blanks"),
    ("http://shop.example/\u200b", "invisible"),
    ("http://shop.example/\u202e", "invisible"),
    ("http://shop.example/\ufeff", "invisible"),
    ("http://shop.example/\u00ad", "invisible"),
    ("http://shop.example/\U000e0041", "invisible"),
    ("http://shop.example\\@127.0.0.1/", "backslashes"),
    ("http://shop.example/a\\b", "backslashes"),
    ("http://shop.example:0/", "port"),
    ("http://shop.example:65536/", "port"),
    ("http://shop.example:99999999/", "port"),
    ("http://shop.example:-1/", "port"),
    ("http://shop.example:+1/", "port"),
    ("http://shop.example:8o/", "port"),
    ("http://shop.example:٨٠/", "port"),
    ("http://shop.example:80:80/", "port"),
    ("http://shop..example/", "host name"),
    ("http://.shop.example/", "host name"),
    ("http://shop.example../", "host name"),
    ("http://-shop.example/", "host name"),
    ("http://shop-.example/", "host name"),
    ("http://sh%6fp.example/", "host name"),
    ("http://127%2e0.0.1/", "host name"),
    ("http://shop,example/", "host name"),
    ("http://shop!example/", "host name"),
    ("http://" + "a" * 64 + ".example/", "host name"),
    ("http://" + "a." * 127 + "example/", "host name"),
    ("http://[::1/", "IPv6 between"),
    ("http://::1/", "a host"),
    ("http://[]/", "valid IPv6"),
    ("http://[1.2.3.4]/", "valid IPv6"),
    ("http://[fe80::1%25eth0]/", "valid IPv6"),
    ("http://[fe80::1%eth0]/", "valid IPv6"),
    ("http://[v1.a]/", "valid IPv6"),
    ("http://[::1]x/", "IPv6 between"),
    ("http://1.2.3.4.5/", "valid IPv4"),
    ("http://1.2.3.256/", "valid IPv4"),
    ("http://256.1/", "valid IPv4"),
    ("http://4294967296/", "valid IPv4"),
    ("http://0x1ffffffff/", "valid IPv4"),
    ("http://09.1.1.1/", "valid IPv4"),
    ("http://shop.example.1/", "valid IPv4"),
    ("http://exa℀mple.example/", "international"),
    ("http://\u00ad/", "invisible"),
    ("http://shop.example/\ud800", "invisible"),
    ("http://shop.example/" + "a" * (MAX_URL - 19), "no longer"),
    ("mailto:me@shop.example", "http or https"),
    ("http://shop.example:x/", "port"),
    ("http://" + "ü" * 70 + ".example/", "international"),
    ("http://shop.example/" + "a" * MAX_URL, "no longer"),
]


@pytest.mark.parametrize("url, word", BAD)
def test_refused(url: str, word: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        parse_url(url)
    assert refused.value.fault.startswith("must ")
    assert word in refused.value.fault
    assert str(refused.value) == f"the URL {refused.value.fault}"


def test_the_longest_is_taken() -> None:
    assert parse_url("http://shop.example/" + "a" * (MAX_URL - 20)).target == b"/" + b"a" * (MAX_URL - 20)


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
