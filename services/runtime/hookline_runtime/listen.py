"""Addresses to listen on and to connect to: ``host:port``, with IPv6 hosts in brackets."""

from __future__ import annotations

import socket
from typing import Any

MAX_PORT = 65535


class ListenError(OSError):
    """Nobody can listen on an address; the message names it."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"cannot listen on {address}: {reason}")


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


def probe(address: str) -> None:
    """Tries whether ``address`` can be listened on, because gRPC says why not to standard error alone.

    A name with several addresses needs one that can.

    Raises:
        ValueError: it is no address.
        ListenError: it cannot, and why.
    """
    host, port = split_address(address)
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ListenError(address, f"{host} is not known") from error
    refusals = [refusal for family, _, _, _, place in places if (refusal := _refusal(family, place))]
    if len(refusals) == len(places):
        raise ListenError(address, refusals[0].strerror or str(refusals[0])) from refusals[0]


def _refusal(family: int, place: Any) -> OSError | None:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
    except OSError as error:
        return error
    return None
