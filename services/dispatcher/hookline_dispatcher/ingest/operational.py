"""Tells of targets that were paused or switched off, by events of the system that can be subscribed to.

The id of such an event is made of the target and the time of the switch; so when a crash comes between the commit of
the event and the note that it was told, telling it again changes nothing. It holds a blank, so no producer's event can
stand under it. Nobody is told of a target that is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import blake2b
from typing import Protocol

import orjson
import structlog

from hookline_dispatcher.config.targets import TargetSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store.model import StoreFailed, Switched, TargetKey
from hookline_runtime.errors import HooklineError

from .ingest import Ingest, Publication

LOOK_SECONDS = 1.0

_TYPES = {Switch.PAUSED: "target_paused", Switch.OFF: "target_disabled"}
_STATES = {Switch.PAUSED: "paused", Switch.OFF: "off"}

_log = structlog.get_logger(__name__)


class Announcements(Protocol):
    """The store, as far as it is needed here."""

    async def unannounced(self) -> Sequence[Switched]:
        """Lanes whose switch changed and of which nobody has been told."""

    async def announced(self, lane_id: int, switch_time: int) -> None:
        """Notes that the change of that time has been told."""


class Targets(Protocol):
    """Where the settings of a target are found."""

    async def target(self, key: TargetKey) -> TargetSettings | None:
        """The newest settings; None when the target is gone."""


class Announcer:
    """Publishes what happens to targets."""

    def __init__(self, store: Announcements, targets: Targets, ingest: Ingest) -> None:
        self._store = store
        self._targets = targets
        self._ingest = ingest
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Has it look at once: a switch may have changed."""
        self._wake.set()

    async def run(self) -> None:
        """Tells what there is to tell, for as long as it runs; what fails is tried again."""
        while True:
            self._wake.clear()
            try:
                await self.announce()
            except (HooklineError, StoreFailed) as error:
                _log.warning("switched targets are told of later", reason=str(error))
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def announce(self) -> int:
        """Tells of every switch that has not been told; how many.

        Raises:
            StoreFailed, HooklineError: the rest is still to be told.
        """
        switches = await self._store.unannounced()
        for switched in switches:
            settings = await self._targets.target(switched.target)
            if settings is not None and switched.lane.switch in _TYPES:
                await self._publish(event_of(switched, settings.url))
            await self._store.announced(switched.lane_id, switched.lane.switch_time)
        return len(switches)

    async def _publish(self, event: Event) -> None:
        await self._ingest.publish([Publication(event, _digest(event.id))], own=True)


def event_of(switched: Switched, url: str) -> Event:
    """The event that tells of a switch; of ``url``, which may hold merge fields, without its query."""
    target, lane = switched.target, switched.lane
    type_ = _TYPES[lane.switch]
    shown = url.partition("#")[0].partition("?")[0]
    data = {"id": str(target.id), "url": shown, "reason": lane.reason, "state": _STATES[lane.switch]}
    return Event(
        account_id=target.account_id,
        id=f"{type_} {target.kind}/{target.id} {lane.switch_time}",
        type=type_,
        object_type_id=0,
        object_id=str(target.id),
        data=orjson.dumps(data),
        params={"target_kind": str(target.kind), "target_id": str(target.id), "reason": lane.reason},
        occurred_time=lane.switch_time,
    )


def _digest(event_id: str) -> bytes:
    """Over the id alone: what the event says may read differently when it is told again."""
    return blake2b(event_id.encode(), digest_size=16).digest()
