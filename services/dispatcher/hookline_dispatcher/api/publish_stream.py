"""One PublishStream: reads ahead a bounded number of batches, so that commits overlap, and acks them in order.

A batch takes a slot before it is read and gives it back when its ack was written: a client that reads no acks, or a
store that is slow, therefore stops the reading, and gRPC stops the client. Whatever ends the stream (the client, the
server's drain, a batch that is no batch, a key that was revoked) ends it after the acks of what was taken before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from hookline.dispatcher.v1.event_service_pb2 import PublishStreamRequest, PublishStreamResponse

from hookline_dispatcher.ingest.ingest import Ingest
from hookline_dispatcher.store.model import IntakeResult
from hookline_runtime.access import KeyFinder, Principal
from hookline_runtime.clock import Clock
from hookline_runtime.draining import draining_error

from .batches import Answers, read_batch
from .live_key import require_live, while_live
from .turns import Turns

READ_AHEAD = 8
"""How many batches of one stream may be between reading and ack."""
PATIENCE = 10.0
"""Seconds that a batch waits for room before the stream ends with RESOURCE_EXHAUSTED."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A batch on its way, without its events; ``commit`` is None when nothing of it is good."""

    batch_id: int
    answers: Answers
    commit: asyncio.Task[list[IntakeResult]] | None

    async def response(self) -> PublishStreamResponse:
        """The ack, after the commit."""
        committed = await asyncio.shield(self.commit) if self.commit else []
        response = PublishStreamResponse(batch_id=self.batch_id)
        self.answers.write(response, committed)
        return response


class PublishStream:
    """Serves one stream of one caller."""

    def __init__(
        self,
        ingest: Ingest,
        turns: Turns,
        keys: KeyFinder,
        clock: Clock,
        draining: asyncio.Event,
        principal: Principal,
    ) -> None:
        self._ingest = ingest
        self._turns = turns
        self._keys = keys
        self._clock = clock
        self._draining = draining
        self._principal = principal
        self._slots = asyncio.Semaphore(READ_AHEAD)
        self._taken: asyncio.Queue[_Taken | None] = asyncio.Queue()

    async def serve(self) -> AsyncIterator[PublishStreamResponse]:
        """The acks of the batches, in order.

        Raises:
            Unavailable: the server drains or its store failed; what has no ack is to be sent again.
            ResourceExhausted: too many events wait to be committed, and it did not get better.
            Unauthenticated: the key was revoked or has expired since the stream began.
        """
        reader = asyncio.create_task(self._read())
        try:
            while (taken := await self._taken.get()) is not None:
                yield await taken.response()
                self._slots.release()
            await reader
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _read(self) -> None:
        drain = asyncio.create_task(self._draining.wait())
        try:
            async with while_live(self._principal, self._keys, self._clock) as dead:
                while True:
                    await self._slots.acquire()
                    taken = await self._take(drain, dead)
                    if taken is None:
                        return
                    self._taken.put_nowait(taken)
        finally:
            drain.cancel()
            self._taken.put_nowait(None)

    async def _take(self, drain: asyncio.Task[bool], dead: asyncio.Task[None]) -> _Taken | None:
        taken = None
        try:
            taken = await self._submit(await _next(self._turns, drain, dead))
        finally:
            self._turns.over(taken.commit if taken else None)
        return taken

    async def _submit(self, request: PublishStreamRequest | None) -> _Taken | None:
        if request is None:
            return None
        await require_live(self._principal, self._keys, self._clock)
        self._keys.used(self._principal.application_id, self._clock.now())
        batch_id = request.batch_id
        batch = await read_batch(request, self._ingest, self._principal, self._clock.now())
        del request  # it is as large as what was read of it, and the wait for room may be long
        commit = None
        if batch.good:
            commit = await self._ingest.submit(batch.good, atomic=batch.atomic, patience=PATIENCE)
        return _Taken(batch_id, batch.answers, commit)


async def _next(
    requests: AsyncIterator[PublishStreamRequest], drain: asyncio.Task[bool], dead: asyncio.Task[None]
) -> PublishStreamRequest | None:
    """The next request, None at the end.

    Raises:
        Unavailable: the server drains.
        Unauthenticated: the key holds no more.
    """
    if drain.done():
        raise draining_error()
    request = asyncio.ensure_future(anext(requests, None))
    try:
        await asyncio.wait((request, drain, dead), return_when=asyncio.FIRST_COMPLETED)
        if not request.done():
            if dead.done():
                dead.result()
            raise draining_error()
        return request.result()
    finally:
        if not request.done():
            request.cancel()
            await asyncio.wait((request,))
