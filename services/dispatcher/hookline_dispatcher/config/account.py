"""What routing needs to know of an account, indexed by what events say, and what its plan and switches hold back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.store.model import TargetKey
from hookline_plugin.catalogue import event_type, lookups
from hookline_plugin.trigger import Interest

from .settling import ITEM as SUBSCRIPTION_ITEM
from .settling import at_once, settles, subscription_trigger
from .targets import SUBSCRIPTION, SubscriptionSettings, Targets, TargetSettings
from .triggers import Trigger, TriggerKey

CAMPAIGN = "campaign"
"""The source of campaigns."""

CONTACT = 0
"""The object type of contacts."""

PRO = 3
CONTACTS_ONLY_PLANS = {1: "BASIC", 2: "PLUS"}
"""Plans whose accounts get events of contacts only and have no rules, and their names."""

Interests = Mapping[tuple[str, str | None, int | None], tuple[Trigger, ...]]
"""Triggers by what they are interested in: event type, number and object type; None stands for every one."""


@dataclass(frozen=True, slots=True)
class Switches:
    """The switches of an account that hold back what fires webhooks."""

    global_rules: bool = False
    form_rules: bool = False


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """What routing needs to know of an account."""

    account_id: int
    plan: int
    targets: Targets
    by_event: Mapping[str, Mapping[str, tuple[SubscriptionSettings, ...]]]
    """Subscriptions that do not settle by event name, then by number; those to every number stand under the empty one.
    By id."""
    switches: Switches = Switches()
    triggers: Mapping[TriggerKey, Trigger] = field(default_factory=dict)
    by_interest: Interests = field(default_factory=dict)
    by_entry: Interests = field(default_factory=dict)
    """Definitions with memory by what they are interested in."""
    by_watch: Interests = field(default_factory=dict)
    """The same by what they watch for where they have a memory of the object."""
    remembers: bool = False
    """Whether there are definitions with memory, so that the newest state of objects is kept."""
    unasked: tuple[Trigger, ...] = ()
    """Definitions whose plugin could not be asked yet: they are told of every event, and asked whether they want it
    once they can be."""

    def covers(self, type_: str, object_type_id: int) -> bool:
        """Whether the plan has events of this type about this type of object; of subscriptions, not of webhooks.

        Events of the system itself (a target was switched off) are nobody's object, and no plan keeps them back.
        """
        if self.plan not in CONTACTS_ONLY_PLANS or object_type_id == CONTACT:
            return True
        kind = event_type(type_)
        return kind is not None and not kind.producer

    def holds_back(self, source: str) -> str:
        """Why triggers of a source do not fire in this account today; empty: they do."""
        what = _RULES.get(source)
        if what is None:
            return ""
        if self.plan != PRO:
            return f"the plan {CONTACTS_ONLY_PLANS.get(self.plan, self.plan)} has no {what}"
        on = self.switches.global_rules if source == "global_rule" else self.switches.form_rules
        return "" if on else f"{what} are switched off for the account"

    def withholds(self, trigger: Trigger, object_type_id: int) -> str:
        """Why a definition does not fire about objects of a type today; empty: it does."""
        if trigger.key.kind != SUBSCRIPTION_ITEM:
            return self.holds_back(trigger.source)
        return "" if self.covers("", object_type_id) else not_covered(object_type_id)

    def interested(self, event: Event) -> list[Trigger]:
        """The triggers that want to be asked about an event, each once, in the order of kind and id."""
        return _found(self.by_interest, event)

    def sources_told(self, event: Event) -> tuple[str, ...]:
        """The sources with memory that an event may concern: campaigns first, for others ask who is on their maps."""
        if not self.remembers:
            return ()
        found = (*_found(self.by_entry, event), *_found(self.by_watch, event))
        concerned = [*(each for each in found if not each.alone), *self.unasked]
        return tuple(sorted({each.source for each in concerned}, key=lambda name: (name != CAMPAIGN, name)))

    def alone(self, event: Event) -> list[Trigger]:
        """The definitions that are told of an event each by itself, in the order of kind and id."""
        if not self.remembers:
            return []
        kind = event_type(event.type)
        if kind is not None and not kind.producer:
            return []
        return [each for each in _found(self.by_entry, event) if each.alone]

    def stepping(self, key: TriggerKey) -> Trigger | None:
        """The definition that steps what is remembered under a key; None where there is none any more."""
        trigger = self.triggers.get(key)
        if trigger is None and key.kind == SUBSCRIPTION_ITEM:
            target = self.targets.get(TargetKey(self.account_id, SUBSCRIPTION, key.id))
            return subscription_trigger(target) if isinstance(target, SubscriptionSettings) else None
        return None if trigger is None else at_once(trigger)

    def wants(self, trigger: Trigger, event: Event) -> bool:
        """Whether a definition with memory wants an event, be it only about objects that it remembers."""
        return any(each.key == trigger.key for index in (self.by_entry, self.by_watch) for each in _found(index, event))

    def concerned(self, event: Event) -> list[tuple[Trigger, bool]]:
        """The definitions with memory that an event may concern, and whether only where they remember its object."""
        watch = {each.key: (each, True) for each in _found(self.by_watch, event)}
        enter = {each.key: (each, False) for each in _found(self.by_entry, event)}
        return [each for _, each in sorted({**watch, **enter}.items(), key=itemgetter(0))]


def _found(index: Interests, event: Event) -> list[Trigger]:
    """What stands in an index for an event, each once, in the order of kind and id."""
    of_type = event.object_type_id
    found: list[Trigger] = []
    for name, number in lookups(event.type, of_type, event.params, event.changed_fields):
        found += index.get((name, number, None), ())
        found += index.get((name, number, of_type), ())
    return [each for _, each in sorted({each.key: each for each in found}.items())]


_RULES = {"global_rule": "global rules", "form_rule": "form rules"}
"""Sources whose triggers need a plan and a switch, and what people call them."""


def not_covered(object_type_id: int) -> str:
    """Why a subscription of an account whose plan covers contacts only is not sent something."""
    return f"the account's plan covers contacts only, not object type {object_type_id}"


def index_subscriptions(
    targets: Iterable[TargetSettings],
) -> Mapping[str, Mapping[str, tuple[SubscriptionSettings, ...]]]:
    """Subscriptions that do not settle by event name, then by number, each in the order of ids."""
    index: dict[str, dict[str, list[SubscriptionSettings]]] = {}
    for target in sorted(targets, key=lambda each: each.key):
        if isinstance(target, SubscriptionSettings) and not settles(target):
            index.setdefault(target.event, {}).setdefault(target.number, []).append(target)
    return {name: {number: tuple(found) for number, found in each.items()} for name, each in index.items()}


def index_triggers(
    triggers: Iterable[Trigger], interests: Callable[[Trigger], Iterable[Interest]] = attrgetter("interests")
) -> Interests:
    """Triggers by their interests, each in the order of kind and id."""
    index: dict[tuple[str, str | None, int | None], list[Trigger]] = {}
    for trigger in sorted(triggers, key=lambda each: each.key):
        for each in interests(trigger):
            index.setdefault((each.event, each.number, each.object_type_id), []).append(trigger)
    return {wanted: tuple(found) for wanted, found in index.items()}
