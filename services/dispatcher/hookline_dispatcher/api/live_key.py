"""A stream may outlive the key that opened it: whether the key is still good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hookline_runtime.access import KeyFinder, KeyKind, Principal
from hookline_runtime.clock import Clock
from hookline_runtime.errors import Unauthenticated

CHECK_SECONDS = 1.0


async def require_live(principal: Principal, keys: KeyFinder, clock: Clock) -> None:
    """Passes a caller whose key still holds; a service has none.

    Raises:
        Unauthenticated: the key was revoked or has expired.
        Unavailable: it would have to be asked for and cannot be.
    """
    if principal.kind is KeyKind.SERVICE:
        return
    key = await keys.find(principal.application_id)
    if key is None or key.revoked:
        raise Unauthenticated("the key was revoked", reason="KEY_REVOKED")
    if key.expire_time is not None and key.expire_time <= clock.now():
        raise Unauthenticated("the key has expired", reason="KEY_EXPIRED")


@asynccontextmanager
async def while_live(principal: Principal, keys: KeyFinder, clock: Clock) -> AsyncIterator[asyncio.Task[None]]:
    """A task that is done only once the key does not hold any more, with the error of `require_live`.

    It is for streams that wait: one on which nothing comes would keep its place for as long as its client likes.
    """
    dead = asyncio.create_task(_until_dead(principal, keys, clock))
    try:
        yield dead
    finally:
        dead.cancel()
        await asyncio.gather(dead, return_exceptions=True)


async def _until_dead(principal: Principal, keys: KeyFinder, clock: Clock) -> None:
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        await require_live(principal, keys, clock)
