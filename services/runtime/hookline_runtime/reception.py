"""How single requests come in without filling the memory: few are received at once, few large ones are in hand.

gRPC receives a message of up to the limit of its size as soon as it is asked for one, and a caller may send half of it
and stop. Therefore a place is taken before gRPC is asked, and left when the whole request is there, which has to be
soon. A large one is also counted for as long as its call lasts. Whoever finds no place waits in line; a key has a few
places only, so that its callers do not stand in the way of others.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc.aio

from hookline_runtime.budget import Budget
from hookline_runtime.errors import Aborted, InvalidArgument, ResourceExhausted, Violation

RETRY_SECONDS = 1.0
KIB = 1024


@dataclass(frozen=True, slots=True)
class ReceptionLimits:
    """How much is received. Sizes in bytes, times in seconds."""

    places: int = 32
    """Requests that are received at once."""
    places_of_one: int = 8
    """The same, of one caller."""
    patience: float = 20.0
    """How long a request may wait for its place, and then take to arrive."""
    large: int = 64 * KIB
    """Requests above this are counted while their calls last."""
    in_hand: int = 8 * KIB * KIB
    """What those of all calls may come to."""


STRANGERS = ReceptionLimits(places=16, places_of_one=8, patience=3.0, in_hand=KIB * KIB)
"""For calls that ask for no key; the machine that they come from stands for it."""


class Reception:
    """Receives the requests of calls with a single one."""

    def __init__(self, limits: ReceptionLimits) -> None:
        self._limits = limits
        self._places = asyncio.Semaphore(limits.places)
        self._of_one: dict[str, asyncio.Semaphore] = {}
        self._callers: Counter[str] = Counter()
        self._in_hand = Budget(limits.in_hand)

    async def receive(self, read: Callable[[], Awaitable[Any]], key: str, *, brief: bool) -> tuple[bytes, int]:
        """The request that ``read`` receives, and what to give ``done`` when its call has ended.

        Args:
            read: gRPC's, without a deserializer.
            key: Who calls: an application id, or a machine.
            brief: Whether the call ends by itself soon; one that does not may send no large request.

        Raises:
            ResourceExhausted: there was no place for it.
            Aborted: it did not arrive in time.
            InvalidArgument: the caller sent none, or it is too large.
        """
        of_one = self._of_one.get(key) or self._of_one.setdefault(key, asyncio.Semaphore(self._limits.places_of_one))
        self._callers[key] += 1
        refusal: Exception = _no_place()
        try:
            async with asyncio.timeout(self._limits.patience), of_one, self._places:
                refusal = Aborted(f"the request did not arrive within {self._limits.patience:g} s")
                raw = await read()
                refusal = _no_place()
                if raw is grpc.aio.EOF:
                    raise InvalidArgument(Violation("", "the call came without a request"))
                return raw, await self._held(len(raw), brief)
        except TimeoutError:
            raise refusal from None
        finally:
            self._callers[key] -= 1
            if not self._callers[key]:
                del self._callers[key], self._of_one[key]

    def done(self, held: int) -> None:
        """Says that a call has ended."""
        if held:
            self._in_hand.give_back(held)

    async def _held(self, size: int, brief: bool) -> int:
        if size <= self._limits.large:
            return 0
        if not brief:
            raise InvalidArgument(Violation("", f"the request must not be larger than {self._limits.large} bytes"))
        return await self._in_hand.take(size)


def _no_place() -> ResourceExhausted:
    return ResourceExhausted("the server receives too many requests at once", RETRY_SECONDS, "requests being received")
