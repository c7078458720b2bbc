"""Subscriptions that settle, as definitions with memory; and what steps a memory that settling has left.

A definition that no longer settles is asked at once about each event again. What it remembers of before is stepped as
by a quiet time of nothing, so that it is fired soon, and once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hookline_dispatcher.store.model import TARGET_KINDS
from hookline_plugin.catalogue import event_type
from hookline_plugin.settled import Settled
from hookline_plugin.trigger import SUBSCRIPTION as SOURCE
from hookline_plugin.trigger import Decision, Fire, Happening, Interest

from .targets import SUBSCRIPTION, SubscriptionSettings
from .triggers import Trigger, TriggerKey

ITEM = next(item for item, target in TARGET_KINDS.items() if target == SUBSCRIPTION)
"""The kind of config items that are subscriptions."""

_OTHERS = Decision(why_not="the subscription is to other events")


class CompiledSubscription:
    """A subscription that can be asked."""

    def __init__(self, settings: SubscriptionSettings) -> None:
        self._event = settings.event
        self._number = settings.number
        self._fires = Decision((Fire(settings.key.id),))

    @property
    def paused(self) -> bool:
        """Never: its target can be paused, which holds what was fired."""
        return False

    @property
    def interests(self) -> Sequence[Interest]:
        """Its event, with its number or with any."""
        return (Interest(self._event, None, self._number or None),)

    def decide(self, happening: Happening) -> Decision:
        """Fire upon its event."""
        kind = event_type(happening.type)
        if kind is None or happening.type != self._event:
            return _OTHERS
        number = kind.number_of(happening.object_type_id, happening.params)
        return self._fires if self._number in ("", number) else _OTHERS


def settles(settings: SubscriptionSettings) -> bool:
    """Whether a subscription settles. Events of the system are nobody's object, so there is nothing to be quiet."""
    kind = event_type(settings.event)
    return settings.quiet > 0 and kind is not None and kind.producer


def subscription_trigger(settings: SubscriptionSettings) -> Trigger:
    """The definition with memory that a subscription is; where it does not settle, for what is left in memory."""
    compiled = CompiledSubscription(settings)
    quiet, longest = (settings.quiet, settings.longest) if settles(settings) else (0, 0)
    key = TriggerKey(ITEM, settings.key.id)
    stateful = Settled(compiled, quiet, longest)
    return Trigger(key, settings.revision, SOURCE, stateful=stateful, enters=tuple(compiled.interests))


def at_once(trigger: Trigger) -> Trigger:
    """A definition as it steps what is in memory of it, where it has no memory of its own any more."""
    if trigger.stateful is not None or trigger.compiled is None:
        return trigger
    return replace(trigger, stateful=Settled(trigger.compiled, 0, 0))
