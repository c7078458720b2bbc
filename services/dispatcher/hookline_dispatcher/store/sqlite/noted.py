"""What people change in the embedded store, and what is noted of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.store.model import StoredDelivery, StoredTarget, TargetKey
from hookline_dispatcher.store.notes import Note, current_note

from .outbox import FIRST, Changed
from .stateful import StatefulStore


class NotedStore(StatefulStore):
    """The embedded store, as far as the audit log hears of it."""

    _noted: Callable[[], None] = staticmethod(lambda: None)

    def on_note(self, callback: Callable[[], None]) -> None:
        """Calls back when one was kept."""
        self._noted = callback

    async def keep_note(self) -> None:
        """Commits the note of the call under way by itself."""
        if current_note() is not None:
            await self._change("note", ())

    async def notes(self, limit: int) -> list[Note]:
        """The first of those that are not told."""
        return [Note(id_, content, kept=True) for id_, content in await self._all(FIRST, limit)]

    async def notes_told(self, ids: Sequence[str]) -> None:
        """Deletes those that the registry has."""
        await self._do("notes_told", (ids,), len(ids))

    async def redeliver(self, account_id: int, delivery_id: int, request_id: str) -> StoredDelivery | None:
        """A new delivery of a settled one."""
        new = await self._change("redeliver", (account_id, delivery_id, request_id))
        return None if new is None else await self.delivery(account_id, new)

    async def cancel(self, account_id: int, delivery_id: int) -> StoredDelivery | None:
        """Cancels a delivery."""
        there = await self._change("cancel", (account_id, delivery_id))
        return await self.delivery(account_id, delivery_id) if there else None

    async def switch(
        self, target: TargetKey, switch: Switch, reason: str, policy: LanePolicy | None = None
    ) -> StoredTarget:
        """Pauses, resumes or switches off; ``policy`` is for a lane that nothing was ever sent to."""
        await self._change("switch", (target, policy or LanePolicy(), switch, reason))
        found = await self.target(target)
        assert found is not None, "a switched lane exists"
        return found

    async def _change(self, kind: str, arguments: tuple[Any, ...], rows: int = 1) -> Any:
        """Has something changed that the note of the call under way goes along with."""
        note = current_note()

        def committed(future: asyncio.Future[Changed]) -> None:
            if note is not None and not future.cancelled() and not future.exception() and future.result().noted:
                note.kept = True
                self._noted()

        changed: Changed = await self._do(kind, (note, arguments), rows, committed)
        return changed.found
