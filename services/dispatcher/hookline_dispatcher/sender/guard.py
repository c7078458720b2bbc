"""The egress guard: which addresses the sender may connect to.

A name is resolved once per connection, and the connection goes to an address that was checked here, so a name that
answers differently the next moment (DNS rebinding) gains nothing. Addresses of a name that are refused are left out;
the name is refused when none is left.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address

from hookline_dispatcher.sender.addresses import Address, is_public
from hookline_dispatcher.sender.allow import AllowRule
from hookline_dispatcher.sender.literal import read_literal
from hookline_dispatcher.sender.model import Endpoint

Resolver = Callable[[str, int], Awaitable[Iterable[str]]]

_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})
_LOOPBACK = (ip_address("127.0.0.1"), ip_address("::1"))
_NOT_PUBLIC = "the address is not public"


class AddressRefused(Exception):
    """The endpoint leads to an address that is not open to the sender; the text is fit for the customer."""


class NameNotResolved(Exception):
    """The name has no address; the text is fit for the customer."""


async def system_resolver(host: str, port: int) -> Iterable[str]:
    """Return the addresses of `host` that the system knows, in its order of preference; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(entry[4][0]) for entry in found]


class Guard:
    """Refuses every address that is not public, unless a rule opens it."""

    def __init__(self, allow: Sequence[AllowRule] = (), *, resolver: Resolver = system_resolver) -> None:
        self._allow = tuple(allow)
        self._resolver = resolver

    def permits(self, address: Address, port: int) -> bool:
        """Say whether the sender may connect to `address` on `port`."""
        return is_public(address) or any(rule.allows(address, port) for rule in self._allow)

    def check_literal(self, endpoint: Endpoint) -> None:
        """Refuse an endpoint whose written form already shows that it is not open, without resolving anything.

        Raises AddressRefused for IP literals in any spelling and for names of this machine.
        """
        host = endpoint.host.lower().removesuffix(".")
        if host in _LOCAL_NAMES or host.endswith(".localhost"):
            if not any(self.permits(address, endpoint.port) for address in _LOOPBACK):
                raise AddressRefused("the host is a name of the local machine")
            return
        try:
            address = read_literal(host)
        except ValueError:
            raise AddressRefused("the host is neither a name nor an IP address") from None
        if address is not None and not self.permits(address, endpoint.port):
            raise AddressRefused(_NOT_PUBLIC)

    async def resolve(self, endpoint: Endpoint) -> Sequence[Address]:
        """Return the addresses of `endpoint` that may be connected to, in the order to try them.

        Raises AddressRefused, NameNotResolved.
        """
        self.check_literal(endpoint)
        literal = read_literal(endpoint.host)
        found = (literal,) if literal is not None else await self._addresses(endpoint)
        permitted = tuple(address for address in found if self.permits(address, endpoint.port))
        if not permitted:
            raise AddressRefused(_NOT_PUBLIC)
        return permitted

    async def _addresses(self, endpoint: Endpoint) -> Sequence[Address]:
        try:
            texts = await self._resolver(endpoint.host, endpoint.port)
        except (OSError, UnicodeError):
            raise NameNotResolved("the name could not be resolved") from None
        addresses = tuple(dict.fromkeys(ip_address(text) for text in texts))
        if not addresses:
            raise NameNotResolved("the name has no address")
        return addresses
