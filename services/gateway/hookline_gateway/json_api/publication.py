"""One body of JSON lines on its way through ``PublishStream``: read, sent, acked, all at once and all bounded.

At most ``WINDOW`` batches wait for their ack; then no more of the body is read, and TCP slows the
producer down. A line is sent at once where no batch is under way; else it waits for the acks of those that are, or for
``ENOUGH`` lines, whichever is sooner: a batch costs the dispatcher as much as several events.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any

import grpc.aio
from hookline.dispatcher.v1 import event_service_pb2

from hookline_gateway.json_api.ack_spool import AckSpool
from hookline_gateway.json_api.beside import LARGE, beside
from hookline_gateway.json_api.event_lines import LONGEST_LINE, Batch, Waiting
from hookline_gateway.json_api.lines import Line, Lines
from hookline_gateway.statuses import CallFailed
from hookline_runtime.errors import Unavailable

WINDOW = 8
ENOUGH = 100
"""Lines from which on a batch is sent although others are under way."""
AT_A_TIME = 20
"""Lines that are read before others have their turn."""
Call = grpc.aio.StreamStreamCall[Any, event_service_pb2.PublishStreamResponse]


class Publication:
    """Publishes the lines of ``body`` over ``call`` and puts their results into ``spool``."""

    def __init__(
        self, body: AsyncIterator[bytes], call: Call, spool: AckSpool, min_config_revision: int, draining: asyncio.Event
    ) -> None:
        self._body = body
        self._call = call
        self._spool = spool
        self._revision = min_config_revision
        self._draining = draining
        self._window = asyncio.Semaphore(WINDOW)
        self._waiting = Waiting()
        self._gathered = Batch()
        self._batches = 0
        self._under_way = 0
        self._all_acked = asyncio.Event()
        self._all_acked.set()
        self._lines = Lines(LONGEST_LINE)
        self._last_line = 0
        self._turn_bytes = 0
        self.answered = False
        """Whether the dispatcher has answered, and so lets the caller publish."""

    @property
    def first_unacked(self) -> int:
        """The first line that has no ack; the one after the last that was read, where all have theirs."""
        gathered = self._gathered.lines[0] if self._gathered.lines else self._last_line + 1
        return self._waiting.first_line or gathered

    async def run(self) -> None:
        """Returns once every line has its result.

        Raises:
            CallFailed: the stream to the dispatcher was refused or broke off.
            Unavailable: the gateway drains; what was sent was acked.
            ClientDisconnect: the producer is gone.
        """
        sending = asyncio.create_task(self._send())
        receiving = asyncio.create_task(self._receive())
        try:
            await asyncio.wait({sending, receiving}, return_when=asyncio.FIRST_EXCEPTION)
            for task in (receiving, sending):
                if task.done():
                    task.result()
        finally:
            for task in (sending, receiving):
                task.cancel()
            await asyncio.gather(sending, receiving, return_exceptions=True)
            self._call.cancel()
        await self._flush()
        if self._draining.is_set():
            raise Unavailable("the gateway drains: send the lines without an ack again", 1.0, reason="DRAINING")

    async def _send(self) -> None:
        async for piece in self._pieces():
            await self._take(self._lines.feed(piece))
        if not self._draining.is_set():
            await self._take(self._lines.end())
        await self._send_gathered()
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            await self._call.done_writing()

    async def _pieces(self) -> AsyncIterator[bytes]:
        """The body until the gateway drains, and an empty piece when what was gathered waits for nothing any more."""
        drained: asyncio.Future[Any] = asyncio.ensure_future(self._draining.wait())
        body = aiter(self._body)
        following: asyncio.Future[Any] = _next(body)
        try:
            while await self._first_of(drained, following):
                if not following.done():
                    yield b""
                    continue
                piece = following.result()
                if piece is None:
                    return
                yield piece
                following = _next(body)
        finally:
            drained.cancel()
            following.cancel()
            await asyncio.gather(drained, following, return_exceptions=True)

    async def _first_of(self, drained: asyncio.Future[Any], following: asyncio.Future[Any]) -> bool:
        """Waits for the first of what there is to wait for; whether it goes on."""
        acked: list[asyncio.Future[Any]] = []
        if self._gathered.lines:
            acked.append(asyncio.ensure_future(self._all_acked.wait()))
        try:
            await asyncio.wait([drained, following, *acked], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in acked:
                each.cancel()
        return following.done() or not drained.done()

    async def _take(self, lines: Iterable[Line]) -> None:
        for line in lines:
            size = len(line.text or b"")
            if size > LARGE:
                await beside(size, partial(self._gathered.add, line))
            else:
                self._gathered.add(line)
            self._last_line = line.number
            if self._gathered.full:
                await self._send_gathered()
            self._turn_bytes += size
            # Others are served in between, and whoever may not publish is refused.
            if line.number % AT_A_TIME == 0 or self._turn_bytes > LARGE:
                self._turn_bytes = 0
                await asyncio.sleep(0)
        if self._all_acked.is_set() or len(self._gathered.lines) >= ENOUGH:
            await self._send_gathered()

    async def _send_gathered(self) -> None:
        if self._gathered.lines:
            batch, self._gathered = self._gathered, Batch()
            await self._send_batch(batch)

    async def _send_batch(self, batch: Batch) -> None:
        if not batch.events:
            self._waiting.add(batch)
            await self._flush()
            return
        self._waiting.add(batch)
        await self._window.acquire()
        self._under_way += 1
        self._all_acked.clear()
        self._batches += 1
        request = event_service_pb2.PublishStreamRequest(
            batch_id=self._batches, events=batch.events, min_config_revision=self._revision
        )
        batch.events.clear()
        # A call that has ended says why where its answers are read.
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            await self._call.write(request)

    async def _receive(self) -> None:
        try:
            async for response in self._call:
                self.answered = True
                self._waiting.settle(response.results)
                self._window.release()
                self._under_way -= 1
                if not self._under_way:
                    self._all_acked.set()
                await self._flush()
        except grpc.aio.AioRpcError as error:
            raise CallFailed("dispatcher", error) from error

    async def _flush(self) -> None:
        for lines in self._waiting.settled():
            await self._spool.put(lines)


def _next(body: AsyncIterator[bytes]) -> asyncio.Future[bytes | None]:
    return asyncio.ensure_future(anext(body, None))
