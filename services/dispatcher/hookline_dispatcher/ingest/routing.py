"""What an event fires, and in words why it fires nothing: a function of event, configuration and time.

A subscription names an event type with or without a number; the catalogue says what the number stands for. What the
account's plan does not cover is held back here, at every event, so that it holds after a downgrade too. Then triggers
are asked: those with an interest in the event, found by index.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import Trigger
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.store.model import Firing, Intake
from hookline_plugin.catalogue import event_type

from .asking import Asked, ask

MOST_FIRINGS = 10_000
"""How many webhooks all triggers together may fire for one event."""
MOST_NOTES = 10
"""How many triggers a note names; of the rest it says how many they are."""
LONGEST_NOTE = 200
"""Characters of a line of a note: all of them, which are stored with the event, stay within 2 KiB or so."""


class Routed(NamedTuple):
    """What an event fires.

    ``note`` says why it fires nothing; behind a line feed, line by line, why triggers that were asked did not fire.
    """

    firings: tuple[Firing, ...] = ()
    note: str = ""
    failed: tuple[Trigger, ...] = ()
    """Triggers whose plugins failed on this event."""
    asked: int = 0
    """How many triggers were asked: what it cost."""


def route(event: Event, config: AccountConfig | None, now: int) -> Routed:
    """The firings of ``event``: those of subscriptions by id, then those of triggers by kind and id.

    Args:
        event: What happened.
        config: The account's configuration; None where there is no such account.
        now: The present moment, as triggers see it.
    """
    if config is None:
        return Routed(note="no such account is known")
    firings, reason = match(event, config)
    if not config.by_interest:
        return Routed(firings, reason)
    asked = list(ask(event, config, now))
    if not asked:
        return Routed(firings, reason)
    fired = [firing for each in asked for firing in each.firings]
    firings += tuple(fired[:MOST_FIRINGS])
    failed = tuple([each.trigger for each in asked if each.failed])
    notes = _notes(asked)
    if len(fired) > MOST_FIRINGS:
        notes.append(
            f"one event fires at most {MOST_FIRINGS} webhooks: the last {len(fired) - MOST_FIRINGS} are left out"
        )
    return Routed(firings, "\n".join(["" if firings else reason, *notes]), failed, len(asked))


def remembered(intake: Intake, config: AccountConfig | None) -> Intake:
    """The intake with whom the router is to tell of its event, where the account has definitions with memory."""
    if config is None or not config.remembers:
        return intake
    kind = event_type(intake.event.type)
    if kind is not None and not kind.producer:
        # An event of the system itself (a target was switched off) is nobody's object.
        return intake
    return intake._replace(tracked=True, routes=config.sources_told(intake.event))


def match(event: Event, config: AccountConfig) -> tuple[tuple[Firing, ...], str]:
    """The firings of subscriptions, found by index; where there are none, why."""
    by_number = config.by_event.get(event.type)
    if by_number is None:
        return (), f"there is no subscription to {event.type}"
    kind = event_type(event.type)
    number = kind.number_of(event.object_type_id, event.params) if kind else None
    every, of_number = by_number.get("", ()), by_number.get(number, ()) if number else ()
    if not every and not of_number:
        return (), f"subscriptions to {event.type} exist, but for other numbers than {number}"
    if not config.covers(event.type, event.object_type_id):
        return (), f"the account's plan covers contacts only, not object type {event.object_type_id}"
    found = sorted((*every, *of_number), key=attrgetter("key"))
    return tuple([Firing(target.key, target.policy, target.revision) for target in found]), ""


def _notes(asked: Iterable[Asked]) -> list[str]:
    """One line for each trigger that fired nothing, or less than it wanted to."""
    quiet = [each for each in asked if each.why_not or not each.firings]
    notes = [
        f"{each.trigger.label}: {each.why_not or 'it does not fire'}"[:LONGEST_NOTE] for each in quiet[:MOST_NOTES]
    ]
    if len(quiet) > MOST_NOTES:
        notes.append(f"and {len(quiet) - MOST_NOTES} more")
    return notes
