"""Where a request goes, as its written form says it."""

from typing import NamedTuple

_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})


class Endpoint(NamedTuple):
    """Where to connect: ``host`` is lower-case ASCII (IDNA done), or an IP literal without brackets."""

    scheme: str
    host: str
    port: int


def is_local_name(host: str) -> bool:
    """Say whether `host` names the machine that resolves it (RFC 6761, section 6.3, and what hosts files add)."""
    host = host.lower().removesuffix(".")
    return host in _LOCAL_NAMES or host.endswith(".localhost")
