"""Rules that open addresses to the sender which are not public: ``HOOKLINE_EGRESS_ALLOW``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from hookline_dispatcher.sender.addresses import Address, Network, unwrapped

_RULE = re.compile(
    r"\[(?P<bracketed>[0-9a-fA-F:.]+(?:/\d{1,3})?)\](?::(?P<port6>\d{1,5}))?"
    r"|(?P<ipv4>[0-9.]+(?:/\d{1,2})?)(?::(?P<port4>\d{1,5}))?"
    r"|(?P<ipv6>[0-9a-fA-F:.]+(?:/\d{1,3})?)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class AllowRule:
    """Opens `network`; on one port, or on every port where `port` is None."""

    network: Network
    port: int | None = None

    def allows(self, address: Address, port: int) -> bool:
        """Say whether this rule opens `address` on `port`; an IPv4-mapped address counts as its IPv4 address."""
        address = unwrapped(address)
        return (
            address.version == self.network.version
            and address in self.network
            and (self.port is None or self.port == port)
        )


def parse_allow(text: str) -> Sequence[AllowRule]:
    """Read comma-separated rules such as ``127.0.0.0/8:9000,::1/128,[fd00::/8]:443``.

    Raises ValueError naming the rule that cannot be read.
    """
    return tuple(_rule(part.strip()) for part in text.split(",") if part.strip())


def _rule(text: str) -> AllowRule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise ValueError(f"not an egress rule (CIDR, then maybe a port): {text!r}")
    digits = match["port4"] or match["port6"]
    port = None if digits is None else int(digits)
    if port is not None and not 1 <= port <= 65535:
        raise ValueError(f"the port of an egress rule is from 1 to 65535: {text!r}")
    try:
        return AllowRule(ip_network(match["bracketed"] or match["ipv4"] or match["ipv6"]), port)
    except ValueError as error:
        raise ValueError(f"not a network, in the egress rule {text!r}: {error}") from None
