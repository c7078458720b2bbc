"""Keys from the replica, and from the registry where the replica does not know them or is too old to be believed.

A revoked key lives at most as long as the stated staleness: after that, no key is accepted unless the registry
confirms it. Strangers cannot hammer the registry: answers are kept for some seconds, questions about one key at one
time are one question, and the number of questions a second is bounded. A key that cannot be asked about is not
refused: the caller is told to come back.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

import grpc
import grpc.aio
import structlog
from hookline.registry.v1 import config_pb2, config_pb2_grpc

from hookline_dispatcher.core.instants import MINUTE, SECOND
from hookline_dispatcher.store.model import ConfigRow
from hookline_runtime.access import KeyRecord
from hookline_runtime.clock import Clock
from hookline_runtime.errors import Unavailable

from .codec import decode_key
from .wire import key_record

MAX_STALENESS = 15 * MINUTE
ANSWER_SECONDS = 2.0
"""How long the registry has to answer."""
KEEP_ANSWER = 10 * SECOND
LONGEST_NAME = 128
"""Characters of the longest application id that the contract has."""
MOST_ANSWERS = 10_000
QUESTIONS_PER_SECOND = 50
REPORT_SECONDS = 60.0
MOST_PER_REPORT = 1000

_log = structlog.get_logger(__name__)


class ReplicaKeys:
    """A ``hookline_runtime.access.KeyFinder`` over the replica.

    ``heard_time`` is when the registry last confirmed that the replica is current; the replica sets it.
    """

    def __init__(
        self, channel: grpc.aio.Channel, service_key: str, clock: Clock, max_staleness: int = MAX_STALENESS
    ) -> None:
        self._stub: config_pb2_grpc.ConfigServiceAsyncStub = config_pb2_grpc.ConfigServiceStub(channel)
        self._metadata = (("service-key", service_key),)
        self._clock = clock
        self._max_staleness = max_staleness
        self._keys: dict[str, KeyRecord] = {}
        self._names: dict[tuple[int, int], str] = {}
        self._answers: OrderedDict[str, tuple[int, KeyRecord | None]] = OrderedDict()
        self._questions: dict[str, asyncio.Task[KeyRecord | None]] = {}
        self._allowance = _Allowance(QUESTIONS_PER_SECOND)
        self._uses: dict[str, int] = {}
        self.heard_time = 0

    def replace(self, rows: Iterable[ConfigRow]) -> None:
        """Takes ``rows`` for all the keys there are."""
        self._keys.clear()
        self._names.clear()
        self.change(rows)

    def change(self, rows: Iterable[ConfigRow]) -> None:
        """Takes in keys that are new, changed or deleted."""
        for row in rows:
            identity = row.account_id, row.id
            old = self._names.pop(identity, None)
            if old is not None:
                self._keys.pop(old, None)
                self._answers.pop(old, None)
            if not row.deleted:
                key = decode_key(row)
                self._keys[key.application_id] = key
                self._names[identity] = key.application_id
                self._answers.pop(key.application_id, None)

    async def find(self, application_id: str) -> KeyRecord | None:
        """The key with that name; None when the registry has none.

        Raises:
            Unavailable: the registry would have to be asked and cannot be.
        """
        if len(application_id) > LONGEST_NAME:
            return None
        now = self._clock.now()
        key = self._keys.get(application_id)
        if key is not None and now - self.heard_time <= self._max_staleness:
            return key
        kept = self._answers.get(application_id)
        if kept is not None and now < kept[0]:
            return kept[1]
        return await self._ask_once(application_id)

    def used(self, application_id: str, now: int) -> None:
        """Notes that the key was used at ``now``; reported once a minute."""
        self._uses[application_id] = now

    async def report(self) -> None:
        """Reports uses for as long as it runs; what could not be reported is reported the next time."""
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            await self.report_once()

    async def report_once(self) -> None:
        """Tells the registry when keys were last used."""
        uses, self._uses = list(self._uses.items()), {}
        for start in range(0, len(uses), MOST_PER_REPORT):
            request = config_pb2.ReportKeyUseRequest()
            for application_id, time in uses[start : start + MOST_PER_REPORT]:
                request.uses.add(application_id=application_id).last_used_time.FromMicroseconds(time)
            try:
                await self._stub.ReportKeyUse(request, metadata=self._metadata, timeout=ANSWER_SECONDS)
            except grpc.aio.AioRpcError as error:
                _log.info("uses of keys are reported later", reason=error.code().name)
                self._uses = dict(uses[start:]) | self._uses
                return

    async def _ask_once(self, application_id: str) -> KeyRecord | None:
        question = self._questions.get(application_id)
        if question is None:
            if not self._allowance.take(self._clock.now()):
                raise _cannot_ask("too many unknown keys are asked for")
            question = asyncio.create_task(self._ask(application_id))
            self._questions[application_id] = question
            question.add_done_callback(lambda done: self._asked(application_id, done))
        return await asyncio.shield(question)

    def _asked(self, application_id: str, question: asyncio.Task[KeyRecord | None]) -> None:
        self._questions.pop(application_id, None)
        if not question.cancelled():
            question.exception()

    async def _ask(self, application_id: str) -> KeyRecord | None:
        request = config_pb2.LookUpKeyRequest(application_id=application_id)
        try:
            response = await self._stub.LookUpKey(request, metadata=self._metadata, timeout=ANSWER_SECONDS)
            key = key_record(response.item)
        except grpc.aio.AioRpcError as error:
            if error.code() not in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT):
                raise _cannot_ask("the registry cannot be asked for the key") from None
            key = None
        if key is not None and key.application_id != application_id:
            key = None
        self._answers[application_id] = self._clock.now() + KEEP_ANSWER, key
        self._answers.move_to_end(application_id)
        if len(self._answers) > MOST_ANSWERS:
            self._answers.popitem(last=False)
        return key


class _Allowance:
    """So many in a second: refills evenly, saves up one second's worth."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._left = float(per_second)
        self._time = 0

    def take(self, now: int) -> bool:
        """Takes one if there is one."""
        gained = max(0, now - self._time) * self._per_second / SECOND
        self._left = min(self._per_second, self._left + gained)
        self._time = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _cannot_ask(reason: str) -> Unavailable:
    return Unavailable(reason, 1.0, reason="KEY_NOT_CHECKED")
