"""Where something listens: a host and a port, as written on the command line and in files."""

import socket
from dataclasses import dataclass

from hookline_cli.failure import CliError, why


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
    """The address with a real port, proven free a moment ago; raises CliError naming what it is for."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            reason = why(error)
            raise CliError(f"cannot listen on {address} for {what}: {reason}") from None
        return Address(address.host, int(probe.getsockname()[1]))
