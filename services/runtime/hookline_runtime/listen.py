"""Addresses to listen on and to connect to: ``host:port``, with IPv6 hosts in brackets."""

from __future__ import annotations

MAX_PORT = 65535


class ListenError(OSError):
    """Nobody can listen on an address; the message names it."""

    def __init__(self, address: str) -> None:
        super().__init__(f"cannot listen on {address}: it is taken, or not an address of this machine")


def split_address(address: str) -> tuple[str, int]:
    """Host and port of ``host:port``; the host comes without brackets, port 0 stands for any free one.

    Raises:
        ValueError: it is not of that form.
    """
    host, colon, port = address.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not host.strip("[]") or (":" in host and not bracketed):
        raise ValueError("must be host:port, such as 127.0.0.1:7701 or [::1]:7701")
    if not (port.isascii() and port.isdigit() and int(port) <= MAX_PORT):
        raise ValueError(f"must end in a port from 0 to {MAX_PORT}")
    return (host[1:-1] if bracketed else host), int(port)
