"""What of the egress rules a customer is told when a subscription is saved."""

import pytest

from hookline_runtime.egress.policy import NOT_PUBLIC, PUBLIC, Policy
from hookline_runtime.egress.written import url_faults

CLOSED = [
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


@pytest.mark.parametrize("url", ["https://example.com", "https://bücher.example/ä", "https://8.8.8.8:8443/?a=[x]#f"])
def test_good_urls(url: str) -> None:
    assert list(url_faults(url, PUBLIC)) == []


@pytest.mark.parametrize("url", ["", "example.com", "https://me@example.com/", "https://a..com/", "https://1.2.3.256/"])
def test_a_bad_url_has_one_fault(url: str) -> None:
    (reason,) = url_faults(url, PUBLIC)
    assert reason.startswith("must ")
    assert reason != NOT_PUBLIC


@pytest.mark.parametrize("host", [*CLOSED, *LOCALHOST])
def test_what_is_not_public_is_refused_in_every_spelling(host: str) -> None:
    (reason,) = url_faults(f"http://{host}/x", PUBLIC)
    assert reason == NOT_PUBLIC


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "a.localhost"])
def test_the_operator_opens_an_address_on_a_port(host: str) -> None:
    allow = Policy.of("127.0.0.0/8:9000")
    assert not list(url_faults(f"http://{host}:9000/", allow))
    assert list(url_faults(f"http://{host}:9001/", allow))
    assert list(url_faults(f"http://{host}/", allow))


def test_a_default_port_counts_as_that_port() -> None:
    allow = Policy.of("127.0.0.1:80,[::1]:443")
    assert not list(url_faults("http://127.0.0.1/", allow))
    assert list(url_faults("https://127.0.0.1/", allow))
    assert not list(url_faults("https://[::1]/", allow))
