"""What callers changed here, on its way to the audit log, which the registry keeps.

An entry is in the store when its change is, and stays there until the registry has it: within a second where that is
there. A report that is repeated counts once. An entry that the registry refuses in itself holds up no other: it stays,
the log tells of it, and it is reported again after the next start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import accumulate

import grpc
import grpc.aio
import structlog
from hookline.registry.v1 import audit_pb2, audit_pb2_grpc

from hookline_dispatcher.store.model import StoreFailed
from hookline_dispatcher.store.notes import Note, Notes

TOGETHER = 100
MOST_BYTES = 1 << 20
"""How much is reported at once: the registry takes messages of 4 MiB."""
ANSWER_SECONDS = 2.0
PAUSE_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class AuditOutbox:
    """Reports to the registry what was noted, in order."""

    def __init__(self, channel: grpc.aio.Channel, service_key: str, notes: Notes) -> None:
        self._stub: audit_pb2_grpc.AuditServiceAsyncStub = audit_pb2_grpc.AuditServiceStub(channel)
        self._metadata = (("service-key", service_key),)
        self._notes = notes
        self._refused: set[str] = set()
        self._wake = asyncio.Event()
        self._wake.set()  # for what the dispatcher before this one left
        notes.on_note(self._wake.set)

    async def run(self) -> None:
        """Reports for as long as it runs."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not await self.report():
                self._wake.set()
                await asyncio.sleep(PAUSE_SECONDS)

    async def report(self) -> bool:
        """Reports what waits; whether the registry was told all of it."""
        try:
            while step := _fitting(await self._waiting()):
                await self._tell(step)
        except grpc.aio.AioRpcError as error:
            _log.info("what was changed is reported later", reason=error.code().name)
            return False
        except StoreFailed:
            return False  # the store has told of it
        return True

    async def _waiting(self) -> list[Note]:
        found = await self._notes.notes(TOGETHER + len(self._refused))
        return [note for note in found if note.id not in self._refused]

    async def _tell(self, step: Sequence[Note]) -> None:
        try:
            await self._stub.ReportAuditEntries(_request(step), metadata=self._metadata, timeout=ANSWER_SECONDS)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.INVALID_ARGUMENT:
                raise
            if len(step) > 1:
                for note in step:
                    await self._tell([note])
                return
            self._refused.add(step[0].id)
            _log.error("the registry refuses an entry of the audit log", report_id=step[0].id)
        else:
            await self._notes.notes_told([note.id for note in step])


def _fitting(notes: Sequence[Note]) -> Sequence[Note]:
    """As many of the first as fit into a report, and at least one."""
    sizes = accumulate(len(note.content) for note in notes)
    return [
        note for place, (note, size) in enumerate(zip(notes, sizes, strict=True)) if not place or size <= MOST_BYTES
    ]


def _request(notes: Sequence[Note]) -> audit_pb2.ReportAuditEntriesRequest:
    told = [
        audit_pb2.ReportedEntry(entry=audit_pb2.AuditEntry.FromString(note.content), report_id=note.id)
        for note in notes
    ]
    return audit_pb2.ReportAuditEntriesRequest(entries=told)
