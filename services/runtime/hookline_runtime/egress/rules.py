"""The operator's rules for egress: networks, each with an optional port, and the ports that are open at all."""

import re
from dataclasses import dataclass
from ipaddress import ip_network

from hookline_runtime.egress.addresses import Address, Network, unwrapped

_RULE = re.compile(
    r"\[(?P<bracketed>[0-9a-fA-F:.]+(?:/\d{1,3})?)\](?::(?P<port6>\d{1,5}))?"
    r"|(?P<ipv4>[0-9.]+(?:/\d{1,2})?)(?::(?P<port4>\d{1,5}))?"
    r"|(?P<ipv6>[0-9a-fA-F:.]+(?:/\d{1,3})?)",
    re.ASCII,
)
_PORTS = re.compile(r"(?P<first>\d{1,5})(?:-(?P<last>\d{1,5}))?", re.ASCII)
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Rule:
    """Names the addresses of `network`; on one port, or on every port where `port` is None."""

    network: Network
    port: int | None = None

    def names(self, address: Address, port: int) -> bool:
        """Say whether this rule names `address` on `port`; an IPv4-mapped address counts as its IPv4 address."""
        address = unwrapped(address)
        return self.port in (None, port) and address.version == self.network.version and address in self.network


@dataclass(frozen=True, slots=True)
class Ports:
    """Ranges of ports, both ends included; `text` is how they were written."""

    text: str
    ranges: tuple[range, ...]

    def __contains__(self, port: int) -> bool:
        """Say whether a port is among them."""
        return any(port in each for each in self.ranges)


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Read comma-separated rules such as ``127.0.0.0/8:9000,::1/128,[fd00::/8]:443``.

    Raises ValueError naming the rule that cannot be read.
    """
    return tuple(_rule(part.strip()) for part in text.split(",") if part.strip())


def parse_ports(text: str) -> Ports:
    """Read comma-separated ports and ranges of ports such as ``80,443,1024-65535``.

    Raises ValueError naming what cannot be read, or saying that there is none.
    """
    ranges = tuple(_ports(part.strip()) for part in text.split(",") if part.strip())
    if not ranges:
        raise ValueError("at least one port has to be open, such as 443")
    return Ports(", ".join(_shown(each) for each in ranges), ranges)


def _rule(text: str) -> Rule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise ValueError(f"an egress rule is a network with an optional port, such as 127.0.0.0/8:9000, not {text!r}")
    digits = match["port4"] or match["port6"]
    port = None if digits is None else int(digits)
    if port is not None and not 1 <= port <= _MAX_PORT:
        raise ValueError(f"the port of an egress rule is from 1 to 65535, not as in {text!r}")
    try:
        network = ip_network(match["bracketed"] or match["ipv4"] or match["ipv6"])
    except ValueError as error:
        raise ValueError(f"the egress rule {text!r} does not name a network: {error}") from None
    if network.version == 6 and network.network_address.ipv4_mapped is not None:
        # Addresses are unwrapped before they are compared: it would name none of them, and close nothing.
        raise ValueError(f"the egress rule {text!r} names IPv4-mapped addresses: write the IPv4 network in its place")
    return Rule(network, port)


def _ports(text: str) -> range:
    match = _PORTS.fullmatch(text)
    first, last = (int(match["first"]), int(match["last"] or match["first"])) if match else (0, 0)
    if not 1 <= first <= last <= _MAX_PORT:
        raise ValueError(f"open ports are numbers from 1 to 65535 or ranges such as 1024-65535, not {text!r}")
    return range(first, last + 1)


def _shown(ports: range) -> str:
    return str(ports[0]) if len(ports) == 1 else f"{ports[0]} to {ports[-1]}"
