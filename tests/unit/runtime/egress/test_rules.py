"""What the operator opens."""

from ipaddress import ip_address

import pytest

from hookline_runtime.egress.policy import Policy
from hookline_runtime.egress.rules import Rule, parse_ports, parse_rules

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
    ("::1", "::1", 5, True),
    (" 10.0.0.0/8 , ,::1/128 ", "::1", 5, True),
    ("", "127.0.0.1", 80, False),
    ("", "1.1.1.1", 80, True),
    ("10.0.0.0/8", "1.1.1.1", 80, True),
    ("0.0.0.0/0", "10.0.0.1", 80, True),
]


@pytest.mark.parametrize("rules, address, port, permitted", ALLOW)
def test_rules(rules: str, address: str, port: int, permitted: bool) -> None:
    assert (Policy.of(rules).refusal(ip_address(address), port) is None) is permitted


def test_rules_as_values() -> None:
    assert [rule.port for rule in parse_rules("127.0.0.0/8:9000,::1/128")] == [9000, None]
    assert Rule(parse_rules("10.0.0.0/8")[0].network).port is None


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
        "::ffff:127.0.0.1",
        "[::ffff:10.0.0.0/104]:80",
        "::ffff:0:0/96",
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
        parse_rules(f"10.0.0.0/8,{rule}")
    assert repr(rule) in str(refused.value)


@pytest.mark.parametrize(
    "text, shown, inside, outside",
    [
        ("443", "443", [443], [442, 444]),
        ("80,443,1024-65535", "80, 443, 1024 to 65535", [80, 443, 1024, 65535], [1, 79, 1023]),
        (" 8080 , 9000-9001 ,", "8080, 9000 to 9001", [8080, 9000, 9001], [9002]),
        ("1-65535", "1 to 65535", [1, 65535], []),
        ("7-7", "7", [7], [6, 8]),
    ],
)
def test_ports(text: str, shown: str, inside: list[int], outside: list[int]) -> None:
    ports = parse_ports(text)
    assert ports.text == shown
    assert all(port in ports for port in inside)
    assert not any(port in ports for port in outside)


@pytest.mark.parametrize("text", ["0", "65536", "x", "1-", "-1", "9-8", "1-70000", "80;443", "80 443", "１２"])
def test_bad_ports_are_named(text: str) -> None:
    with pytest.raises(ValueError, match="ports") as refused:
        parse_ports(f"443,{text}")
    assert repr(text) in str(refused.value)


@pytest.mark.parametrize("text", ["", " , "])
def test_no_port_at_all_is_a_mistake(text: str) -> None:
    with pytest.raises(ValueError, match="at least one port"):
        parse_ports(text)
