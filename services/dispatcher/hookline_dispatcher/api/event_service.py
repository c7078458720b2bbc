"""EventService: what producers call, and what shows events. Messages come parsed and valid by their protos' rules."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from hookline.dispatcher.v1 import event_service_pb2, event_service_pb2_grpc

from hookline_dispatcher.core import snapshot
from hookline_dispatcher.ingest.ingest import Ingest
from hookline_dispatcher.store.model import EventFilter, StoredDelivery, StoredEvent
from hookline_dispatcher.store.protocol import Reads
from hookline_runtime.access import KeyFinder, KeyKind, account_of, current_principal
from hookline_runtime.clock import Clock
from hookline_runtime.errors import InvalidArgument, NotFound, Violation
from hookline_runtime.paging import decode_token, encode_token, page_size
from hookline_runtime.unparsed import Unparsed, unparsed

from .batches import acknowledge, existing_account, read_batch
from .explain import Explainer
from .publish_stream import PublishStream
from .store_errors import store_in_use
from .streams import Streams
from .turns import Turns
from .wire_events import publication, published_event

PAGE_BYTES = 8 * 1024 * 1024
"""A page ends early once the data of its events exceeds this: it has to fit a message."""
READ_STEP = 100
PAGE_FIRED = 20_000
"""A page ends early once its events fired more than this."""
FIRED_STEP = 10
"""Of how many events what they fired is read at once: one may have fired ten thousand."""

WaitFor = Callable[[int], Awaitable[None]]
"""Returns once a revision of the configuration is known; raises Unavailable when it is not in time."""


class EventService(event_service_pb2_grpc.EventServiceServicer):
    """Takes events in and shows what became of them.

    Args:
        ingest: Where events go.
        reads: Where they are read back.
        explainer: Says what an event would fire.
        wait_for: Waits for a revision of the configuration.
        keys: Where the key of a long stream is looked up again.
        clock: The time.
        draining: Set when long streams are to end.
    """

    def __init__(
        self,
        ingest: Ingest,
        reads: Reads,
        explainer: Explainer,
        wait_for: WaitFor,
        keys: KeyFinder,
        clock: Clock,
        draining: asyncio.Event,
    ) -> None:
        self._ingest = ingest
        self._explainer = explainer
        self._reads = reads
        self._wait_for = wait_for
        self._keys = keys
        self._clock = clock
        self._draining = draining
        self._streams = Streams()

    async def Publish(
        self, request: event_service_pb2.PublishRequest, context: Any
    ) -> event_service_pb2.PublishResponse:
        """Publishes one event."""
        principal = current_principal()
        event = publication(request.event, "event", principal, self._clock.now(), checked=True)
        await self._wait_for(request.min_config_revision)
        if principal.kind is KeyKind.OPERATOR:
            event = await existing_account(event, self._ingest, "event")
        (result,) = await self._ingest.publish([event])
        response = event_service_pb2.PublishResponse()
        acknowledge(response.ack, event.event.id, result)
        return response

    async def PublishBatch(
        self, request: event_service_pb2.PublishBatchRequest, context: Any
    ) -> event_service_pb2.PublishBatchResponse:
        """Publishes several events; each has its own result, in either mode."""
        await self._wait_for(request.min_config_revision)
        batch = await read_batch(request, self._ingest, current_principal(), self._clock.now())
        results = await self._ingest.publish(batch.good, atomic=batch.atomic) if batch.good else []
        response = event_service_pb2.PublishBatchResponse()
        batch.answers.write(response, results)
        return response

    @unparsed
    async def PublishStream(  # type: ignore[override]  # its requests come unparsed
        self, request_iterator: AsyncIterator[Unparsed], context: Any
    ) -> AsyncIterator[event_service_pb2.PublishStreamResponse]:
        """Publishes batches and acks each after its commit, in order."""
        principal = current_principal()
        with self._streams.entered(principal.application_id, principal.account_id):
            turns = Turns(context.read, self._streams, self._wait_for)
            stream = PublishStream(self._ingest, turns, self._keys, self._clock, self._draining, principal)
            async for response in stream.serve():
                yield response

    async def GetEvent(
        self, request: event_service_pb2.GetEventRequest, context: Any
    ) -> event_service_pb2.GetEventResponse:
        """Shows one event."""
        account_id = account_of(request.account_id)
        with store_in_use():
            stored = await self._reads.event(account_id, request.event_id)
            if stored is None:
                raise NotFound("no such event", metadata={"event_id": request.event_id})
            (shown,) = await self._shown(account_id, [stored])
        return event_service_pb2.GetEventResponse(event=shown)

    async def ListEvents(
        self, request: event_service_pb2.ListEventsRequest, context: Any
    ) -> event_service_pb2.ListEventsResponse:
        """Shows a page of events, the newest first."""
        account_id = account_of(request.account_id)
        object_type_id = request.object_type_id if request.HasField("object_type_id") else None
        snapshots = request.snapshots or request.type in snapshot.TYPES
        which = EventFilter(request.type, object_type_id, request.object_id, snapshots)
        chosen = [which.type, object_type_id, which.object_id, snapshots]
        fields = {"list": "events", "account": account_id, "filter": chosen}
        before = _before(request.page_token, fields)
        with store_in_use():
            page, more = await self._page(account_id, which, before, page_size(request.page_size))
            shown = await self._shown(account_id, page)
        more = more or len(shown) < len(page)
        token = encode_token(fields, [page[len(shown) - 1].seq]) if more else ""
        return event_service_pb2.ListEventsResponse(events=shown, next_page_token=token)

    async def Explain(
        self, request: event_service_pb2.ExplainRequest, context: Any
    ) -> event_service_pb2.ExplainResponse:
        """Says what an event would fire, without storing or sending anything."""
        principal = current_principal()
        event = publication(request.event, "event", principal, self._clock.now(), checked=True)
        await self._wait_for(request.min_config_revision)
        if principal.kind is KeyKind.OPERATOR:
            event = await existing_account(event, self._ingest, "event")
        with store_in_use():
            return await self._explainer.explain(event.event)

    async def _page(
        self, account_id: int, which: EventFilter, before: int, size: int
    ) -> tuple[list[StoredEvent], bool]:
        """At most ``size`` events of at most about ``PAGE_BYTES``, and whether there are more."""
        page: list[StoredEvent] = []
        room = PAGE_BYTES
        while True:
            step = min(size - len(page), READ_STEP) + 1
            found = await self._reads.events(account_id, which, page[-1].seq if page else before, step)
            for each in found:
                if len(page) == size or room <= 0:
                    return page, True
                page.append(each)
                room -= len(each.event.data)
            if len(found) < step:
                return page, False

    async def _shown(self, account_id: int, stored: list[StoredEvent]) -> list[event_service_pb2.PublishedEvent]:
        """The events with what they fired; not all of them where they fired very much, but one at least."""
        shown: list[event_service_pb2.PublishedEvent] = []
        room = PAGE_FIRED
        for start in range(0, len(stored), FIRED_STEP):
            step = stored[start : start + FIRED_STEP]
            fired: dict[int, list[StoredDelivery]] = defaultdict(list)
            for delivery in await self._reads.fired(account_id, [each.seq for each in step]):
                fired[delivery.event_seq].append(delivery)
            for each in step:
                if room <= 0:
                    return shown
                shown.append(published_event(each, fired[each.seq]))
                room -= len(fired[each.seq])
        return shown


def _before(token: str, fields: Mapping[str, object]) -> int:
    key = decode_token(token, fields)
    if key is None:
        return 0
    if len(key) != 1 or not isinstance(key[0], int):
        raise InvalidArgument(Violation("page_token", "is not a page token"))
    return key[0]
