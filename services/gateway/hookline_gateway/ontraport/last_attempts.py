"""The last attempts to subscriptions, for many at once.

An attempt does not change once it came to something, so what was shown of those that were asked for last is kept, up to
a bound: a list that is asked for again and again costs one call of the dispatcher and renders nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from hookline.dispatcher.v1 import delivery_pb2, log_service_pb2

from hookline_gateway.calls import Calls, Method
from hookline_gateway.ontraport.callers import Caller
from hookline_gateway.ontraport.conditions import Record
from hookline_gateway.ontraport.kept import Kept

AT_ONCE = 50
MOST_CHARACTERS = 16 * 1024 * 1024
OVERHEAD = 512
"""What a record counts beside its payload."""

NEVER: Record = {"last_hook": None, "last_code": "0", "last_payload": ""}
"""What a subscription shows to which nothing was sent."""
FIELDS = frozenset(NEVER)

_METHOD = "/hookline.dispatcher.v1.LogService/BatchGetLastAttempts"
_Key = tuple[int, int, int]  # account, delivery and attempt


@dataclass(frozen=True, slots=True)
class Told:
    """What subscriptions show of their last attempts, by id; those without one are left out.

    ``whole``: there is a record for each attempt of the answer that it was read from.
    """

    records: Mapping[int, Record]
    whole: bool


class LastAttempts:
    """Asks the dispatcher for them."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._ask: Method[log_service_pb2.BatchGetLastAttemptsRequest, bytes] = calls.backends.dispatcher.unary_unary(
            _METHOD, log_service_pb2.BatchGetLastAttemptsRequest.SerializeToString
        )
        self._kept: Kept[_Key, Record] = Kept(lambda _, record: size(record), MOST_CHARACTERS)

    async def ask(self, caller: Caller, ids: tuple[int, ...], *, bodies: bool = False) -> bytes:
        """The dispatcher's answer for at most ``AT_ONCE`` subscriptions, to be given to ``read``.

        Raises:
            CallFailed: the dispatcher is away, or refused.
        """
        answer: bytes = await self._calls.dispatcher(self._ask, _request(ids, bodies), caller.metadata)
        return answer

    async def read(self, caller: Caller, answer: bytes, *, payloads: bool) -> Told:
        """What an answer without bodies says; where ``payloads`` are wanted, with those that are asked for now.

        Raises:
            CallFailed: the dispatcher is away, or refused.
        """
        attempts = _attempts(answer)
        if not payloads:
            return Told({id_: _record(attempt, "") for id_, attempt in attempts.items()}, whole=True)
        known = {id_: self._kept.get(_key(caller, attempt)) for id_, attempt in attempts.items()}
        found = {id_: record for id_, record in known.items() if record is not None}
        missing = tuple(id_ for id_ in known if id_ not in found)
        while missing:
            # A newer attempt that came meanwhile takes the place of the one without its body.
            some = _attempts(await self.ask(caller, missing, bodies=True))
            if not some:
                break
            for id_, attempt in some.items():
                record = _record(attempt, attempt.request.body.decode(errors="replace"))
                found[id_] = self._kept.keep(_key(caller, attempt), record)
            missing = tuple(id_ for id_ in missing if id_ not in some)  # large bodies come in several answers
        return Told(found, whole=found.keys() >= known.keys())


def size(record: Record) -> int:
    """What a record counts towards what is kept, in characters."""
    return OVERHEAD + len(record["last_payload"] or "")


def _attempts(answer: bytes) -> dict[int, delivery_pb2.Attempt]:
    read = log_service_pb2.BatchGetLastAttemptsResponse.FromString(answer)
    return {each.target.id: each.attempt for each in read.attempts}


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
