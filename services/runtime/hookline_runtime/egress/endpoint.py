"""Where a request goes, and what its written form alone shows of whether it may."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import NamedTuple

from hookline_runtime.egress.allow import AllowRule, refusal
from hookline_runtime.egress.literal import read_literal

_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})
_LOOPBACK = (ip_address("127.0.0.1"), ip_address("::1"))


class Endpoint(NamedTuple):
    """Where to connect: ``host`` is lower-case ASCII (IDNA done), or an IP literal without brackets."""

    scheme: str
    host: str
    port: int


def is_local_name(host: str) -> bool:
    """Say whether `host` names the machine that resolves it (RFC 6761, section 6.3, and what hosts files add)."""
    host = host.lower().removesuffix(".")
    return host in _LOCAL_NAMES or host.endswith(".localhost")


def endpoint_refusal(endpoint: Endpoint, allow: Sequence[AllowRule] = ()) -> str | None:
    """Say in a word or two, for the operator, why nothing may be sent to `endpoint`; None when its host does not tell.

    IP literals are judged in any spelling; a name of the local machine as the loopback addresses, one of which is
    enough. Where any other name leads, only resolving it shows.
    """
    if is_local_name(endpoint.host):
        closed = [refusal(address, endpoint.port, allow) for address in _LOOPBACK]
        return closed[0] if all(closed) else None
    try:
        address = read_literal(endpoint.host)
    except ValueError:
        return "neither a name nor an address"
    return None if address is None else refusal(address, endpoint.port, allow)
