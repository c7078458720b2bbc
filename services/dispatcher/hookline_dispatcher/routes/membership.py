"""Who is on which campaign's map, for the definitions that ask: told by the campaigns' own memories.

What a step was told so is part of what it was made from: a turn is void where these memories have changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.config.triggers import Trigger, TriggerKey
from hookline_dispatcher.store.routing import NO_MEMORY, Post, StoredMemory
from hookline_plugin.stateful import Memory, Placing


class Seen(NamedTuple):
    """The campaigns whose map an object is on, of those that were asked about, and the memories that said so."""

    campaigns: frozenset[int] = frozenset()
    reads: tuple[tuple[Post, int], ...] = ()
    """With their row versions; 0 where there is none."""


NOTHING = Seen()


def asked_posts(trigger: Trigger, post: Post) -> list[Post]:
    """Where the campaigns that a definition asks about remember its object."""
    return [post._replace(kind=ItemKind.CAMPAIGN, id=campaign_id) for campaign_id in trigger.asks]


def seen(trigger: Trigger, post: Post, config: AccountConfig, memories: Mapping[Post, StoredMemory]) -> Seen:
    """What a definition is told of the maps that its object is on."""
    if not trigger.asks:
        return NOTHING
    asked = [(other, memories.get(other, NO_MEMORY)) for other in asked_posts(trigger, post)]
    return Seen(
        frozenset(other.id for other, memory in asked if _is_on(config, other, memory)),
        tuple((other, memory.row_version) for other, memory in asked),
    )


def _is_on(config: AccountConfig, post: Post, memory: StoredMemory) -> bool:
    trigger = config.triggers.get(TriggerKey(post.kind, post.id))
    campaign: object = trigger.stateful if trigger else None
    # One that is deleted, or whose plugin is not here, has nobody on its map.
    if memory.body is None or not isinstance(campaign, Placing):
        return False
    try:
        return campaign.is_on(Memory(memory.body, memory.follows)) is True
    except Exception:  # a source is a plugin: whatever it raises, it does not say that the object is there
        return False
