"""The batches of one stream, parsed when it is their turn among the batches of all streams.

What a stream has received lies there as it came, at most one message of each. It is parsed when the batches that are
being worked on, and those that wait for their commit, leave room for it; until then the stream reads no further, and
gRPC holds the client back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from hookline.dispatcher.v1.event_service_pb2 import PublishStreamRequest

from hookline_runtime.errors import ResourceExhausted
from hookline_runtime.unparsed import Unparsed

from .streams import RETRY_SECONDS, Streams

PATIENCE = 30.0
"""Seconds that a batch waits for its turn before its stream ends."""
EVENT_BYTES = 3 * 1024
"""What an event counts beside its bytes: many small ones then take up three quarters of the events that may wait."""


class Turns:
    """Iterates over the batches that ``read`` receives; the next is asked for once ``over`` was said of the last.

    gRPC's own iterator keeps the last message until the garbage of a stream that has ended is collected.

    Args:
        read: Receives the next message, parsed by nobody yet.
        streams: What all streams have together.
        wait_for: Waits until a revision of the configuration is known.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[Unparsed | object]],
        streams: Streams,
        wait_for: Callable[[int], Awaitable[None]],
    ) -> None:
        self._read = read
        self._streams = streams
        self._wait_for = wait_for
        self._parsed = 0
        self._uncommitted = 0

    def __aiter__(self) -> AsyncIterator[PublishStreamRequest]:
        return self

    async def __anext__(self) -> PublishStreamRequest:
        """The next batch.

        Raises:
            InvalidArgument: it is none.
            ResourceExhausted: its turn did not come.
            Unavailable: the revision that it asks for is not known in time.
        """
        request = await self._read()
        if not isinstance(request, Unparsed):  # the end of the stream
            raise StopAsyncIteration
        try:
            batch = await self._parse(request)
            if batch.min_config_revision:
                # It waits as it came, so that the turn is free for others.
                revision = batch.min_config_revision
                del batch
                self.over(None)
                await self._wait_for(revision)
                batch = await self._parse(request)
            async with asyncio.timeout(PATIENCE):
                size = request.size + EVENT_BYTES * len(batch.events)
                self._uncommitted = await self._streams.uncommitted.take(size)
        except TimeoutError:
            raise ResourceExhausted("too many batches wait for their turn", RETRY_SECONDS, "batches") from None
        finally:
            del request  # or a stream that is cancelled keeps it in the traceback, until the garbage is collected
        return batch

    async def _parse(self, request: Unparsed) -> PublishStreamRequest:
        async with asyncio.timeout(PATIENCE):
            self._parsed = await self._streams.parsed.take(request.size)
        batch: PublishStreamRequest = request.parse()
        return batch

    def over(self, commit: asyncio.Task[Any] | None) -> None:
        """Says that the batch is on its way to ``commit``, or came to nothing."""
        self._streams.parsed.give_back(self._parsed)
        uncommitted, self._parsed, self._uncommitted = self._uncommitted, 0, 0
        if commit is None:
            self._streams.uncommitted.give_back(uncommitted)
        else:
            commit.add_done_callback(lambda _: self._streams.uncommitted.give_back(uncommitted))
