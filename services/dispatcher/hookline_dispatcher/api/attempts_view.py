"""Attempts as they are shown: what was kept of them, and the body of a request that succeeded, rendered again."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from hookline_dispatcher.config.targets import TargetSettings
from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.delivery.attempt import Targets
from hookline_dispatcher.delivery.rendering import Renderer
from hookline_dispatcher.store.model import StoredAttempt, StoredDelivery, StoredEvent

PAGE_BYTES = 8 * 1024 * 1024
STEP = 20


class Reads(Protocol):
    """The store, as far as it is needed here."""

    async def event_at(self, seq: int) -> StoredEvent | None:
        """One event by its seq."""

    async def attempts(self, delivery_id: int, after: int, limit: int) -> list[StoredAttempt]:
        """Attempts of a delivery by number, from ``after`` on."""


class AttemptsView:
    """Reads the attempts of a delivery. An attempt is there once it has come to something."""

    def __init__(self, reads: Reads, targets: Targets, renderer: Renderer) -> None:
        self._reads = reads
        self._targets = targets
        self._renderer = renderer

    async def page(self, delivery: StoredDelivery, after: int, size: int) -> tuple[list[StoredAttempt], bool]:
        """At most ``size`` attempts behind number ``after``, of about 8 MiB at most, and whether there are more."""
        page: list[StoredAttempt] = []
        room = PAGE_BYTES
        while True:
            step = min(size - len(page), STEP) + 1
            found = await self._reads.attempts(delivery.id, page[-1].number if page else after, step)
            for each in found:
                if len(page) == size or room <= 0:
                    return await self._complete(delivery, page), True
                page.append(each)
                room -= len(each.record.request_body or b"") + len(each.record.response_body)
            if len(found) < step:
                return await self._complete(delivery, page), False

    async def one(self, delivery: StoredDelivery, number: int) -> StoredAttempt | None:
        """The attempt of that number; None when there is none."""
        found = [each for each in await self._reads.attempts(delivery.id, number - 1, 1) if each.number == number]
        return (await self._complete(delivery, found))[0] if found else None

    async def whole(self, delivery: StoredDelivery, attempt: StoredAttempt) -> StoredAttempt:
        """An attempt of the delivery with the body of its request."""
        return (await self._complete(delivery, [attempt]))[0]

    async def fired_by_settings(self, delivery: StoredDelivery) -> TargetSettings | None:
        """The settings that the delivery was fired with; None where they are not kept any more."""
        return await self._targets.version(delivery.target, delivery.config_revision)

    async def _complete(self, delivery: StoredDelivery, attempts: list[StoredAttempt]) -> list[StoredAttempt]:
        # At most one attempt of a delivery succeeds.
        for number, each in enumerate(attempts):
            if _lacks_body(each):
                body = await self._body(delivery, each.record.method)
                attempts[number] = replace(each, record=each.record._replace(request_body=body))
        return attempts

    async def _body(self, delivery: StoredDelivery, method: str) -> bytes | None:
        event = await self._reads.event_at(delivery.event_seq)
        frozen = await self.fired_by_settings(delivery)
        return await self._renderer.body(event.event, frozen, method) if event and frozen else None


def _lacks_body(attempt: StoredAttempt) -> bool:
    return attempt.record.request_body is None and attempt.record.outcome is Outcome.DELIVERED
