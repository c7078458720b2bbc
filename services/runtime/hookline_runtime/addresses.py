"""Which network addresses may be sent to: public ones, and those that the operator opened. Pure.

A verdict is about one address and port. Names are resolved elsewhere, and each address is judged again there.
What is public is written out rather than asked of `ipaddress.is_global`, whose answer differs between Python
versions. Sources: the IANA special-purpose address registries for IPv4 and IPv6.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_IPV4_DENIED = {
    IPv4Network("0.0.0.0/8"): "this host",
    IPv4Network("10.0.0.0/8"): "private",
    IPv4Network("100.64.0.0/10"): "carrier-grade NAT",
    IPv4Network("127.0.0.0/8"): "loopback",
    IPv4Network("168.63.129.16/32"): "a cloud's platform service",
    IPv4Network("169.254.0.0/16"): "link-local",
    IPv4Network("172.16.0.0/12"): "private",
    IPv4Network("192.0.0.0/24"): "protocol assignments",
    IPv4Network("192.0.2.0/24"): "documentation",
    IPv4Network("192.88.99.0/24"): "6to4 relay",
    IPv4Network("192.168.0.0/16"): "private",
    IPv4Network("198.18.0.0/15"): "benchmarking",
    IPv4Network("198.51.100.0/24"): "documentation",
    IPv4Network("203.0.113.0/24"): "documentation",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("240.0.0.0/4"): "reserved",
}
_IPV6_GLOBAL = IPv6Network("2000::/3")
_IPV6_DENIED = {
    IPv6Network("2001::/23"): "protocol assignments",
    IPv6Network("2001:db8::/32"): "documentation",
    IPv6Network("2002::/16"): "6to4",
    IPv6Network("3fff::/20"): "documentation",
}
_RULE = re.compile(
    r"\[(?P<bracketed>[0-9a-fA-F:.]+(?:/\d{1,3})?)\](?::(?P<port6>\d{1,5}))?"
    r"|(?P<ipv4>[0-9.]+(?:/\d{1,2})?)(?::(?P<port4>\d{1,5}))?"
    r"|(?P<ipv6>[0-9a-fA-F:.]+(?:/\d{1,3})?)",
    re.ASCII,
)
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_BAD_IPV4 = "must have a valid IPv4 address"
_BAD_IPV6 = "must have a valid IPv6 address between brackets"


@dataclass(frozen=True, slots=True)
class AllowRule:
    """A network that the operator opened; port None opens every port."""

    network: Network
    port: int | None = None

    def opens(self, address: Address, port: int) -> bool:
        """Say whether the rule opens an address and port; an IPv4-mapped address counts as its IPv4 address."""
        address = unwrapped(address)
        return self.port in (None, port) and address.version == self.network.version and address in self.network


def parse_allow(text: str) -> tuple[AllowRule, ...]:
    """Read comma-separated rules such as `127.0.0.0/8:9000,::1/128,[fd00::/8]:443`.

    Raises ValueError naming the rule that is wrong.
    """
    return tuple(_rule(part.strip()) for part in text.split(",") if part.strip())


def _rule(text: str) -> AllowRule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a network with an optional port")
    digits = match["port4"] or match["port6"]
    port = None if digits is None else int(digits)
    if port is not None and not 1 <= port <= 65535:
        raise ValueError(f"{text!r} has a port that is not 1 to 65535")
    try:
        return AllowRule(ip_network(match["bracketed"] or match["ipv4"] or match["ipv6"]), port)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a network: {error}") from None


def refusal(address: Address, port: int, allow: Sequence[AllowRule] = ()) -> str | None:
    """Say in a word or two why an address and port may not be sent to; None when they may."""
    if any(rule.opens(address, port) for rule in allow):
        return None
    address = unwrapped(address)
    if isinstance(address, IPv6Address) and (address not in _IPV6_GLOBAL or address.scope_id is not None):
        return "not global"
    denied = _IPV4_DENIED if isinstance(address, IPv4Address) else _IPV6_DENIED
    return next((word for network, word in denied.items() if address in network), None)


def unwrapped(address: Address) -> Address:
    """Give the IPv4 address inside an IPv4-mapped one, any other address as it is."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def literal_address(host: str) -> Address | None:
    """Read a URL's host as an address, in any spelling that a resolver takes; None for a name.

    IPv6 stands in brackets; IPv4 has one to four parts, each decimal, octal or hexadecimal. Raises ValueError for
    a host that can only be meant as an address and is none. Source: WHATWG URL, "IPv4 parser"; inet_aton(3).
    """
    if host.startswith("["):
        return _ipv6(host)
    parts = host.removesuffix(".").split(".")
    if not (parts[-1].isascii() and _NUMBER.fullmatch(parts[-1])):
        return None
    *first, last = (_number(part) for part in parts)
    if len(first) > 3 or any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        raise ValueError(_BAD_IPV4)
    return IPv4Address(sum(number << (24 - 8 * place) for place, number in enumerate(first)) + last)


def _number(part: str) -> int:
    if not _NUMBER.fullmatch(part) or len(part) > 32:  # longer ones cost time and mean nothing
        raise ValueError(_BAD_IPV4)
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    try:
        return int(part, 8 if part.startswith("0") else 10)
    except ValueError:
        raise ValueError(_BAD_IPV4) from None


def _ipv6(host: str) -> IPv6Address:
    inside = host[1:-1]
    if not host.endswith("]") or "%" in inside:
        raise ValueError(_BAD_IPV6)
    try:
        return IPv6Address(inside)
    except ValueError:
        raise ValueError(_BAD_IPV6) from None
