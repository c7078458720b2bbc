"""The operator's egress proxy: every connection to a receiver goes through it by CONNECT (RFC 9110, section 9.3.6).

The guard stays what it is: names are resolved and checked here, and the proxy is asked for a checked address, so that
it cannot be led elsewhere by a name. Where the proxy does not answer, nothing goes past it. What it refuses with 403 is
refused as the guard would have refused it.
"""

import asyncio
import base64
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from hookline_runtime.egress.addresses import Address
from hookline_runtime.egress.literal import read_literal
from hookline_runtime.egress.policy import Refused

from .dial import connect
from .guard import refused

_MAX_HEAD = 8_192
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})[ \r]")
_END = b"\r\n\r\n"
BY_PROXY = Refused("refused by the egress proxy")


class ProxyFailed(Exception):
    """The proxy does not do its part, which says nothing of the receiver; the text is fit for the customer."""


class NotReached(OSError):
    """The proxy did not get through to the receiver."""


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """Where the proxy listens, and what it wants to see as Proxy-Authorization, if anything."""

    host: str
    port: int
    authorization: bytes = field(default=b"", repr=False)


def parse_proxy(url: str) -> ProxyAddress:
    """Read the URL of a proxy, ``http://host:port`` or ``http://user:password@host:port``.

    Raises ValueError, which does not show the URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is not a URL such as http://proxy.example:3128") from None
    if parts.scheme != "http" or not parts.hostname or port is None or parts.path.strip("/") or parts.query:
        raise ValueError("is not a URL such as http://proxy.example:3128")
    if parts.username is None:
        return ProxyAddress(parts.hostname, port)
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return ProxyAddress(parts.hostname, port, b"Basic " + base64.b64encode(pair.encode()))


class Proxy:
    """Reaches receivers through the proxy; `resolver` says where the proxy's own name leads."""

    def __init__(self, at: ProxyAddress, resolver: Callable[[str, int], Awaitable[Iterable[str]]]) -> None:
        self._at = at
        self._resolver = resolver

    async def reach(self, address: Address, port: int) -> socket.socket:
        """Return a socket whose other end is `address`.

        Raises ProxyFailed; NotReached, which is an OSError, where the proxy does not get through; AddressRefused.
        """
        sock = await self._connected()
        try:
            head = await self._asked(sock, f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}")
            _judge(head, address)
        except BaseException:
            sock.close()
            raise
        return sock

    async def _connected(self) -> socket.socket:
        try:
            for address in await self._addresses():
                try:
                    return await connect(address, self._at.port)
                except OSError:
                    continue
        except (OSError, ValueError):
            pass
        raise ProxyFailed("the way out through the egress proxy is closed")

    async def _addresses(self) -> Iterable[Address]:
        literal = read_literal(self._at.host)
        if literal is not None:
            return (literal,)
        return [ip_address(text) for text in await self._resolver(self._at.host, self._at.port)]

    async def _asked(self, sock: socket.socket, authority: str) -> bytes:
        """Ask for a tunnel, and return the head of the answer: behind it the proxy has nothing to say."""
        lines = [f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}".encode("ascii")]
        if self._at.authorization:
            lines.append(b"Proxy-Authorization: " + self._at.authorization)
        loop = asyncio.get_running_loop()
        head = b""
        try:
            await loop.sock_sendall(sock, b"\r\n".join(lines) + _END)
            while _END not in head and len(head) <= _MAX_HEAD:
                data = await loop.sock_recv(sock, _MAX_HEAD)
                if not data:
                    break
                head += data
        except OSError:
            raise ProxyFailed("the egress proxy broke off") from None
        if _END not in head or len(head) > _MAX_HEAD:
            raise ProxyFailed("the egress proxy did not answer as a proxy does")
        return head


def _judge(head: bytes, address: Address) -> None:
    match = _STATUS.match(head)
    status = int(match[1]) if match else 0
    if 200 <= status < 300:
        if head.index(_END) + len(_END) < len(head):
            raise ProxyFailed("the egress proxy spoke before it was spoken to")
    elif status == 403:
        raise refused(str(address), BY_PROXY)
    elif status in (502, 503, 504):
        raise NotReached("the egress proxy did not get through to the receiver")
    else:
        raise ProxyFailed("the egress proxy takes no requests from here")
