"""LogService: the log across deliveries, all of an account's or the last entries of targets.

Messages come parsed and valid by their protos' rules. Every look-up carries the account: what belongs to another one is
left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hookline.dispatcher.v1 import log_service_pb2 as pb
from hookline.dispatcher.v1 import log_service_pb2_grpc

from hookline_dispatcher.store.log import MOST, LogEntry, LogPage, LogReads
from hookline_dispatcher.store.model import TargetKey
from hookline_runtime.access import account_of
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.paging import UNREADABLE, decode_token, encode_token, page_size

from . import wire_deliveries as wire
from .attempts_view import PAGE_BYTES, AttemptsView
from .last_attempts import LastAttempts
from .store_errors import store_in_use

STEP = 50
"""How many entries with bodies are read at once."""


class LogService(log_service_pb2_grpc.LogServiceServicer):
    """Shows the log.

    Args:
        log: Where it is.
        view: Completes the attempts that are shown with bodies.
        installation: What tells this installation's webhook ids from others'.
    """

    def __init__(self, log: LogReads, view: AttemptsView, installation: str) -> None:
        self._log = log
        self._last = LastAttempts(log)
        self._view = view
        self._installation = installation

    async def ListLog(self, request: pb.ListLogRequest, context: Any) -> pb.ListLogResponse:
        """Shows a page of the log."""
        account_id, ids = account_of(request.account_id), list(request.ids)
        fields = {"list": "log", "account": account_id, "ids": ids}
        before, size = _before(request.page_token, fields), page_size(request.page_size)
        with store_in_use():
            page, more = await self._page(account_id, LogPage(before, request.skip, ids, request.bodies), size)
            total = await self._log.log_size(account_id, ids) if request.count else 0
        token = encode_token(fields, [page[-1].attempt.seq]) if more else ""
        return pb.ListLogResponse(entries=map(self._entry, page), next_page_token=token, total_size=total)

    async def BatchGetLastAttempts(
        self, request: pb.BatchGetLastAttemptsRequest, context: Any
    ) -> pb.BatchGetLastAttemptsResponse:
        """Shows the last attempts of targets."""
        account_id = account_of(request.account_id)
        targets = sorted({wire.target_key(account_id, each) for each in request.targets})
        with store_in_use():
            if not request.bodies:
                return pb.BatchGetLastAttemptsResponse(attempts=await self._last.of(targets))
            return pb.BatchGetLastAttemptsResponse(attempts=await self._last_with_bodies(targets))

    async def _last_with_bodies(self, targets: Sequence[TargetKey]) -> list[pb.LastAttempt]:
        """As many as fit into about 8 MiB: one at least, where there is any."""
        shown: list[pb.LastAttempt] = []
        room = PAGE_BYTES
        for each in await self._log.last_attempts(targets, bodies=True):
            if room <= 0:
                break
            whole = await self._whole(each)
            room -= _body_bytes(whole)
            ref = wire.target_ref(whole.delivery.target)
            shown.append(pb.LastAttempt(target=ref, attempt=wire.attempt(whole.attempt)))
        return shown

    async def _page(self, account_id: int, which: LogPage, size: int) -> tuple[list[LogEntry], bool]:
        """At most ``size`` entries, with bodies of about 8 MiB at most, and whether there are more."""
        if which.skip >= MOST:
            return [], False
        page: list[LogEntry] = []
        room = PAGE_BYTES
        while True:
            step = (min(size - len(page), STEP) if which.bodies else size - len(page)) + 1
            found = await self._log.log(account_id, which, step)
            for each in found:
                if len(page) == size or room <= 0:
                    return page, True
                whole = await self._whole(each) if which.bodies else each
                page.append(whole)
                room -= _body_bytes(whole)
            if len(found) < step:
                return page, False
            which = LogPage(page[-1].attempt.seq, 0, which.seqs, which.bodies)

    def _entry(self, entry: LogEntry) -> pb.LogEntry:
        record = entry.attempt.record
        shown = pb.LogEntry(
            id=entry.attempt.seq,
            delivery=wire.delivery(entry.delivery, self._installation),
            time=wire.timestamp(record.start_time),
        )
        if entry.attempt.number:
            shown.attempt.CopyFrom(wire.attempt(entry.attempt))
        else:
            shown.reason = record.reason
        return shown

    async def _whole(self, entry: LogEntry) -> LogEntry:
        """The entry with the body of its request, which is rendered again where it succeeded."""
        if not entry.attempt.number:
            return entry
        return replace(entry, attempt=await self._view.whole(entry.delivery, entry.attempt))


def _body_bytes(entry: LogEntry) -> int:
    record = entry.attempt.record
    return len(record.request_body or b"") + len(record.response_body)


def _before(token: str, fields: dict[str, Any]) -> int:
    match decode_token(token, fields):
        case None:
            return 0
        case [int(seq)] if seq > 0:
            return seq
    raise InvalidArgument(Violation("page_token", UNREADABLE))
