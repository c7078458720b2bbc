"""Reading what a batch is decided from: configuration, memories, objects, earlier versions of definitions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import FindSource, TriggerKey, compile_beside
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.routing import DefinitionKey, Post, Routing, Work
from hookline_plugin.stateful import StatefulCompiled

from .listening import concerned
from .material import Material
from .membership import asked_posts

MOST_BEFORES = 256
"""How many earlier versions of definitions are kept compiled."""


class Accounts(Protocol):
    """Where the configuration of an account is found."""

    async def account(self, account_id: int) -> AccountConfig | None:
        """The account's configuration, None when there is no such account.

        Raises:
            StoreFailed: it cannot be read.
        """


class Read(Routing, Protocol):
    """The store, as far as it is read here."""

    async def config_of(self, account_id: int) -> list[ConfigRow]:
        """The newest version of every item of an account that is not deleted."""


class Gatherer:
    """Reads material for batches of work."""

    def __init__(self, store: Read, accounts: Accounts, find_source: FindSource) -> None:
        self._store = store
        self._accounts = accounts
        self._find_source = find_source
        self._befores: OrderedDict[tuple[DefinitionKey, int], StatefulCompiled | None] = OrderedDict()

    async def gather(self, work: Work, now: int) -> Material:
        """Everything that the decisions about ``work`` depend on.

        Raises:
            StoreFailed: it cannot be read.
        """
        ids = {route.object.account_id for route in work.routes} | {timer.post.account_id for timer in work.timers}
        configs = {id_: await self._accounts.account(id_) for id_ in ids}
        posts = {timer.post for timer in work.timers} | {route.post for route in work.routes if route.kind}
        for post in list(posts):
            posts.update(_asked(post, configs[post.account_id]))
        for route in work.routes:
            config, event = configs[route.object.account_id], work.events.get(route.event_seq)
            if not route.kind and config is not None and event is not None:
                for post, trigger in concerned(route, event, config):
                    posts.update((post, *asked_posts(trigger, post)))
        memories = await self._store.memories(posts) if posts else {}
        objects = await self._store.objects({post.object for post in posts}) if posts else {}
        forgetting = {post.object for post in posts if not _remembers(configs[post.account_id])}
        objects.update(await self._store.newest(forgetting) if forgetting else {})
        material = Material(now, configs, work.events, memories, objects)
        befores = {}
        for post, memory in memories.items():
            if memory.follows and self._version(post, material) != memory.follows:
                befores[post, memory.follows] = await self._before(post.definition, memory.follows)
        return replace(material, befores=befores)

    async def named(self, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[int, Event] | None]:
        """Events that firings named, each with its seq; None where there is none."""
        found = await self._store.named(keys)
        return {key: found.get(key) for key in keys}

    def _version(self, post: Post, material: Material) -> int:
        config = material.configs[post.account_id]
        trigger = config.triggers.get(TriggerKey(post.kind, post.id)) if config else None
        return trigger.stateful.version if trigger and trigger.stateful else 0

    async def _before(self, definition: DefinitionKey, version: int) -> StatefulCompiled | None:
        key = (definition, version)
        if key not in self._befores:
            row = await self._store.version_of(definition, version)
            compiled = await compile_beside(row, self._find_source) if row else None
            if compiled is not None and compiled.away:
                return None
            self._befores[key] = compiled.stateful if compiled else None
            if len(self._befores) > MOST_BEFORES:
                self._befores.popitem(last=False)
        return self._befores[key]


def _remembers(config: AccountConfig | None) -> bool:
    """Whether the newest state of objects is kept. Where nothing has a memory any more it is that of some time ago."""
    return config is not None and config.remembers


def _asked(post: Post, config: AccountConfig | None) -> list[Post]:
    """What is to be read besides where a definition meets an object."""
    trigger = config.triggers.get(TriggerKey(post.kind, post.id)) if config else None
    return asked_posts(trigger, post) if trigger else []
