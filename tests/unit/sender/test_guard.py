"""Which addresses the guard lets through."""

from ipaddress import ip_address

import pytest
from hookline_dispatcher.sender.addresses import is_public
from hookline_dispatcher.sender.allow import AllowRule, parse_allow
from hookline_dispatcher.sender.guard import AddressRefused, Guard, NameNotResolved
from hookline_dispatcher.sender.literal import read_literal
from hookline_dispatcher.sender.model import Endpoint

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
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.15",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700:4700::1111",
    "3ffe::1",
    "3fff:1000::1",
]


@pytest.mark.parametrize("text, reason", REFUSED)
def test_not_public(text: str, reason: str) -> None:
    assert not is_public(ip_address(text)), reason
    with pytest.raises(AddressRefused) as refused:
        Guard().check_literal(Endpoint("http", text, 80))
    assert text not in str(refused.value)


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text: str) -> None:
    assert is_public(ip_address(text))
    Guard().check_literal(Endpoint("http", text, 80))


SPELLINGS = [
    "2130706433",
    "0x7f000001",
    "0X7F000001",
    "017700000001",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0177.0.0.01",
    "0x7f.0x0.0x0.0x1",
    "127.0.0.1.",
    "00000000177.1",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_every_spelling_of_loopback(host: str) -> None:
    assert read_literal(host) == ip_address("127.0.0.1")
    with pytest.raises(AddressRefused):
        Guard().check_literal(Endpoint("http", host, 80))
    Guard(parse_allow("127.0.0.0/8")).check_literal(Endpoint("http", host, 80))


@pytest.mark.parametrize("host", ["0", "0x", "0x0", "0.0", "012.1", "0xa9fea9fe", "2852039166", "3232235777"])
async def test_spellings_of_other_addresses(host: str) -> None:
    with pytest.raises(AddressRefused):
        Guard().check_literal(Endpoint("http", host, 80))
    with pytest.raises(AddressRefused):
        await Guard().resolve(Endpoint("http", host, 80))


@pytest.mark.parametrize(
    "host",
    ["1.2.3.4.5", "1.2.3.256", "256.256", "4294967296", "0x1g.1.1.1.1", "08.1.1.1", "x.0x1g.9", "1..1", "9" * 5000],
)
def test_neither_name_nor_address(host: str) -> None:
    with pytest.raises(ValueError):
        read_literal(host)
    with pytest.raises(AddressRefused):
        Guard().check_literal(Endpoint("http", host, 80))


@pytest.mark.parametrize(
    "host", ["shop.example", "a1", "1a", "127.0.0.1.nip.example", "0x7f.example", "xn--bcher-kva.example"]
)
def test_names(host: str) -> None:
    assert read_literal(host) is None
    Guard().check_literal(Endpoint("http", host, 80))


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "localhost.", "a.localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"],
)
def test_names_of_this_machine(host: str) -> None:
    endpoint = Endpoint("http", host, 9000)
    with pytest.raises(AddressRefused):
        Guard().check_literal(endpoint)
    with pytest.raises(AddressRefused):
        Guard(parse_allow("127.0.0.0/8:9001")).check_literal(endpoint)
    Guard(parse_allow("::1/128:9000" if ":" in host else "127.0.0.0/8:9000")).check_literal(endpoint)


ALLOW = [
    ("127.0.0.0/8:9000", "127.0.0.1", 9000, True),
    ("127.0.0.0/8:9000", "127.0.0.1", 9001, False),
    ("127.0.0.0/8:9000", "128.0.0.1", 9000, True),
    ("127.0.0.0/8", "127.9.9.9", 1, True),
    ("127.0.0.1", "127.0.0.1", 1, True),
    ("127.0.0.1", "127.0.0.2", 1, False),
    ("127.0.0.0/8", "::ffff:127.0.0.1", 1, True),
    ("127.0.0.0/8", "::1", 1, False),
    ("::1/128", "::1", 5, True),
    ("[::1/128]:9000", "::1", 9000, True),
    ("[::1/128]:9000", "::1", 9001, False),
    ("[::1]", "::1", 9001, True),
    ("[fd00::/8]:443", "fd12::1", 443, True),
    ("10.0.0.0/8, 192.168.0.0/16:80 ,", "192.168.1.1", 80, True),
    ("10.0.0.0/8,192.168.0.0/16:80", "192.168.1.1", 81, False),
    ("", "127.0.0.1", 80, False),
    ("0.0.0.0/0", "10.0.0.1", 80, True),
]


@pytest.mark.parametrize("rules, address, port, permitted", ALLOW)
def test_rules(rules: str, address: str, port: int, permitted: bool) -> None:
    assert Guard(parse_allow(rules)).permits(ip_address(address), port) is permitted


def test_rules_as_values() -> None:
    assert [rule.port for rule in parse_allow("127.0.0.0/8:9000,::1/128")] == [9000, None]
    assert AllowRule(parse_allow("10.0.0.0/8")[0].network).port is None


@pytest.mark.parametrize(
    "rule",
    [
        "localhost",
        "127.0.0.1/8",
        "127.0.0.0/33",
        "127.0.0.0/8:",
        "127.0.0.0/8:0",
        "127.0.0.0/8:65536",
        "127.0.0.0/8:x",
        "::1/129",
        "[::1/128",
        "::1/128]:80",
        "[127.0.0.0/8",
        "127.0.0.0/8 9000",
        "*",
        "10.0.0.0/8;11.0.0.0/8",
        "/8",
        "[]:80",
    ],
)
def test_bad_rule_is_named(rule: str) -> None:
    with pytest.raises(ValueError, match="egress rule") as refused:
        parse_allow(f"10.0.0.0/8,{rule}")
    assert repr(rule) in str(refused.value)


def resolving(*addresses: str) -> Guard:
    async def resolver(host: str, port: int) -> list[str]:
        return list(addresses)

    return Guard(parse_allow("127.0.0.0/8:9000"), resolver=resolver)


async def test_refused_addresses_of_a_name_are_left_out() -> None:
    found = await resolving("::1", "127.0.0.1", "8.8.8.8", "8.8.8.8").resolve(Endpoint("http", "x.example", 9000))
    assert [str(address) for address in found] == ["127.0.0.1", "8.8.8.8"]


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["10.0.0.1", "::1"], ["fe80::1%eth0"], ["::ffff:10.0.0.1"]])
async def test_name_with_none_left_is_refused(addresses: list[str]) -> None:
    with pytest.raises(AddressRefused) as refused:
        await resolving(*addresses).resolve(Endpoint("http", "x.example", 80))
    assert not any(address in str(refused.value) for address in addresses)


async def test_name_without_addresses() -> None:
    with pytest.raises(NameNotResolved):
        await resolving().resolve(Endpoint("http", "x.example", 80))


async def test_system_resolver_knows_localhost() -> None:
    found = await Guard(parse_allow("127.0.0.0/8,::1/128")).resolve(Endpoint("http", "localhost", 80))
    assert set(map(str, found)) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 70 + ".example", "a..example"])
async def test_system_resolver_finds_nothing(host: str) -> None:
    with pytest.raises(NameNotResolved):
        await Guard().resolve(Endpoint("http", host, 80))
