"""Whose a bin is: the account of the key that made it. Who knows a bin's URL may look; only its owner changes it."""

from __future__ import annotations

from dataclasses import dataclass

from hookline.registry.v1 import account_pb2, account_pb2_grpc
from starlette.requests import Request

from hookline_gateway.bin.model import Bin
from hookline_gateway.calls import Calls
from hookline_gateway.credentials import API_APPID, API_KEY, KeysOf, whole_key
from hookline_runtime.errors import PermissionDenied

OPERATOR = 0
"""What stands in the place of an account where the key is an operator's."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Asks the registry who calls, at each change anew: a key that was revoked changes nothing."""

    calls: Calls
    keys_of: KeysOf

    async def caller(self, request: Request) -> int:
        """The account that the request's key acts for.

        Raises:
            Unauthenticated, CallFailed: it shows no key, or none that is known.
        """
        shown = dict(self.keys_of(request))
        keys = whole_key(shown.get(API_KEY, ""), shown.get(API_APPID, ""))
        stub = account_pb2_grpc.AccountServiceStub(self.calls.backends.registry)
        answer = await self.calls.registry(stub.GetCaller, account_pb2.GetCallerRequest(), keys)
        return int(answer.account.id) if answer.HasField("account") else OPERATOR

    async def must_own(self, request: Request, changed: Bin) -> None:
        """Passes the account that made the bin, and operators.

        Raises:
            PermissionDenied: the key is another account's.
            Unauthenticated, CallFailed: it shows no key, or none that is known.
        """
        if await self.caller(request) not in (changed.account_id, OPERATOR):
            raise PermissionDenied("another account made this bin", reason="BIN_OF_ANOTHER")
