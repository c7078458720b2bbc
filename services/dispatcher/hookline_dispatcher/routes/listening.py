"""Which definitions an event is told to."""

from __future__ import annotations

from collections.abc import Mapping

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import Trigger, TriggerKey
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.store.routing import NO_MEMORY, Post, Route, StoredMemory

from .membership import Seen, seen


def listening(
    route: Route, event: Event, config: AccountConfig, memories: Mapping[Post, StoredMemory]
) -> list[tuple[Post, Trigger, Seen]]:
    """The definitions that an event is told to, and who is on which map before any of them has heard it.

    So it plays no part which campaign was made first where campaigns ask about each other. Those of other sources
    hear an event when campaigns have: they see the maps as these have left them.
    """
    return [
        (post, trigger, seen(trigger, post, config, memories))
        for post, trigger in concerned(route, event, config, memories)
    ]


def concerned(
    route: Route, event: Event, config: AccountConfig, memories: Mapping[Post, StoredMemory] | None = None
) -> list[tuple[Post, Trigger]]:
    """The definitions that an event is told to; without ``memories``, those that it may be."""
    if route.kind:
        own = config.stepping(TriggerKey(route.kind, route.definition_id))
        return [(route.post, own)] if own is not None and own.stateful is not None else []
    found = []
    for trigger, remembering in config.concerned(event):
        if trigger.alone:
            continue
        post = Post(route.object.account_id, trigger.key.kind, trigger.key.id, *route.object[1:])
        if trigger.source != route.source:
            continue
        memory = NO_MEMORY if memories is None else memories.get(post, NO_MEMORY)
        if not remembering or memories is None or memory.body is not None or memory.blocked:
            found.append((post, trigger))
    return found
