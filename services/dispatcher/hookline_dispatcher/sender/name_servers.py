"""Asking where names lead: without a thread for each question, so that a name server that hangs holds up nobody else.

Any number of questions may be open at once; each ends by itself after a few seconds, answered or not. What servers say
is kept for as long as they say, and not at all where they say nought. The hosts file and the system's list of name
servers count as everywhere.
"""

import asyncio
import re
import socket
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

import aiodns

_FIRST_WAIT = 1.0
"""Seconds that the first try waits for an answer at most; each later one waits twice as long, up to five.

For a server that has been quick so far c-ares begins with a quarter of a second; it may have to ask others that are
slow.
"""
_TRIES = 5
_SERVER = re.compile(
    r"(?:\[(?P<bracketed>[0-9a-fA-F:.]+)\]|(?P<address>[0-9.]+|[0-9a-fA-F:.]+(?!:)))(?::(?P<port>[0-9]{1,5}))?"
)


def parse_servers(text: str) -> tuple[str, ...]:
    """Read comma-separated name servers such as ``10.0.0.2,10.0.0.3:5353,[fd00::2]:53``.

    Raises ValueError naming the one that cannot be read.
    """
    servers = tuple(server for each in text.split(",") if (server := each.strip()))
    for server in servers:
        match = _SERVER.fullmatch(server)
        try:
            ip_address((match["bracketed"] or match["address"]) if match else "")
        except ValueError:
            raise ValueError(f"name servers are IP addresses, each with an optional port, not {server!r}") from None
        if match is not None and match["port"] and not 1 <= int(match["port"]) <= 65535:
            raise ValueError(f"the port of a name server is from 1 to 65535, not as in {server!r}")
    return servers


class NameServers:
    """Asks name servers: those given, each as ``address`` or ``address:port``, or else the system's."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        self._servers = list(servers) or None
        self._channel: aiodns.DNSResolver | None = None

    async def addresses(self, host: str, port: int) -> Iterable[str]:
        """Return the addresses of `host` in their order of preference; raises OSError where there are none."""
        if self._channel is None:  # now that there is an event loop
            self._channel = aiodns.DNSResolver(self._servers, timeout=_FIRST_WAIT, tries=_TRIES)
        try:
            found = await self._channel.getaddrinfo(host, port=port, type=socket.SOCK_STREAM)
        except (aiodns.error.DNSError, UnicodeError) as error:
            # Without a socket to ask by, the answer does not tell: then this raises the true reason.
            socket.socket().close()
            raise OSError(f"no addresses: {type(error).__name__}") from None
        return [node.addr[0].decode("ascii") for node in found.nodes]

    async def aclose(self) -> None:
        """Ask nothing more; open questions end without an answer."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()
            await asyncio.sleep(0)
