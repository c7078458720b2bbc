"""A router on a real file, with a clock that stands still, and short words for what tests do to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from hookline_dispatcher.config.cache import ConfigCache
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.config.triggers import Trigger
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.ingest.ingest import Ingest, Publication
from hookline_dispatcher.routes.router import Router
from hookline_dispatcher.store.model import Claim, ConfigRow, DeliveryFilter, StoredDelivery
from hookline_dispatcher.store.routing import DefinitionKey, ElementCount, Post
from hookline_dispatcher.store.sqlite.store import Options, SqliteStore
from hookline_plugin.trigger import TriggerSource
from hookline_runtime.clock import ManualClock
from tests.unit.dispatcher.configs import ACCOUNT, account_row, target_row, trigger_row, webhook
from tests.unit.dispatcher.counting_source import CountingSource
from tests.unit.dispatcher.samples import NOW


@dataclass
class RouterRig:
    path: Path
    source: CountingSource = field(default_factory=CountingSource)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    claims: list[Claim] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    revision: int = 1
    published: int = 0

    async def open(self) -> None:
        """Opens the store; where it was open, as after a kill: nothing of the one before is closed."""
        self.store = await SqliteStore.open(self.path, Options(now=self.clock.now, random=lambda: 0.0))
        self.cache = ConfigCache(self.store, self.find)
        self.ingest = Ingest(self.store, self.cache, self.take, lambda *_: None, self.clock)
        self.router = Router(self.store, self.cache, self.find, self.take, self.clock, self.heard)

    async def reopen(self) -> None:
        await self.store.close()
        await self.open()
        await self.store.recheck_held()

    def find(self, name: str) -> TriggerSource | None:
        # What compiles definitions with memory passes for a source; the host looks at what it gives.
        return cast("TriggerSource", self.source) if name == self.source.name else None

    def take(self, claims: Iterable[Claim]) -> None:
        self.claims += claims

    def heard(self, account_id: int, trigger: Trigger) -> None:
        self.failed.append(trigger.label)

    async def configure(self, *rows: ConfigRow) -> None:
        self.revision += 1
        await self.store.apply_config([account_row(), target_row(webhook(policy=LanePolicy())), *rows], self.revision)
        self.cache.clear()

    async def define(self, id_: int = 1, **definition: object) -> None:
        row = trigger_row(id_, "counting", definition, kind=ItemKind.TRIGGER, revision=self.revision + 1)
        await self.configure(row)

    async def delete(self, id_: int = 1) -> None:
        await self.configure(ConfigRow(ACCOUNT, ItemKind.TRIGGER, id_, self.revision + 1, True, b""))

    async def publish(
        self,
        object_id: str = "8",
        type_: str = "sub_tag",
        *,
        data: bytes = b"{}",
        version: int = 0,
        tags: tuple[str, ...] = (),
        count: int = 1,
    ) -> None:
        for _ in range(count):
            self.published += 1
            event = Event(ACCOUNT, f"e{self.published}", type_, 0, object_id, data, {"tag_id": "4"}, version, tags=tags)
            await self.ingest.publish([Publication(event, data)])

    async def work(self, limit: int = 100) -> int:
        """Turns until nothing waits; how many."""
        for number in range(limit):
            if not await self.router.turn():
                return number
        raise AssertionError("it goes on for ever")

    async def deliveries(self) -> list[StoredDelivery]:
        return ((await self.store.deliveries(ACCOUNT, DeliveryFilter(), 0, 10_000)).deliveries)[::-1]

    async def fired(self) -> list[tuple[str, str]]:
        return [(each.object_id, each.fired_by) for each in await self.deliveries()]

    async def counts(self, id_: int = 1) -> dict[str, ElementCount]:
        definition = DefinitionKey(ACCOUNT, ItemKind.TRIGGER, id_)
        every = await self.store.element_counts(definition, [""])
        every += await self.store.other_counts(definition, (), "", 1000)
        return {each.element: each for each in every}

    async def memory(self, object_id: str = "8", id_: int = 1) -> bytes | None:
        post = Post(ACCOUNT, ItemKind.TRIGGER, id_, 0, object_id)
        found = (await self.store.memories([post])).get(post)
        return found.body if found else None
