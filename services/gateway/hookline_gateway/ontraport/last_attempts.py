"""The last attempts to subscriptions, for many at once.

An attempt does not change once it came to something, so what was shown of those that were asked for last is kept, up to
a bound: a list that is asked for again and again costs one call of the dispatcher and renders nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

from hookline.dispatcher.v1 import delivery_pb2, log_service_pb2, log_service_pb2_grpc

from hookline_gateway.calls import Calls
from hookline_gateway.ontraport.callers import Caller
from hookline_gateway.ontraport.conditions import Record

AT_ONCE = 50
MOST_CHARACTERS = 16 * 1024 * 1024
OVERHEAD = 512
"""What a record counts beside its payload."""

NEVER: Record = {"last_hook": None, "last_code": "0", "last_payload": ""}
"""What a subscription shows to which nothing was sent."""
FIELDS = frozenset(NEVER)

_Key = tuple[int, int, int]


class Shown:
    """Records by account, delivery and attempt: those that were asked for last, within a bound on their characters."""

    def __init__(self, most_characters: int = MOST_CHARACTERS) -> None:
        self._kept: OrderedDict[_Key, Record] = OrderedDict()
        self._room = most_characters

    def get(self, key: _Key) -> Record | None:
        """The record, if it is kept; not to be changed."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: _Key, record: Record) -> None:
        """Keeps one; others make room for it."""
        if key in self._kept:
            self._room += _size(self._kept.pop(key))
        self._room -= _size(record)
        self._kept[key] = record
        while self._room < 0:
            self._room += _size(self._kept.popitem(last=False)[1])


class LastAttempts:
    """Asks the dispatcher for them."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._stub = log_service_pb2_grpc.LogServiceStub(calls.backends.dispatcher)
        self._kept = Shown()

    async def of(self, caller: Caller, ids: Sequence[int], *, payloads: bool) -> dict[int, Record]:
        """What subscriptions show of their last attempts, by id; those without one are left out.

        Raises:
            CallFailed: the dispatcher is away, or refused.
        """
        found: dict[int, Record] = {}
        for start in range(0, len(ids), AT_ONCE):
            found.update(await self._some(caller, tuple(ids[start : start + AT_ONCE]), payloads))
        return found

    async def _some(self, caller: Caller, ids: tuple[int, ...], payloads: bool) -> dict[int, Record]:
        attempts = await self._ask(caller, ids, bodies=False)
        if not payloads:
            return {id_: _record(attempt, "") for id_, attempt in attempts.items()}
        known = {id_: self._kept.get(_key(caller, attempt)) for id_, attempt in attempts.items()}
        found = {id_: record for id_, record in known.items() if record is not None}
        if len(found) < len(known):
            missing = tuple(id_ for id_ in known if id_ not in found)
            # A newer attempt that came meanwhile takes the place of the one without its body.
            for id_, attempt in (await self._ask(caller, missing, bodies=True)).items():
                found[id_] = _record(attempt, attempt.request.body.decode(errors="replace"))
                self._kept.keep(_key(caller, attempt), found[id_])
        return found

    async def _ask(self, caller: Caller, ids: tuple[int, ...], *, bodies: bool) -> dict[int, delivery_pb2.Attempt]:
        answer = await self._calls.dispatcher(self._stub.BatchGetLastAttempts, _request(ids, bodies), caller.metadata)
        return {each.target.id: each.attempt for each in answer.attempts}


@lru_cache(maxsize=256)
def _request(ids: tuple[int, ...], bodies: bool) -> log_service_pb2.BatchGetLastAttemptsRequest:
    # The same page is asked for again and again, and its request takes longer to make than to send; nobody changes it.
    refs = [delivery_pb2.TargetRef(kind=delivery_pb2.TARGET_KIND_SUBSCRIPTION, id=id_) for id_ in ids]
    return log_service_pb2.BatchGetLastAttemptsRequest(targets=refs, bodies=bodies)


def _key(caller: Caller, attempt: delivery_pb2.Attempt) -> _Key:
    return caller.account_id, attempt.delivery_id, attempt.number


def _record(attempt: delivery_pb2.Attempt, payload: str) -> Record:
    return {
        "last_hook": str(attempt.start_time.seconds),
        "last_code": str(attempt.response.status_code),
        "last_payload": payload,
    }


def _size(record: Record) -> int:
    return OVERHEAD + len(record["last_payload"] or "")
