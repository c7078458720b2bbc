"""The egress guard: which addresses the sender may connect to.

A name is resolved once per connection, and the connection goes to an address that was checked here, so a name that
answers differently the next moment (DNS rebinding) gains nothing. A name is refused as a whole when any of its
addresses is: a public name that also leads inside is a mistake or an attack, and picking would hide it. Names of the
local machine are the exception: they lead to every loopback address there is, and the operator may have opened one.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address

from hookline_runtime.egress.addresses import Address
from hookline_runtime.egress.endpoint import is_local_name
from hookline_runtime.egress.literal import read_literal
from hookline_runtime.egress.policy import PUBLIC, Policy, Refused

from .model import Endpoint, Refusal
from .name_servers import NameServers
from .reasons import OUT_OF_SOCKETS

Resolver = Callable[[str, int], Awaitable[Iterable[str]]]
"""Gives the addresses of a name in their order of preference; raises OSError where there are none."""


class AddressRefused(Exception):
    """The endpoint leads to an address that is not open to the sender; the text is fit for the customer.

    `why` is for the operator alone.
    """

    def __init__(self, text: str, why: Refusal) -> None:
        super().__init__(text)
        self.why = why


class NameNotResolved(Exception):
    """The name has no address; the text is fit for the customer."""


class Guard:
    """Refuses every address and port that the policy does not open.

    It writes no log: only who sends knows whether the host is its author's or made of somebody's data.
    """

    def __init__(self, policy: Policy = PUBLIC, *, resolver: Resolver | None = None) -> None:
        self._policy = policy
        self._resolver = resolver or NameServers().addresses

    def check_literal(self, endpoint: Endpoint) -> None:
        """Refuse an endpoint whose written form already shows that it is not open, without resolving anything.

        Raises AddressRefused for IP literals in any spelling and for names of this machine.
        """
        found = self._policy.endpoint_refusal(endpoint)
        if found is not None:
            raise refused(endpoint.host, found)

    async def resolve(self, endpoint: Endpoint) -> Sequence[Address]:
        """Return the addresses of `endpoint`, every one of which may be connected to, in the order to try them.

        Raises AddressRefused, NameNotResolved, OSError when there is no socket to ask by.
        """
        self.check_literal(endpoint)
        literal = read_literal(endpoint.host)
        if literal is not None:
            return (literal,)
        found = await self._addresses(endpoint)
        refusals = {address: self._policy.refusal(address, endpoint.port) for address in found}
        permitted = tuple(address for address, why in refusals.items() if why is None)
        if len(permitted) == len(found) or (permitted and is_local_name(endpoint.host)):
            return permitted
        address, why = next((address, why) for address, why in refusals.items() if why is not None)
        raise refused(str(address), why)

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


def refused(address: str, why: Refused) -> AddressRefused:
    """Give the refusal of an address or a name."""
    return AddressRefused(f"the URL {why.fault}", Refusal(address, why.word))
