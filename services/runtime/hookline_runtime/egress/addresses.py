"""Which addresses are public, and in a word or two why the others are not.

Written out rather than asked of ``ipaddress.is_global``, whose answer differs between Python versions and counts
several ranges as global that lead back inside (relays, translators, cloud metadata).
Sources: the IANA special-purpose address registries for IPv4 and IPv6.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_IPV4_DENIED = {
    IPv4Network("0.0.0.0/8"): "this host",
    IPv4Network("10.0.0.0/8"): "private",
    IPv4Network("100.64.0.0/10"): "carrier-grade NAT",
    IPv4Network("127.0.0.0/8"): "loopback",
    IPv4Network("168.63.129.16/32"): "a cloud's platform service",
    IPv4Network("169.254.0.0/16"): "link-local",  # cloud metadata among them
    IPv4Network("172.16.0.0/12"): "private",
    IPv4Network("192.0.0.0/24"): "protocol assignments",
    IPv4Network("192.0.2.0/24"): "documentation",
    IPv4Network("192.88.99.0/24"): "6to4 relay",
    IPv4Network("192.168.0.0/16"): "private",
    IPv4Network("198.18.0.0/15"): "benchmarking",
    IPv4Network("198.51.100.0/24"): "documentation",
    IPv4Network("203.0.113.0/24"): "documentation",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("240.0.0.0/4"): "reserved",  # broadcast among them
}
_IPV6_GLOBAL = IPv6Network("2000::/3")
_IPV6_DENIED = {
    IPv6Network("2001::/23"): "protocol assignments",  # Teredo among them
    IPv6Network("2001:db8::/32"): "documentation",
    IPv6Network("2002::/16"): "6to4",  # carries any IPv4 address
    IPv6Network("3fff::/20"): "documentation",
}
# Words only: whatever is outside of `_IPV6_GLOBAL` is denied, named here or not.
_IPV6_OUTSIDE = {
    IPv6Network("::/128"): "this host",
    IPv6Network("::1/128"): "loopback",
    IPv6Network("64:ff9b::/96"): "NAT64",  # carries any IPv4 address
    IPv6Network("fc00::/7"): "private",
    IPv6Network("fe80::/10"): "link-local",
    IPv6Network("ff00::/8"): "multicast",
}


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address inside an IPv4-mapped one, any other address as it is."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def special_use(address: Address) -> str | None:
    """Say what an address is for that not everybody's packets may go to; None for a public one."""
    address = unwrapped(address)
    if isinstance(address, IPv4Address):
        return next((word for network, word in _IPV4_DENIED.items() if address in network), None)
    if address not in _IPV6_GLOBAL:
        return next((word for network, word in _IPV6_OUTSIDE.items() if address in network), "not global")
    if address.scope_id is not None:
        return "of one zone"
    return next((word for network, word in _IPV6_DENIED.items() if address in network), None)
