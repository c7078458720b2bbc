"""Connecting to an address that the guard has checked, and to no other.

The socket is connected by number, so nothing resolves the name again; SNI and the certificate's check keep the name.
The peer's address is looked at once more before the first byte leaves.
"""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Callable
from ipaddress import ip_address

from hookline_runtime.egress.addresses import Address

from .connection import Connection
from .guard import AddressRefused
from .model import Endpoint, Refusal
from .reasons import tls_reason


class HandshakeFailed(Exception):
    """TCP stands, TLS does not; the text is fit for the customer."""


async def connect(address: Address, port: int) -> socket.socket:
    """Return a socket that is connected to `address`, which was checked; raises OSError, AddressRefused."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await _connect(sock, (str(address), port))
        peer = ip_address(sock.getpeername()[0])
        if peer != address:
            raise AddressRefused("the connection led to another address", Refusal(str(peer), "another address"))
    except BaseException:
        sock.close()
        raise
    return sock


async def _connect(sock: socket.socket, name: tuple[str, int]) -> None:
    """Connect by number.

    uvloop's own `sock_connect` looks even an address up in its four resolver threads, so that one name server that
    does not answer would hold up every new connection of everybody.
    """
    error = sock.connect_ex(name)
    if error in (errno.EINPROGRESS, errno.EINTR):
        loop = asyncio.get_running_loop()
        writable = asyncio.Event()
        loop.add_writer(sock.fileno(), writable.set)
        try:
            await writable.wait()
        finally:
            loop.remove_writer(sock.fileno())
        error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        raise OSError(error, os.strerror(error))


async def open_connection(
    sock: socket.socket,
    endpoint: Endpoint,
    ssl_context: ssl.SSLContext,
    protocol_factory: Callable[[], Connection],
) -> Connection:
    """Return a connection over `sock`, which it owns from now on; raises HandshakeFailed, OSError."""
    loop = asyncio.get_running_loop()
    if endpoint.scheme != "https":
        connection = protocol_factory()
        try:
            await loop.create_connection(lambda: connection, sock=sock)
        except BaseException:
            connection.given_up()
            raise
        return connection
    try:
        _, connection = await loop.create_connection(
            protocol_factory, sock=sock, ssl=ssl_context, server_hostname=endpoint.host
        )
    except (OSError, ValueError) as error:
        raise HandshakeFailed(tls_reason(error)) from None
    return connection
