"""The egress guard: which addresses the sender may connect to.

A name is resolved once per connection, and the connection goes to an address that was checked here, so a name that
answers differently the next moment (DNS rebinding) gains nothing. A name is refused as a whole when any of its
addresses is: a public name that also leads inside is a mistake or an attack, and picking would hide it. Names of the
local machine are the exception: they lead to every loopback address there is, and the operator may have opened one.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address

from hookline_runtime.egress.addresses import Address
from hookline_runtime.egress.allow import NOT_PUBLIC, AllowRule, refusal
from hookline_runtime.egress.endpoint import endpoint_refusal, is_local_name
from hookline_runtime.egress.literal import read_literal

from .model import Endpoint, Refusal
from .reasons import OUT_OF_SOCKETS

Resolver = Callable[[str, int], Awaitable[Iterable[str]]]


class AddressRefused(Exception):
    """The endpoint leads to an address that is not open to the sender; the text is fit for the customer.

    `why` is for the operator alone.
    """

    def __init__(self, text: str, why: Refusal) -> None:
        super().__init__(text)
        self.why = why


class NameNotResolved(Exception):
    """The name has no address; the text is fit for the customer."""


LOOK_UPS = 64
"""Look-ups that go on at once. One whose answer nobody waits for any more still takes its place until it ends."""

_look_ups = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="look-up")
"""Threads of the look-ups' own: those of the event loop are few, and a name server that hangs would take them all."""


async def system_resolver(host: str, port: int) -> Iterable[str]:
    """Return the addresses of `host` that the system knows, in its order of preference; raises OSError."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    try:
        found = await asyncio.get_running_loop().run_in_executor(_look_ups, ask)
    except OSError:
        # Without a socket to ask by, the system says that nobody knows the name, or something else that does not tell,
        # depending on what it asks names by: then this raises the true reason.
        socket.socket().close()
        raise
    return [str(entry[4][0]) for entry in found]


class Guard:
    """Refuses every address that is not public, unless a rule opens it.

    It writes no log: only who sends knows whether the host is its author's or made of somebody's data.
    """

    def __init__(self, allow: Sequence[AllowRule] = (), *, resolver: Resolver = system_resolver) -> None:
        self._allow = tuple(allow)
        self._resolver = resolver

    def permits(self, address: Address, port: int) -> bool:
        """Say whether the sender may connect to `address` on `port`."""
        return refusal(address, port, self._allow) is None

    def check_literal(self, endpoint: Endpoint) -> None:
        """Refuse an endpoint whose written form already shows that it is not open, without resolving anything.

        Raises AddressRefused for IP literals in any spelling and for names of this machine.
        """
        word = endpoint_refusal(endpoint, self._allow)
        if word is not None:
            raise refused(endpoint.host, word)

    async def resolve(self, endpoint: Endpoint) -> Sequence[Address]:
        """Return the addresses of `endpoint`, every one of which may be connected to, in the order to try them.

        Raises AddressRefused, NameNotResolved, OSError when there is no socket to ask by.
        """
        self.check_literal(endpoint)
        literal = read_literal(endpoint.host)
        if literal is not None:
            return (literal,)
        found = await self._addresses(endpoint)
        words = {address: refusal(address, endpoint.port, self._allow) for address in found}
        permitted = tuple(address for address, word in words.items() if word is None)
        if len(permitted) == len(found) or (permitted and is_local_name(endpoint.host)):
            return permitted
        address, word = next((address, word) for address, word in words.items() if word is not None)
        raise refused(str(address), word)

    async def _addresses(self, endpoint: Endpoint) -> Sequence[Address]:
        try:
            texts = await self._resolver(endpoint.host, endpoint.port)
        except (OSError, UnicodeError) as error:
            if isinstance(error, OSError) and error.errno in OUT_OF_SOCKETS:
                raise
            raise NameNotResolved("the name could not be resolved") from None
        addresses = tuple(dict.fromkeys(ip_address(text) for text in texts))
        if not addresses:
            raise NameNotResolved("the name has no address")
        return addresses


def refused(address: str, word: str) -> AddressRefused:
    """Give the refusal of an address or a name; `word` says for the operator why."""
    return AddressRefused(f"the URL {NOT_PUBLIC}", Refusal(address, word))
