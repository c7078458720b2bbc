"""Which subscriptions an event fires, and in words why it fires none: a pure function of event and configuration.

A subscription names an event type with or without a number; the catalogue says what the number stands for. What the
account's plan does not cover is held back here, at every event, so that it holds after a downgrade too.
"""

from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple

from hookline_dispatcher.config.targets import AccountConfig
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.store.model import Firing
from hookline_plugin.catalogue import event_type


class Routed(NamedTuple):
    """What an event fires; where that is nothing, ``note`` says why."""

    firings: tuple[Firing, ...] = ()
    note: str = ""


def route(event: Event, config: AccountConfig | None) -> Routed:
    """The firings of ``event`` in the order of the subscriptions' ids, found by index."""
    if config is None:
        return Routed(note="no such account is known")
    by_number = config.by_event.get(event.type)
    if by_number is None:
        return Routed(note=f"there is no subscription to {event.type}")
    kind = event_type(event.type)
    number = kind.number_of(event.object_type_id, event.params) if kind else None
    every, of_number = by_number.get("", ()), by_number.get(number, ()) if number else ()
    if not every and not of_number:
        return Routed(note=f"subscriptions to {event.type} exist, but for other numbers than {number}")
    if not config.covers(event.type, event.object_type_id):
        return Routed(note=f"the account's plan covers contacts only, not object type {event.object_type_id}")
    found = sorted((*every, *of_number), key=attrgetter("key"))
    return Routed(tuple([Firing(target.key, target.policy, target.revision) for target in found]))
