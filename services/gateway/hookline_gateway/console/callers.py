"""Who a key is: asked at the registry, and shown as the console needs it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from google.protobuf import json_format
from hookline.registry.v1 import account_pb2 as pb
from hookline.registry.v1 import account_pb2_grpc

from hookline_gateway.calls import Calls
from hookline_gateway.console.sessions import Session

_KINDS = {pb.KEY_KIND_ACCOUNT: "account", pb.KEY_KIND_OPERATOR: "operator"}


class Callers:
    """Asks the registry whose key a session holds."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._stub = account_pb2_grpc.AccountServiceStub(calls.backends.registry)

    async def of(self, session: Session) -> pb.GetCallerResponse:
        """The key and its account.

        Raises:
            CallFailed: it is no key, or not any more; or the registry is away.
        """
        found: pb.GetCallerResponse = await self._calls.registry(
            self._stub.GetCaller, pb.GetCallerRequest(), session.keys
        )
        return found


def document(caller: pb.GetCallerResponse, ends: int) -> dict[str, Any]:
    """What ``/session`` answers; ``ends`` is when the session is over, in seconds of the epoch.

    Numbers of 64 bits are texts and enums have the names of the protos, as everywhere in the JSON API.
    """
    key = caller.key
    account = json_format.MessageToDict(
        caller.account, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    known = caller.HasField("account")
    return {
        "kind": _KINDS[key.kind],
        "account_id": str(key.account_id),
        "account_name": caller.account.name,
        "application_id": key.application_id,
        "key_id": str(key.id),
        "key_name": key.name,
        "scopes": [pb.Scope.Name(scope) for scope in key.scopes],
        "plan": account["plan"] if known else None,
        "features": account.get("features", _NO_FEATURES) if known else None,
        "expire_time": datetime.fromtimestamp(ends, UTC).isoformat().replace("+00:00", "Z"),
    }


_NO_FEATURES = json_format.MessageToDict(
    pb.FeatureSwitches(), preserving_proto_field_name=True, always_print_fields_with_no_presence=True
)
