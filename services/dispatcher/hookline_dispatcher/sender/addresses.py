"""Which addresses are public.

Written out rather than asked of ``ipaddress.is_global``, whose answer differs between Python versions and counts
several ranges as global that lead back inside (relays, translators, cloud metadata).
Sources: the IANA special-purpose address registries for IPv4 and IPv6.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

IPV4_DENIED = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's platform service
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relay
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
IPV6_GLOBAL = IPv6Network("2000::/3")
IPV6_DENIED = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, carries any IPv4 address
        "3fff::/20",  # documentation
    )
)


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address inside an IPv4-mapped one, any other address as it is."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_public(address: Address) -> bool:
    """Say whether `address` is one that anybody's packets may go to."""
    address = unwrapped(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in IPV4_DENIED)
    if address.scope_id is not None:
        return False
    return address in IPV6_GLOBAL and not any(address in network for network in IPV6_DENIED)
