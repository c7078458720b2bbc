"""Bounds how often an address may sign in with a wrong key. Only failures count, but those under way count as well."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from google.rpc import code_pb2
from starlette.requests import Request

from hookline_gateway.rate_window import RateWindows
from hookline_gateway.refusals import TooManyRequests
from hookline_gateway.statuses import failure_of

_IPV6_NETWORK = 64


class WrongSignIns:
    """At most ``per_minute`` for an address in any minute; ``clock`` is in nanoseconds and never goes back."""

    def __init__(self, per_minute: int, clock: Callable[[], int]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._windows = RateWindows[str]()

    @asynccontextmanager
    async def trying(self, request: Request) -> AsyncIterator[None]:
        """Around a try to sign in; it counts if it ends in an error that says that the key is wrong.

        Raises:
            TooManyRequests: the address has used up its minute.
        """
        who, now = address_of(request), self._clock()
        standing = self._windows.take(who, self._per_minute, now)
        if not standing.allowed:
            raise TooManyRequests(
                f"{standing.limit} wrong keys came from your address within a minute: wait {standing.reset} s",
                headers={"retry-after": str(standing.reset)},
            )
        try:
            yield
        except Exception as error:
            if failure_of(error).status.code != code_pb2.UNAUTHENTICATED:
                self._windows.give_back(who, now)
            raise
        self._windows.give_back(who, now)


def address_of(request: Request) -> str:
    """Who counts as one: an address of IPv4, or a network of IPv6 such as one household has."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, _IPV6_NETWORK), strict=False))
