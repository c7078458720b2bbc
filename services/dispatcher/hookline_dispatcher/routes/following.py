"""What follows from changes of definitions, in bounded steps between other work.

Of one that is deleted everything is forgotten. One that is no longer paused gets the timers that were held, and its
memories that follow another version are told that it was revised. Of one that no longer settles the timers come due.
"""

from __future__ import annotations

from hookline_dispatcher.config.triggers import TriggerKey
from hookline_dispatcher.store.routing import Change

from .gathering import Accounts, Read

AT_ONCE = 100
"""How many changes are looked at in one step."""
STEP = 250
"""How many rows one step touches."""


class Follower:
    """Looks at changes, the next step at each call."""

    def __init__(self, store: Read, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    async def step(self) -> bool:
        """One step; False: there is nothing to do.

        Raises:
            StoreFailed: it is to be done again.
        """
        changes = await self._store.changes(AT_ONCE)
        done: list[Change] = []
        for change in changes:
            if not await self._one(change):
                done.append(change)
        if done:
            await self._store.changed_done(done)
        return bool(changes)

    async def _one(self, change: Change) -> bool:
        """One step for a definition; False: nothing is left to do."""
        definition = change.definition
        config = await self._accounts.account(definition.account_id)
        if config is None:
            # Of an account that is gone its definitions go one by one, perhaps behind it.
            items = {(row.kind, row.id) for row in await self._store.config_of(definition.account_id)}
            return definition[1:] not in items and await self._store.forget(definition, STEP) > 0
        trigger = config.stepping(TriggerKey(definition.kind, definition.id))
        if trigger is None:
            return await self._store.forget(definition, STEP) > 0
        if trigger.stateful is None or trigger.stateful.paused:
            return False
        if await self._store.release(definition, STEP):
            return True
        if trigger.settled is not None and not trigger.settled.quiet and await self._store.hasten(definition, STEP):
            return True
        return await self._store.revise(change, trigger.source, trigger.stateful.version, STEP) > 0
