"""LogService: the log across deliveries, all of an account's or the last entries of targets.

Messages come parsed and valid by their protos' rules. Every look-up carries the account: what belongs to another one is
left out.
"""

from __future__ import annotations

from typing import Any

from hookline.dispatcher.v1 import log_service_pb2 as pb
from hookline.dispatcher.v1 import log_service_pb2_grpc

from hookline_dispatcher.store.log import MOST, LogEntry, LogPage, LogReads
from hookline_dispatcher.store.model import StoredAttempt
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
            shown = [await self._entry(each, request.bodies) for each in page]
            total = await self._log.log_size(account_id, ids) if request.count else 0
        token = encode_token(fields, [page[-1].attempt.seq]) if more else ""
        return pb.ListLogResponse(entries=shown, next_page_token=token, total_size=total)

    async def BatchGetLastAttempts(
        self, request: pb.BatchGetLastAttemptsRequest, context: Any
    ) -> pb.BatchGetLastAttemptsResponse:
        """Shows the last attempts of targets."""
        account_id = account_of(request.account_id)
        targets = sorted({wire.target_key(account_id, each) for each in request.targets})
        with store_in_use():
            if not request.bodies:
                return pb.BatchGetLastAttemptsResponse(attempts=await self._last.of(targets))
            found = await self._log.last_attempts(targets, bodies=True)
            attempts = [await self._attempt(each, bodies=True) for each in found]
        refs = (wire.target_ref(each.delivery.target) for each in found)
        return pb.BatchGetLastAttemptsResponse(
            attempts=[
                pb.LastAttempt(target=ref, attempt=wire.attempt(each)) for ref, each in zip(refs, attempts, strict=True)
            ]
        )

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
                page.append(each)
                room -= len(each.attempt.record.request_body or b"") + len(each.attempt.record.response_body)
            if len(found) < step:
                return page, False
            which = LogPage(page[-1].attempt.seq, 0, which.seqs, which.bodies)

    async def _entry(self, entry: LogEntry, bodies: bool) -> pb.LogEntry:
        record = entry.attempt.record
        shown = pb.LogEntry(
            id=entry.attempt.seq,
            delivery=wire.delivery(entry.delivery, self._installation),
            time=wire.timestamp(record.start_time),
        )
        if entry.attempt.number:
            shown.attempt.CopyFrom(wire.attempt(await self._attempt(entry, bodies)))
        else:
            shown.reason = record.reason
        return shown

    async def _attempt(self, entry: LogEntry, bodies: bool) -> StoredAttempt:
        return await self._view.whole(entry.delivery, entry.attempt) if bodies else entry.attempt


def _before(token: str, fields: dict[str, Any]) -> int:
    match decode_token(token, fields):
        case None:
            return 0
        case [int(seq)] if seq > 0:
            return seq
    raise InvalidArgument(Violation("page_token", UNREADABLE))
