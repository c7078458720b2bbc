"""Which addresses may be sent to: the public ones, and those that the operator opened with ``HOOKLINE_EGRESS_ALLOW``.

The word for a refusal is the operator's to read; a customer is told `NOT_PUBLIC` and no more, since more would tell
what a name leads to inside.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from hookline_runtime.egress.addresses import Address, Network, special_use, unwrapped

NOT_PUBLIC = "must not lead to an address that is not public"
"""What a customer is told of a URL that is refused for its address."""

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

    def opens(self, address: Address, port: int) -> bool:
        """Say whether this rule opens `address` on `port`; an IPv4-mapped address counts as its IPv4 address."""
        address = unwrapped(address)
        return self.port in (None, port) and address.version == self.network.version and address in self.network


def parse_allow(text: str) -> tuple[AllowRule, ...]:
    """Read comma-separated rules such as ``127.0.0.0/8:9000,::1/128,[fd00::/8]:443``.

    Raises ValueError naming the rule that cannot be read.
    """
    return tuple(_rule(part.strip()) for part in text.split(",") if part.strip())


def refusal(address: Address, port: int, allow: Sequence[AllowRule] = ()) -> str | None:
    """Say in a word or two, for the operator, why `address` and `port` may not be sent to; None when they may."""
    word = special_use(address)
    return None if word is None or any(rule.opens(address, port) for rule in allow) else word


def _rule(text: str) -> AllowRule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise ValueError(f"an egress rule is a network with an optional port, such as 127.0.0.0/8:9000, not {text!r}")
    digits = match["port4"] or match["port6"]
    port = None if digits is None else int(digits)
    if port is not None and not 1 <= port <= 65535:
        raise ValueError(f"the port of an egress rule is from 1 to 65535, not as in {text!r}")
    try:
        return AllowRule(ip_network(match["bracketed"] or match["ipv4"] or match["ipv6"]), port)
    except ValueError as error:
        raise ValueError(f"the egress rule {text!r} does not name a network: {error}") from None
