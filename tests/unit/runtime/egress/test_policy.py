"""Where requests may go: what the operator opens and closes, and what holds where it says nothing."""

from ipaddress import ip_address

import pytest

from hookline_runtime.egress.endpoint import Endpoint
from hookline_runtime.egress.policy import NOT_HTTPS, NOT_PUBLIC, PUBLIC, Policy, Refused


def test_what_is_closed_by_default() -> None:
    assert PUBLIC.refusal(ip_address("8.8.8.8"), 443) is None
    assert PUBLIC.refusal(ip_address("10.0.0.1"), 443) == Refused("private", NOT_PUBLIC)
    assert PUBLIC.refusal(ip_address("8.8.8.8"), 25) == Refused(
        "a closed port", "must have an open port: 80, 443, 1024 to 65535"
    )


@pytest.mark.parametrize("port", [80, 443, 1024, 65535])
@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_open_ports(address: str, port: int) -> None:
    assert PUBLIC.refusal(ip_address(address), port) is None


@pytest.mark.parametrize("port", [1, 21, 22, 25, 53, 79, 81, 110, 143, 442, 444, 465, 587, 993, 1023])
def test_ports_where_others_listen_are_closed(port: int) -> None:
    closed = PUBLIC.refusal(ip_address("8.8.8.8"), port)
    assert closed is not None
    assert closed.word == "a closed port"


@pytest.mark.parametrize(
    "allow, deny, address, port, word",
    [
        ("", "8.8.8.0/24", "8.8.8.8", 443, "denied"),
        ("", "8.8.8.0/24:443", "8.8.8.8", 443, "denied"),
        ("", "8.8.8.0/24:443", "8.8.8.8", 80, None),
        ("", "8.8.8.0/24", "::ffff:8.8.8.8", 443, "denied"),
        ("10.0.0.0/8", "10.1.0.0/16", "10.0.0.1", 443, None),
        ("10.0.0.0/8", "10.1.0.0/16", "10.1.0.1", 443, "denied"),
        ("10.1.0.1/32", "10.0.0.0/8", "10.1.0.1", 443, "denied"),
        ("", "0.0.0.0/0:8080,[::/0]:8080", "2606:4700::1", 8080, "denied"),
        ("10.0.0.0/8", "", "10.0.0.1", 25, None),
        ("10.0.0.0/8:25", "", "10.0.0.1", 25, None),
        ("10.0.0.0/8:25", "", "10.0.0.1", 443, "private"),
        ("8.8.8.8/32:25", "", "8.8.8.8", 25, None),
        ("8.8.8.8/32:25", "", "8.8.4.4", 25, "a closed port"),
    ],
)
def test_what_is_denied_goes_before_what_is_allowed(
    allow: str, deny: str, address: str, port: int, word: str | None
) -> None:
    found = Policy.of(allow, deny).refusal(ip_address(address), port)
    assert (found and found.word) == word


@pytest.mark.parametrize(
    "policy, scheme, host, port, word",
    [
        (Policy.of(https_only=True), "http", "shop.example", 80, "not https"),
        (Policy.of(https_only=True), "https", "shop.example", 443, None),
        (Policy.of("127.0.0.0/8", https_only=True), "http", "127.0.0.1", 9000, "not https"),
        (PUBLIC, "http", "shop.example", 25, "a closed port"),
        (Policy.of(ports="25"), "http", "shop.example", 25, None),
        (Policy.of(ports="25"), "http", "shop.example", 443, "a closed port"),
        # Where the name leads may be an address on which the operator opened this port.
        (Policy.of("10.0.0.0/8:25"), "http", "shop.example", 25, None),
        (Policy.of("10.0.0.0/8"), "http", "shop.example", 25, None),
        (Policy.of("10.0.0.0/8:26"), "http", "shop.example", 25, "a closed port"),
        (Policy.of(deny="8.8.8.0/24"), "https", "8.8.8.8", 443, "denied"),
        (Policy.of("127.0.0.0/8", "127.0.0.0/8,::1"), "http", "localhost", 9000, "denied"),
    ],
)
def test_what_an_endpoint_shows(policy: Policy, scheme: str, host: str, port: int, word: str | None) -> None:
    found = policy.endpoint_refusal(Endpoint(scheme, host, port))
    assert (found and found.word) == word


def test_what_is_no_secret_is_told() -> None:
    not_https = Policy.of(https_only=True).endpoint_refusal(Endpoint("http", "shop.example", 80))
    assert not_https == Refused("not https", NOT_HTTPS)
