"""What the operator opens."""

from ipaddress import ip_address

import pytest

from hookline_runtime.egress.allow import AllowRule, parse_allow, refusal

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
    assert (refusal(ip_address(address), port, parse_allow(rules)) is None) is permitted


def test_a_refusal_is_a_word_for_the_operator() -> None:
    assert refusal(ip_address("10.0.0.1"), 80, parse_allow("127.0.0.0/8")) == "private"


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
