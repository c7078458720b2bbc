"""Sending batches over PublishStream until every one is acked.

What always holds: at most `window` batches are unacked; a batch leaves the list of unacked ones only with its ack, so a
stream that breaks is opened again and they are sent again, in order. Their ids make that harmless.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import grpc
from grpc.aio import StreamStreamCall
from hookline.dispatcher.v1 import event_service_pb2, event_service_pb2_grpc

from hookline_cli.connection import Connection
from hookline_cli.failure import CliError, retry_delay, rich_status, violations
from hookline_cli.publishing.batches import Batch, Refused

WINDOW = 8
PATIENCE_SECONDS = 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 3.0
_TRY_AGAIN = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED}
_WRITE_FAILED = "Internal error from Core"
_TRY_AGAIN_CODES = {code.value[0] for code in _TRY_AGAIN}

Call = StreamStreamCall[event_service_pb2.PublishStreamRequest, event_service_pb2.PublishStreamResponse]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of some events: how many were taken, were there already, fired; and which were refused."""

    taken: int
    duplicates: int
    deliveries: int
    refused: tuple[Refused, ...]


class StreamPublisher:
    """Publishes batches over one stream at a time; `settle` is called with every answer.

    patience is how many seconds it keeps trying without any ack before it gives up with CliError.
    """

    def __init__(
        self,
        connection: Connection,
        settle: Callable[[Settled], None],
        *,
        atomic: bool = False,
        min_config_revision: int = 0,
        window: int = WINDOW,
        patience: float = PATIENCE_SECONDS,
        on_trouble: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._connection = connection
        self._settle = settle
        modes = event_service_pb2.BatchMode
        self._mode = modes.BATCH_MODE_ATOMIC if atomic else modes.BATCH_MODE_PARTIAL
        self._revision = min_config_revision
        self._slots = asyncio.Semaphore(window)
        self._patience = patience
        self._on_trouble = on_trouble
        self._unacked: dict[int, Batch] = {}
        self._unsent: list[int] = []
        self._last_id = self._last_acked = 0
        self._pause = _FIRST_PAUSE
        self._more = asyncio.Event()
        self._source_done = False

    async def run(self, source: AsyncIterator[Batch | Refused]) -> None:
        """Publishes everything; returns when all is acked, raises CliError when the service will not have it."""
        feeder = asyncio.create_task(self._feed(source))
        try:
            await self._send_until_acked()
            await feeder
        finally:
            feeder.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await feeder

    async def _feed(self, source: AsyncIterator[Batch | Refused]) -> None:
        try:
            async for each in source:
                if isinstance(each, Refused):
                    self._settle(Settled(0, 0, 0, (each,)))
                    continue
                await self._slots.acquire()
                self._add(each)
        finally:
            self._source_done = True
            self._more.set()

    def _add(self, batch: Batch) -> None:
        self._last_id += 1
        self._unacked[self._last_id] = batch
        self._unsent.append(self._last_id)
        self._more.set()

    async def _send_until_acked(self) -> None:
        give_up_at: float | None = None
        while not (self._source_done and not self._unacked):
            acked_before, error = self._last_acked, await self._one_stream()
            if error is None:
                continue
            if error.code() not in _TRY_AGAIN and not _hides_the_status(error):
                raise self._connection.failure(error)
            now = time.monotonic()
            if give_up_at is None or self._last_acked != acked_before:
                give_up_at = now + self._patience
                self._pause = _FIRST_PAUSE
            if now >= give_up_at:
                raise self._connection.failure(error)
            self._on_trouble(f"{error.code().name}: {error.details()}; sending again")
            await asyncio.sleep(retry_delay(rich_status(error)) or self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    async def _one_stream(self) -> grpc.aio.AioRpcError | None:
        """One stream from open to end; None when there is nothing left to ack, else how it ended."""
        stub = event_service_pb2_grpc.EventServiceStub(self._connection.channel)
        call = self._connection.open_stream(stub.PublishStream)
        self._unsent = sorted(self._unacked)
        writer = asyncio.create_task(self._write(call))
        try:
            async for response in call:
                await self._take(response)
            if self._unacked or not self._source_done:
                return grpc.aio.AioRpcError(
                    grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata(), "the stream ended early"
                )
        except grpc.aio.AioRpcError as error:
            return error
        finally:
            writer.cancel()
            call.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return None

    async def _write(self, call: Call) -> None:
        try:
            while True:
                while self._unsent:
                    batch_id = self._unsent.pop(0)
                    await call.write(self._request(batch_id))
                if self._source_done and not self._unacked:
                    await call.done_writing()
                    return
                self._more.clear()
                await self._more.wait()
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            # The stream has ended; its reader knows with which status.
            return

    def _request(self, batch_id: int) -> event_service_pb2.PublishStreamRequest:
        return event_service_pb2.PublishStreamRequest(
            batch_id=batch_id,
            events=self._unacked[batch_id].events,
            mode=self._mode,
            min_config_revision=self._revision,
        )

    async def _take(self, response: event_service_pb2.PublishStreamResponse) -> None:
        batch = self._unacked.pop(response.batch_id, None)
        if batch is None:
            return
        if len(response.results) != len(batch.events):
            raise CliError(f"the dispatcher answered {len(response.results)} of {len(batch.events)} events")
        again = [index for index, each in enumerate(response.results) if each.error.code in _TRY_AGAIN_CODES]
        settled = settled_of(batch, response, set(again))
        if settled.taken or settled.refused or not again:
            self._last_acked = response.batch_id
        self._settle(settled)
        if again:
            delays = [retry_delay(response.results[index].error) or self._pause for index in again]
            self._on_trouble(f"{response.results[again[0]].error.message}; sending again")
            await asyncio.sleep(max(delays))
            self._add(batch.only(again))
        else:
            self._slots.release()
            self._more.set()


def _hides_the_status(error: grpc.aio.AioRpcError) -> bool:
    """Whether a write that met the end of the stream has put this in place of the status that the server sent.

    gRPC's asyncio client does that; the next try brings the status to light, or goes through.
    """
    return error.code() is grpc.StatusCode.INTERNAL and (error.details() or "").startswith(_WRITE_FAILED)


def settled_of(batch: Batch, response: event_service_pb2.PublishStreamResponse, again: set[int]) -> Settled:
    """What the answer to a batch says, leaving out the events that are to be sent again."""
    taken = duplicates = deliveries = 0
    refused: list[Refused] = []
    for index, (line, result) in enumerate(zip(batch.lines, response.results, strict=True)):
        if index in again:
            continue
        if result.WhichOneof("result") == "ack":
            taken += 1
            duplicates += result.ack.duplicate
            deliveries += result.ack.deliveries
        else:
            details = violations(result.error) or [result.error.message or "refused without a reason"]
            refused.append(Refused(line, tuple(details)))
    return Settled(taken, duplicates, deliveries, tuple(refused))
