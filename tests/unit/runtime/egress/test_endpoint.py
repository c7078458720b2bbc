"""What an endpoint shows of itself, before anything is resolved."""

import pytest

from hookline_runtime.egress.endpoint import Endpoint, is_local_name
from hookline_runtime.egress.policy import Policy

LOCAL = ["localhost", "LOCALHOST", "localhost.", "a.b.localhost", "localhost.localdomain", "ip6-localhost"]


def word(host: str, port: int, rules: str = "") -> str | None:
    refused = Policy.of(rules).endpoint_refusal(Endpoint("http", host, port))
    return refused and refused.word


@pytest.mark.parametrize("host", LOCAL)
def test_a_local_name_is_open_when_a_loopback_address_is(host: str) -> None:
    assert is_local_name(host)
    assert word(host, 9000) == "loopback"
    assert word(host, 9000, "127.0.0.0/8:9001,10.0.0.0/8") == "loopback"
    assert word(host, 9000, "127.0.0.0/8:9000") is None
    assert word(host, 9000, "::1/128") is None


@pytest.mark.parametrize("host", ["localhost.example", "notlocalhost", "127.0.0.1", ""])
def test_other_hosts_are_no_local_names(host: str) -> None:
    assert not is_local_name(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "2130706433", "::1", "::ffff:7f00:1", "127.0.0.1."])
def test_a_literal_is_judged_in_any_spelling(host: str) -> None:
    assert word(host, 9000) == "loopback"
    assert word(host, 9000, "[::1/128]:9000,127.0.0.0/8:9000") is None
    assert word(host, 9001, "[::1/128]:9000,127.0.0.0/8:9000") == "loopback"


@pytest.mark.parametrize("host", ["shop.example", "a1", "1a", "127.0.0.1.nip.example", "xn--bcher-kva.example"])
def test_a_name_does_not_tell(host: str) -> None:
    assert word(host, 80) is None


@pytest.mark.parametrize("host", ["1.2.3.4.5", "x.1", "1..1", "fe80::x"])
def test_what_is_neither_name_nor_address_is_refused(host: str) -> None:
    assert word(host, 80, "0.0.0.0/0,::/0") == "neither a name nor an address"
