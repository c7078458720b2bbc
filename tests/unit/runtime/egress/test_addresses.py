"""Which addresses are public."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_runtime.egress.addresses import special_use, unwrapped

REFUSED = [
    ("0.0.0.0", "this host"),
    ("0.1.2.3", "this network"),
    ("0.255.255.255", "this network, last"),
    ("10.0.0.0", "private, first"),
    ("10.255.255.255", "private, last"),
    ("100.64.0.0", "carrier-grade NAT, first"),
    ("100.127.255.255", "carrier-grade NAT, last"),
    ("100.100.100.200", "a cloud's metadata within carrier-grade NAT"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback, last"),
    ("168.63.129.16", "a cloud's platform service"),
    ("169.254.0.1", "link-local"),
    ("169.254.169.254", "cloud metadata"),
    ("169.254.170.2", "container metadata"),
    ("172.16.0.1", "private, first"),
    ("172.31.255.255", "private, last"),
    ("192.0.0.1", "protocol assignments"),
    ("192.0.0.9", "protocol assignments that count as global"),
    ("192.0.0.170", "NAT64 discovery"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4 relay"),
    ("192.168.0.1", "private"),
    ("192.168.255.255", "private, last"),
    ("198.18.0.1", "benchmarking, first"),
    ("198.19.255.255", "benchmarking, last"),
    ("198.51.100.1", "documentation"),
    ("203.0.113.1", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast, last"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::7f00:1", "IPv4-compatible loopback"),
    ("::ffff:127.0.0.1", "IPv4-mapped loopback"),
    ("::ffff:10.0.0.1", "IPv4-mapped private"),
    ("::ffff:169.254.169.254", "IPv4-mapped metadata"),
    ("::ffff:0:127.0.0.1", "IPv4-translated"),
    ("64:ff9b::7f00:1", "NAT64"),
    ("64:ff9b::808:808", "NAT64 of a public address"),
    ("64:ff9b:1::1", "local NAT64"),
    ("100::1", "discard"),
    ("1fff:ffff::1", "before global unicast"),
    ("2001::1", "Teredo"),
    ("2001:2::1", "benchmarking"),
    ("2001:10::1", "ORCHID"),
    ("2001:1ff:ffff::1", "protocol assignments, last"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::1", "6to4 of loopback"),
    ("2002:808:808::1", "6to4 of a public address"),
    ("3fff::1", "documentation"),
    ("3fff:fff:ffff::1", "documentation, last"),
    ("4000::1", "behind global unicast"),
    ("5f00::1", "segment routing"),
    ("fc00::1", "unique local"),
    ("fd00:ec2::254", "a cloud's metadata"),
    ("fdff:ffff::1", "unique local, last"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local with a zone"),
    ("2606:4700::1%eth0", "a zone"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
]

PUBLIC = [
    ("1.1.1.1", "anybody's"),
    ("8.8.8.8", "anybody's"),
    ("9.255.255.255", "before private"),
    ("11.0.0.0", "behind private"),
    ("100.63.255.255", "before carrier-grade NAT"),
    ("100.128.0.0", "behind carrier-grade NAT"),
    ("126.255.255.255", "before loopback"),
    ("128.0.0.1", "behind loopback"),
    ("168.63.129.15", "beside a cloud's platform service"),
    ("169.253.255.255", "before link-local"),
    ("172.15.255.255", "before private"),
    ("172.32.0.0", "behind private"),
    ("192.0.1.1", "between protocol assignments and documentation"),
    ("192.167.255.255", "before private"),
    ("198.17.255.255", "before benchmarking"),
    ("198.20.0.0", "behind benchmarking"),
    ("223.255.255.255", "before multicast"),
    ("::ffff:8.8.8.8", "mapped, of one that is public"),
    ("2001:200::1", "behind protocol assignments"),
    ("2001:4860:4860::8888", "anybody's"),
    ("2003::1", "behind 6to4"),
    ("2606:4700:4700::1111", "anybody's"),
    ("3ffe::1", "given back by the 6bone, before documentation"),
    ("3fff:1000::1", "behind documentation"),
]


WORDS = {
    "10.0.0.1": "private",
    "::ffff:10.0.0.1": "private",
    "fd00::1": "private",
    "127.0.0.1": "loopback",
    "::1": "loopback",
    "0.0.0.0": "this host",
    "::": "this host",
    "169.254.169.254": "link-local",
    "fe80::1%eth0": "link-local",
    "100.64.0.1": "carrier-grade NAT",
    "64:ff9b::1": "NAT64",
    "ff02::1": "multicast",
    "2606:4700::1%eth0": "of one zone",
    "4000::1": "not global",
}


@pytest.mark.parametrize("text, reason", REFUSED)
def test_not_public(text: str, reason: str) -> None:
    assert special_use(ip_address(text)), reason


@pytest.mark.parametrize("text, reason", PUBLIC)
def test_public(text: str, reason: str) -> None:
    assert special_use(ip_address(text)) is None, reason


@pytest.mark.parametrize("text, word", WORDS.items())
def test_the_operator_reads_what_an_address_is_for(text: str, word: str) -> None:
    assert special_use(ip_address(text)) == word


def test_only_a_mapped_address_is_unwrapped() -> None:
    assert unwrapped(ip_address("::ffff:8.8.8.8")) == ip_address("8.8.8.8")
    assert unwrapped(ip_address("::8.8.8.8")) == ip_address("::8.8.8.8")


# IANA's special-purpose registries of 2025, all that is not "globally reachable" and what leads elsewhere though it is.
IANA = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4"),
    *("::1/128", "::/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23"),
    *("2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
]
NETWORKS = [ip_network(each) for each in IANA]
within = st.sampled_from(NETWORKS).flatmap(
    lambda network: st.integers(int(network[0]), int(network[-1])).map(type(network[0]))
)


@given(within)
def test_what_iana_reserves_is_refused(address: IPv4Address | IPv6Address) -> None:
    assert special_use(address) is not None


@given(st.ip_addresses(v=4))
def test_any_other_ipv4_address_is_public(address: IPv4Address) -> None:
    reserved = any(address.version == each.version and address in each for each in NETWORKS)
    assert (special_use(address) is not None) is (reserved or address == IPv4Address("168.63.129.16"))


@given(st.ip_addresses())
def test_what_python_takes_for_private_is_refused(address: IPv4Address | IPv6Address) -> None:
    assert address.is_global or special_use(address) is not None


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_what_it_maps(address: IPv4Address) -> None:
    assert special_use(IPv6Address(f"::ffff:{address}")) == special_use(address)


@given(st.ip_addresses(v=6))
def test_a_public_ipv6_address_is_one_of_global_unicast(address: IPv6Address) -> None:
    assert special_use(address) is not None or (address.ipv4_mapped or int(address) >> 125 == 1)
