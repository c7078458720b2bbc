"""Which addresses `up` opens to deliveries."""

from ipaddress import ip_address

import pytest

from hookline_cli.address import Address
from hookline_cli.up.egress import ALLOW, BIN, rule_for, with_bins
from hookline_runtime.egress.rules import parse_rules


@pytest.mark.parametrize(
    ("host", "rule"),
    [
        ("127.0.0.1", "127.0.0.1/32:7700"),
        ("0.0.0.0", "127.0.0.1/32:7700"),
        ("", "127.0.0.1/32:7700"),
        ("10.1.2.3", "10.1.2.3/32:7700"),
        ("::1", "[::1/128]:7700"),
        ("::", "[::1/128]:7700"),
        ("fe80::1%1", "[fe80::1/128]:7700"),
        ("no such host", ""),
    ],
)
def test_exactly_where_the_gateway_is(host: str, rule: str) -> None:
    assert rule_for(Address(host, 7700)) == rule
    for each in parse_rules(rule):
        assert each.network.num_addresses == 1
        assert each.port == 7700


def test_a_name_is_what_it_leads_to() -> None:
    (rule,) = parse_rules(rule_for(Address("localhost", 80)))
    assert ip_address(str(rule.network.network_address)).is_loopback


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({}, {BIN: "true", ALLOW: "127.0.0.1/32:1"}),
        ({BIN: "Yes", ALLOW: " 10.0.0.0/8 "}, {BIN: "Yes", ALLOW: "10.0.0.0/8,127.0.0.1/32:1"}),
        ({BIN: "false", ALLOW: "10.0.0.0/8"}, {BIN: "false", ALLOW: "10.0.0.0/8"}),
        ({BIN: "perhaps"}, {BIN: "perhaps"}),
        ({BIN: "0"}, {BIN: "0"}),
    ],
)
def test_bins_are_on_unless_the_environment_says_otherwise(given: dict[str, str], made: dict[str, str]) -> None:
    assert with_bins({"PATH": "p", **given}, Address("127.0.0.1", 1)) == {"PATH": "p", **made}
