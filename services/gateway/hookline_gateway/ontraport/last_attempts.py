"""The last attempts to subscriptions, for many at once.

A payload does not change once it was sent, so those that were shown are kept, up to a bound: a list that is asked for
again and again costs one call of the dispatcher and renders nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from hookline.dispatcher.v1 import delivery_pb2, log_service_pb2, log_service_pb2_grpc

from hookline_gateway.calls import Calls
from hookline_gateway.ontraport.callers import Caller
from hookline_gateway.ontraport.conditions import Record

AT_ONCE = 50
MOST_CHARACTERS = 16 * 1024 * 1024

NEVER: Record = {"last_hook": None, "last_code": "0", "last_payload": ""}
"""What a subscription shows to which nothing was sent."""
FIELDS = frozenset(NEVER)

_Key = tuple[int, int, int]


class Payloads:
    """Payloads by account, delivery and attempt: those that were asked for last, within a bound on their characters."""

    def __init__(self, most_characters: int = MOST_CHARACTERS) -> None:
        self._kept: OrderedDict[_Key, str] = OrderedDict()
        self._room = most_characters

    def get(self, key: _Key) -> str | None:
        """The payload, if it is kept."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: _Key, payload: str) -> None:
        """Keeps one; others make room for it."""
        self._room += len(self._kept.pop(key, "")) - len(payload)
        self._kept[key] = payload
        while self._room < 0:
            self._room += len(self._kept.popitem(last=False)[1])


class LastAttempts:
    """Asks the dispatcher for them."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._stub = log_service_pb2_grpc.LogServiceStub(calls.backends.dispatcher)
        self._payloads = Payloads()

    async def of(self, caller: Caller, ids: Sequence[int], *, payloads: bool) -> dict[int, Record]:
        """What subscriptions show of their last attempts, by id; those without one are left out.

        Raises:
            CallFailed: the dispatcher is away, or refused.
        """
        found: dict[int, Record] = {}
        for start in range(0, len(ids), AT_ONCE):
            found.update(await self._some(caller, ids[start : start + AT_ONCE], payloads))
        return found

    async def _some(self, caller: Caller, ids: Sequence[int], payloads: bool) -> dict[int, Record]:
        attempts = await self._ask(caller, ids, bodies=False)
        missing = [id_ for id_, attempt in attempts.items() if payloads and self._payload(caller, attempt) is None]
        if missing:
            # A newer attempt that came meanwhile takes the place of the one without its body.
            whole = await self._ask(caller, missing, bodies=True)
            for attempt in whole.values():
                self._payloads.keep(_key(caller, attempt), attempt.request.body.decode(errors="replace"))
            attempts.update(whole)
        return {id_: self._shown(caller, attempt) for id_, attempt in attempts.items()}

    async def _ask(self, caller: Caller, ids: Sequence[int], *, bodies: bool) -> dict[int, delivery_pb2.Attempt]:
        refs = [delivery_pb2.TargetRef(kind=delivery_pb2.TARGET_KIND_SUBSCRIPTION, id=id_) for id_ in ids]
        request = log_service_pb2.BatchGetLastAttemptsRequest(targets=refs, bodies=bodies)
        answer = await self._calls.dispatcher(self._stub.BatchGetLastAttempts, request, caller.metadata)
        return {each.target.id: each.attempt for each in answer.attempts}

    def _payload(self, caller: Caller, attempt: delivery_pb2.Attempt) -> str | None:
        return self._payloads.get(_key(caller, attempt))

    def _shown(self, caller: Caller, attempt: delivery_pb2.Attempt) -> Record:
        return {
            "last_hook": str(attempt.start_time.seconds),
            "last_code": str(attempt.response.status_code),
            "last_payload": self._payload(caller, attempt) or "",
        }


def _key(caller: Caller, attempt: delivery_pb2.Attempt) -> _Key:
    return caller.account_id, attempt.delivery_id, attempt.number
