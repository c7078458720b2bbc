"""Whether an address may be listened on without encryption."""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address

from hookline_runtime.listen import split_address


def is_loopback(address: str) -> bool:
    """Whether ``host:port`` is reached from this machine alone; a name is, if all that it stands for is.

    So is a name that stands for nothing: to listen there fails by itself.

    Raises:
        ValueError: it is no address.
    """
    host, port = split_address(address)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        return True
    return all(_is_loopback(str(place[0])) for *_, place in found)


def _is_loopback(host: str) -> bool:
    address = ip_address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
