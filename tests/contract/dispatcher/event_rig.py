"""EventService behind a real server, over a real store, with keys to call it by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.rpc import status_pb2
from hookline.dispatcher.v1 import event_service_pb2 as pb
from hookline.dispatcher.v1 import event_service_pb2_grpc
from hookline.event.v1 import event_pb2
from prometheus_client import CollectorRegistry

from hookline_dispatcher.api.event_service import EventService
from hookline_dispatcher.api.explain import Explainer
from hookline_dispatcher.config.cache import ConfigCache
from hookline_dispatcher.delivery.rendering import Renderer
from hookline_dispatcher.ingest.ingest import Ingest
from hookline_dispatcher.ingest.room import Bounds
from hookline_dispatcher.routes.rehearsing import Rehearser
from hookline_dispatcher.routes.spending import Spending
from hookline_dispatcher.store.model import Claim, Intake, IntakeResult, StoreFailed
from hookline_dispatcher.store.sqlite.store import SqliteStore
from hookline_runtime.access import Access, KeyKind, KeyRecord, Scope
from hookline_runtime.channels import open_channel
from hookline_runtime.clock import ManualClock
from hookline_runtime.errors import Unavailable
from hookline_runtime.server import GrpcServer
from tests.unit.dispatcher.configs import BASIC, account_row, api_key, target, target_row

NOW = 1_700_000_000_000_000
OTHER = 9
BOUND = 5.0


def shows(name: str) -> tuple[tuple[str, str], ...]:
    """The metadata of a caller that shows the key with that name."""
    return (("api-appid", name), ("api-key", f"secret-{name}"))


APP, READER, FOREIGN, OPERATOR = shows("app"), shows("reader"), shows("foreign"), shows("operator")


@dataclass
class Keys:
    """Keys that a test may change while a stream runs."""

    known: dict[str, KeyRecord] = field(
        default_factory=lambda: {
            "app": api_key("app"),
            "reader": api_key("reader", scopes=[Scope.READ]),
            "foreign": api_key("foreign", OTHER),
            "operator": api_key("operator", 0, kind=KeyKind.OPERATOR, scopes=Scope),
        }
    )

    uses: int = 0

    async def find(self, application_id: str) -> KeyRecord | None:
        return self.known.get(application_id)

    def used(self, application_id: str, now: int) -> None:
        self.uses += 1


class Door:
    """The store with a door before its commits, which may also fail."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.open = asyncio.Event()
        self.open.set()
        self.came = 0
        self.fails = False

    @property
    def waiting(self) -> int:
        return self._store.waiting

    def stored(self, account_id: int) -> int:
        return self._store.stored(account_id)

    async def ingest(self, intakes: Sequence[Intake], *, atomic: bool = False) -> list[IntakeResult]:
        self.came += len(intakes)
        await self.open.wait()
        if self.fails:
            raise StoreFailed("disk full")
        return await self._store.ingest(intakes, atomic=atomic)


@dataclass
class Rig:
    """What a test of EventService has at hand."""

    store: SqliteStore
    door: Door
    keys: Keys
    ingest: Ingest
    claims: list[Claim]
    known_revision: int = 5
    server: GrpcServer = field(init=False)
    stub: Any = field(init=False)

    async def wait_for(self, revision: int) -> None:
        if revision > self.known_revision:
            raise Unavailable("not known here yet", 1.0)

    async def publish(self, event: event_pb2.Event, metadata: Any = APP, **more: Any) -> pb.PublishAck:
        response: pb.PublishResponse = await self.stub.Publish(
            pb.PublishRequest(event=event, **more), metadata=metadata, timeout=BOUND
        )
        return response.ack

    async def publish_batch(self, *events: event_pb2.Event, metadata: Any = APP, **more: Any) -> list[pb.PublishResult]:
        request = pb.PublishBatchRequest(events=events, **more)
        response: pb.PublishBatchResponse = await self.stub.PublishBatch(request, metadata=metadata, timeout=BOUND)
        return list(response.results)

    def stream(self, metadata: Any = APP) -> Any:
        return self.stub.PublishStream(metadata=metadata, timeout=4 * BOUND)

    async def get(self, event_id: str, metadata: Any = APP, account_id: int = 0) -> pb.PublishedEvent:
        request = pb.GetEventRequest(event_id=event_id, account_id=account_id)
        response: pb.GetEventResponse = await self.stub.GetEvent(request, metadata=metadata, timeout=BOUND)
        return response.event

    async def list_events(self, metadata: Any = APP, **fields: Any) -> pb.ListEventsResponse:
        response: pb.ListEventsResponse = await self.stub.ListEvents(
            pb.ListEventsRequest(**fields), metadata=metadata, timeout=BOUND
        )
        return response


@asynccontextmanager
async def running(path: Path, bounds: Bounds | None = None) -> AsyncIterator[Rig]:
    """Account 7 is on plan Pro with subscriptions, account 9 on Basic with one."""
    store = await SqliteStore.open(path / "dispatcher.db")
    targets = [
        target(1, "sub_tag", "4"),
        target(2, "sub_tag"),
        target(3, "sub_tag", "5"),
        target(1, "object_create", account_id=OTHER),
    ]
    accounts = [account_row(), account_row(BASIC, account_id=OTHER)]
    await store.apply_config([*accounts, *map(target_row, targets)], 1)
    claims: list[Claim] = []
    door, clock, draining = Door(store), ManualClock(NOW), asyncio.Event()
    cache = ConfigCache(store)
    ingest = Ingest(door, cache, claims.extend, lambda status, number: None, clock, bounds)
    rig = Rig(store, door, Keys(), ingest, claims)
    rehearser = Rehearser(store, cache, lambda _: None, Spending())
    explainer = Explainer(cache, Renderer(lambda _: None), rehearser, clock)
    servicer = EventService(ingest, store, explainer, rig.wait_for, rig.keys, clock, draining)
    rig.server = GrpcServer(
        "127.0.0.1:0",
        [(event_service_pb2_grpc.add_EventServiceServicer_to_server, servicer)],
        Access(rig.keys, None, clock),
        registry=CollectorRegistry(),
        draining=draining,
    )
    await rig.server.start()
    try:
        async with open_channel(f"127.0.0.1:{rig.server.bound_port}") as channel:
            rig.stub = event_service_pb2_grpc.EventServiceStub(channel)
            yield rig
    finally:
        door.open.set()
        await rig.server.drain(0)
        await ingest.quiet()
        await store.close()


def event(id_: str = "", **changes: Any) -> event_pb2.Event:
    fields: dict[str, Any] = {"id": id_, "type": "sub_tag", "params": {"tag_id": "4"}, "object_id": "8"}
    return event_pb2.Event(**(fields | changes))


def batch(batch_id: int, *ids: str, **more: Any) -> pb.PublishStreamRequest:
    return pb.PublishStreamRequest(batch_id=batch_id, events=[event(id_) for id_ in ids], **more)


def acked(results: Iterable[pb.PublishResult]) -> list[str]:
    """The ids that were acked; an empty one stands for an error."""
    return [result.ack.event_id for result in results]


def errors(results: Iterable[pb.PublishResult]) -> dict[int, status_pb2.Status]:
    """The errors by place."""
    return {number: result.error for number, result in enumerate(results) if result.WhichOneof("result") == "error"}
