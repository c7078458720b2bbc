import pytest

from hookline_registry.urls import url_faults
from hookline_runtime.addresses import parse_allow

GOOD = [
    "https://example.com",
    "HTTPS://EXAMPLE.COM/Path",
    "http://example.com:8080/a?b=c&d=[x]#f",
    "https://example.com.",
    "https://bücher.example/ä",
    "https://a_b.example.com/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]:443/",
    "https://1.example.com/",
    "https://localhost.example.com/",
]
BAD = {
    "": "absolute",
    "example.com": "absolute",
    "//example.com/": "absolute",
    "mailto:me@example.com": "absolute",
    "https:/example.com": "absolute",
    "https://": "host",
    "https://?x": "host",
    "https://:80/": "host",
    "https://me@example.com/": "user info",
    "https://example.com:0/": "port",
    "https://example.com:65536/": "port",
    "https://example.com:x/": "port",
    "https://example.com:٣/": "port",
    "https://example.com:/": "port",
    "https://exa mple.com/": "blanks",
    "https://example.com/\t": "control",
    "https://example.com/\x7f": "control",
    "https://example.com/\u2028": "control",
    "https://example.com\\/": "backslashes",
    "https://exa%6dple.com/": "host name",
    "https://-a.com/": "host name",
    "https://a..com/": "host name",
    "https://" + "a" * 64 + ".com/": "host name",
    "https://" + ".".join(["a" * 60] * 5) + "/": "host name",
    "https://[::1/": "IPv6",
    "https://[fe80::1%eth0]/": "IPv6",
    "https://[1.2.3.4]/": "IPv6",
    "https://[::1]x/": "IPv6",
    "https://256.1.1.1.1/": "IPv4",
    "https://1.2.3.256/": "IPv4",
    "https://" + "ü" * 70 + ".com/": "international",
}
NOT_PUBLIC = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "127.0.0.1.",
    "１２７.0.0.1",
    "127。0。0。1",
    "0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::a00:1]",
    "[2002:7f00:1::]",
    "[fc00::1]",
    "[fe80::1]",
    "[2001:db8::1]",
]
LOCALHOST = ["localhost", "LOCALHOST", "localhost.", "a.b.localhost", "a.localhost."]


@pytest.mark.parametrize("url", GOOD)
def test_good_urls(url: str) -> None:
    assert list(url_faults(url, ())) == []


@pytest.mark.parametrize(("url", "word"), BAD.items())
def test_bad_urls_say_what_is_wrong(url: str, word: str) -> None:
    (reason,) = url_faults(url, ())
    assert word in reason


@pytest.mark.parametrize("host", [*NOT_PUBLIC, *LOCALHOST])
def test_what_is_not_public_is_refused_in_every_spelling(host: str) -> None:
    (reason,) = url_faults(f"http://{host}/x", ())
    assert reason.startswith("must not lead to")


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "a.localhost"])
def test_the_operator_opens_an_address_on_a_port(host: str) -> None:
    allow = parse_allow("127.0.0.0/8:9000")
    assert not list(url_faults(f"http://{host}:9000/", allow))
    assert list(url_faults(f"http://{host}:9001/", allow))
    assert list(url_faults(f"http://{host}/", allow))


def test_a_default_port_counts_as_that_port() -> None:
    allow = parse_allow("127.0.0.1:80,[::1]:443")
    assert not list(url_faults("http://127.0.0.1/", allow))
    assert list(url_faults("https://127.0.0.1/", allow))
    assert not list(url_faults("https://[::1]/", allow))
