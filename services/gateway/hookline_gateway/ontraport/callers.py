"""Who calls: the account that a key acts for and its plan, asked at the registry and remembered for a minute.

What is remembered says only whose minute a request counts in, and how many may be in it; each call that follows shows
the key again.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hookline.registry.v1 import account_pb2, account_pb2_grpc

from hookline_gateway.backends import Metadata
from hookline_gateway.calls import Calls
from hookline_gateway.credentials import API_APPID, API_KEY, whole_key
from hookline_gateway.refusals import NotForThisKey
from hookline_gateway.statuses import CallFailed

REMEMBERED = 10_000
KEPT = 60_000_000_000

_Standing = tuple[int, int]  # the account and its plan


@dataclass(frozen=True, slots=True)
class Caller:
    """An account, the ``Plan`` that it pays for, and the metadata by which its key is shown to the services."""

    account_id: int
    plan: int
    metadata: Metadata


class Callers:
    """Finds out who calls; ``clock`` is in nanoseconds and never goes back."""

    def __init__(self, calls: Calls, clock: Callable[[], int]) -> None:
        self._calls = calls
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[_Standing, int]] = OrderedDict()

    async def of(self, headers: Mapping[str, str]) -> Caller:
        """Who shows the key that is in these headers.

        Raises:
            Unauthenticated, NotForThisKey, CallFailed: nobody whom this API could serve.
        """
        secret, application_id = headers.get(API_KEY, ""), headers.get(API_APPID, "")
        metadata = whole_key(secret, application_id)
        fingerprint = hashlib.sha256(f"{application_id}\n{secret}".encode()).digest()
        known = self._known.get(fingerprint)
        if known is None or known[1] <= self._clock():
            known = (await self._standing(metadata), self._clock() + KEPT)
            self._known[fingerprint] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return Caller(*known[0], metadata)

    async def _standing(self, metadata: Metadata) -> _Standing:
        stub = account_pb2_grpc.AccountServiceStub(self._calls.backends.registry)
        try:
            answer = await self._calls.registry(stub.GetAccount, account_pb2.GetAccountRequest(), metadata)
        except CallFailed as failed:
            if failed.invalid:  # an operator key names the account in every request
                raise NotForThisKey("the key is an operator's; this API needs the key of an account") from None
            raise
        return int(answer.account.id), int(answer.account.plan)
