"""Where requests may go: to public addresses on open ports, less what the operator denies, plus what it opens.

The word for a refusal is the operator's to read. A customer is told of an address `NOT_PUBLIC` and no more, since more
would tell what a name leads to inside; which ports are open and whether http is, is no secret.
"""

from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import NamedTuple, Self

from hookline_runtime.egress.addresses import Address, special_use
from hookline_runtime.egress.endpoint import Endpoint, is_local_name
from hookline_runtime.egress.literal import read_literal
from hookline_runtime.egress.rules import Ports, Rule, parse_ports, parse_rules

NOT_PUBLIC = "must not lead to an address that is not public"
"""What a customer is told of a URL that is refused for its address."""
NOT_HTTPS = "must be an https URL"
OPEN_PORTS = "80,443,1024-65535"
"""What is open where the operator says nothing: below 1024 other protocols listen, which a request could be made to
speak to."""

_OPEN = parse_ports(OPEN_PORTS)
_LOOPBACK = (ip_address("127.0.0.1"), ip_address("::1"))


class Refused(NamedTuple):
    """Why nothing may be sent: a word or two for the operator, and a fault, beginning with "must", for the customer."""

    word: str
    fault: str = NOT_PUBLIC


@dataclass(frozen=True)
class Policy:
    """What the operator has set.

    Args:
        allow: Opens addresses that are not public, and on them the ports that the rules name, or every one.
        deny: Closes addresses, whatever else opens them.
        ports: The open ports.
        https_only: Whether http is refused, on opened addresses too.
    """

    allow: tuple[Rule, ...] = ()
    deny: tuple[Rule, ...] = ()
    ports: Ports = _OPEN
    https_only: bool = False

    @classmethod
    def of(cls, allow: str = "", deny: str = "", ports: str = OPEN_PORTS, *, https_only: bool = False) -> Self:
        """Read a policy as it is written in the settings.

        Raises ValueError naming what cannot be read.
        """
        return cls(parse_rules(allow), parse_rules(deny), parse_ports(ports), https_only)

    def refusal(self, address: Address, port: int) -> Refused | None:
        """Say why `address` and `port` may not be sent to; None when they may."""
        if any(rule.names(address, port) for rule in self.deny):
            return Refused("denied")
        if any(rule.names(address, port) for rule in self.allow):
            return None
        word = special_use(address)
        if word is not None:
            return Refused(word)
        return None if port in self.ports else self._closed_port

    def endpoint_refusal(self, endpoint: Endpoint) -> Refused | None:
        """Say why nothing may be sent to `endpoint`; None when its written form does not tell.

        IP literals are judged in any spelling; a name of the local machine as the loopback addresses, one of which is
        enough. Where any other name leads, only resolving it shows.
        """
        if self.https_only and endpoint.scheme != "https":
            return Refused("not https", NOT_HTTPS)
        if is_local_name(endpoint.host):
            closed = [self.refusal(address, endpoint.port) for address in _LOOPBACK]
            return closed[0] if all(closed) else None
        try:
            address = read_literal(endpoint.host)
        except ValueError:
            return Refused("neither a name nor an address")
        if address is not None:
            return self.refusal(address, endpoint.port)
        return None if self._may_be_open(endpoint.port) else self._closed_port

    def _may_be_open(self, port: int) -> bool:
        """Say whether there is any address on which `port` is open."""
        return port in self.ports or any(rule.port in (None, port) for rule in self.allow)

    @cached_property
    def _closed_port(self) -> Refused:
        return Refused("a closed port", f"must have an open port: {self.ports.text}")


PUBLIC = Policy()
"""What holds where the operator says nothing."""
