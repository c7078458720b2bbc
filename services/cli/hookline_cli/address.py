"""Where something listens: a host and a port, as written on the command line and in files."""

import errno
import random
import socket
from dataclasses import dataclass

from hookline_cli.failure import CliError, why

# Systems take the ports of connections that leave from 32768 (Linux) or 49152 (IANA) on.
_FREE_PORTS = range(10240, 32768)
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a TCP port; port 0 stands for any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def reachable(self) -> "Address":
        """The address that a client on the same machine connects to: a wildcard becomes loopback."""
        loopback = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared, not bound
        return Address(loopback.get(self.host, self.host), self.port)


def parse_address(text: str) -> Address:
    """Reads HOST:PORT, with an IPv6 host in brackets; raises ValueError that says what is wrong."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is not HOST:PORT with a port from 0 to 65535")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"{text!r}: an IPv6 host stands in brackets, as in [::1]:7701")
    return Address(host or "127.0.0.1", int(port))


def claim(address: Address, what: str) -> Address:
    """The address with a real port, proven free a moment ago; raises CliError naming what it is for.

    For port 0 it is one that no outgoing connection is given: until a service listens on it, and whenever it starts
    again, any connection of the machine might sit on a port that the system itself had chosen.
    """
    ports = [address.port] if address.port else random.sample(_FREE_PORTS, _TRIES)
    while True:
        tried = Address(address.host, ports.pop())
        refusal = _refusal(tried)
        if refusal is None:
            return tried
        if not ports or refusal.errno != errno.EADDRINUSE:
            raise CliError(f"cannot listen on {address} for {what}: {why(refusal)}")


def _refusal(address: Address) -> OSError | None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            return error
    return None
