"""The triggers that an event is not told to, and what they wait for instead: the answer to "why not that one"."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import islice

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import Trigger, TriggerKey
from hookline_dispatcher.core.event import Event
from hookline_plugin.trigger import Interest

MOST_NAMED = 3
"""How many of the events that a trigger waits for are named."""

UNKNOWN = "its plugin could not be asked yet which events it waits for"
NOT_THERE = "it is told of such an event only about objects that it remembers, and it does not remember this one"


def unconcerned(event: Event, config: AccountConfig, told: Set[TriggerKey]) -> Iterator[tuple[Trigger, str]]:
    """Those that are not among ``told``, in the order of kind and id, each with a reason."""
    watching = {trigger.key for trigger, only_there in config.concerned(event) if only_there}
    for key, trigger in sorted(config.triggers.items()):
        if key not in told:
            reason = NOT_THERE if key in watching else UNKNOWN if trigger.away else _waits(trigger, event)
            yield trigger, reason


def _waits(trigger: Trigger, event: Event) -> str:
    interests = trigger.interests or trigger.enters or trigger.watches
    named = ", ".join(_named(each, event) for each in islice(interests, MOST_NAMED))
    more = len(interests) - MOST_NAMED
    return f"it waits for {named}" + (f" and {more} more" if more > 0 else "")


def _named(interest: Interest, event: Event) -> str:
    event_name = interest.event if interest.number is None else f"{interest.event}({interest.number})"
    about = interest.object_type_id
    return event_name if about in (None, event.object_type_id) else f"{event_name} about objects of type {about}"
