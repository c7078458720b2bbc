"""A stream may outlive the key that opened it: whether the key is still good."""

from __future__ import annotations

from hookline_runtime.access import KeyFinder, KeyKind, Principal
from hookline_runtime.clock import Clock
from hookline_runtime.errors import Unauthenticated


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
