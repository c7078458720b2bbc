"""The configuration of the accounts that are in use, compiled, in memory; the rest stays in the store.

Bounded by the number of targets it holds. A load that began before an invalidation answers those who asked before it,
and is not kept; so nobody who asks after a change was taken in sees the state before it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable

from hookline_dispatcher.store.model import ConfigRow, TargetKey
from hookline_dispatcher.store.protocol import Configs

from .account import AccountConfig
from .codec import ITEM_KINDS, TRIGGER_KINDS, compile_account, decode_target
from .targets import TargetSettings
from .triggers import FindSource, Trigger, TriggerKey, compile_beside

MOST_TARGETS = 100_000
MOST_VERSIONS = 10_000
COMPILED_AT_ONCE = 50
"""How many triggers are compiled before others get their turn."""
MOST_CHANGED = 16
"""How many accounts that changed are remembered as they were, so that only what changed is compiled anew."""

AWAY_SECONDS = 1.0
"""Half the pause before a definition is compiled again whose plugin could not be asked; doubled each time, up to
``MOST_DOUBLED`` times."""
MOST_DOUBLED = 9
MOST_TRIED = 10_000


class ConfigCache:
    """Reads accounts and targets through a bounded cache.

    Args:
        store: Where the replica is kept.
        find_source: Where triggers are compiled.
        report: Told of every trigger that cannot be asked, each time that it was compiled.
        most_targets: How many targets and triggers are kept in memory at most; an account counts as one more, and
            what is long as several.
        most_versions: How many settings that are no longer the newest are kept in memory at most.
    """

    def __init__(
        self,
        store: Configs,
        find_source: FindSource = lambda _: None,
        report: Callable[[int, Trigger], None] = lambda account_id, trigger: None,
        *,
        most_targets: int = MOST_TARGETS,
        most_versions: int = MOST_VERSIONS,
    ) -> None:
        self._store = store
        self._find_source = find_source
        self._report = report
        self._most_targets = most_targets
        self._most_versions = most_versions
        self._accounts: OrderedDict[int, AccountConfig | None] = OrderedDict()
        self._changed: OrderedDict[int, AccountConfig] = OrderedDict()
        self._weight = 0
        self._tries: Counter[tuple[int, TriggerKey, int]] = Counter()
        self._loads: dict[int, asyncio.Task[AccountConfig | None]] = {}
        self._versions: OrderedDict[tuple[TargetKey, int], TargetSettings] = OrderedDict()
        self._versions_weight = 0

    async def account(self, account_id: int) -> AccountConfig | None:
        """The account's newest configuration; None when there is no such account.

        Raises:
            StoreFailed: it could not be read.
        """
        if account_id in self._accounts:
            self._accounts.move_to_end(account_id)
            return self._accounts[account_id]
        load = self._loads.get(account_id)
        if load is None:
            load = asyncio.create_task(self._load(account_id))
            load.add_done_callback(_look_at)
            self._loads[account_id] = load
        return await asyncio.shield(load)

    async def target(self, key: TargetKey) -> TargetSettings | None:
        """The newest settings of a target; None when it is gone."""
        config = await self.account(key.account_id)
        return config.targets.get(key) if config else None

    async def version(self, key: TargetKey, revision: int) -> TargetSettings | None:
        """The settings of a target as of one revision; None when they are not kept."""
        newest = await self.target(key)
        if newest is not None and newest.revision == revision:
            return newest
        found = self._versions.get((key, revision))
        if found is not None:
            self._versions.move_to_end((key, revision))
            return found
        row = await self._store.config_version(key.account_id, ITEM_KINDS[key.kind], key.id, revision)
        if row is None or row.deleted:
            return None
        found = decode_target(row)
        if (key, revision) not in self._versions:
            self._versions[key, revision] = found
            self._versions_weight += found.weight
        while self._versions_weight > self._most_versions and len(self._versions) > 1:
            self._versions_weight -= self._versions.popitem(last=False)[1].weight
        return found

    def invalidate(self, account_id: int) -> None:
        """Forgets an account: what is asked from now on is read anew."""
        self._loads.pop(account_id, None)
        if account_id not in self._accounts:
            return
        config = self._accounts.pop(account_id)
        self._weight -= _weight(config)
        if config is not None:
            self._changed[account_id] = config
            if len(self._changed) > MOST_CHANGED:
                self._changed.popitem(last=False)

    def clear(self) -> None:
        """Forgets everything: after a snapshot a revision may stand for something else."""
        self._loads.clear()
        self._changed.clear()
        self._versions.clear()
        self._versions_weight = 0
        self._accounts.clear()
        self._weight = 0

    async def _load(self, account_id: int) -> AccountConfig | None:
        this = asyncio.current_task()
        try:
            rows = await self._store.config_of(account_id)
            before = self._changed.get(account_id)
            config = compile_account(account_id, rows, before, await self._compile(rows, before))
            if self._loads.get(account_id) is this:
                self._keep(account_id, config)
                self._come_back(config)
            return config
        finally:
            if self._loads.get(account_id) is this:
                del self._loads[account_id]

    async def _compile(self, rows: Iterable[ConfigRow], before: AccountConfig | None) -> dict[TriggerKey, Trigger]:
        """The triggers among ``rows``; those whose revision has not changed since ``before`` are taken from there."""
        known = before.triggers if before else {}
        triggers: dict[TriggerKey, Trigger] = {}
        compiled = 0
        for row in rows:
            if row.kind not in TRIGGER_KINDS:
                continue
            key = TriggerKey(row.kind, row.id)
            found = known.get(key)
            if found is None or found.revision != row.revision or found.away:
                found = await compile_beside(row, self._find_source)
                compiled += 1
                if found.fault:
                    self._report(row.account_id, found)
                if compiled % COMPILED_AT_ONCE == 0:
                    await asyncio.sleep(0)
            triggers[key] = found
        return triggers

    def _come_back(self, config: AccountConfig | None) -> None:
        """Has an account read anew after a while, where a plugin could not be asked about some of its triggers."""
        away = [(config.account_id, each.key, each.revision) for each in config.unasked] if config else []
        if config is None or not away:
            return
        if len(self._tries) > MOST_TRIED:
            self._tries.clear()
        self._tries.update(away)
        tries = min(MOST_DOUBLED, *(self._tries[each] for each in away))
        asyncio.get_running_loop().call_later(AWAY_SECONDS * 2**tries, self.invalidate, config.account_id)

    def _keep(self, account_id: int, config: AccountConfig | None) -> None:
        self._changed.pop(account_id, None)
        self._accounts[account_id] = config
        self._weight += _weight(config)
        while self._weight > self._most_targets and len(self._accounts) > 1:
            _, dropped = self._accounts.popitem(last=False)
            self._weight -= _weight(dropped)


def _look_at(load: asyncio.Task[AccountConfig | None]) -> None:
    """Takes note of an error that nobody waits for any more."""
    if not load.cancelled():
        load.exception()


def _weight(config: AccountConfig | None) -> int:
    if config is None:
        return 1
    return 1 + sum(each.weight for each in (*config.targets.values(), *config.triggers.values()))
