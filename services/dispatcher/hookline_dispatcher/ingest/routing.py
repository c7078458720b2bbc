"""What an event fires, and in words why it fires nothing: a function of event, configuration and time.

A subscription names an event type with or without a number; the catalogue says what the number stands for. What the
account's plan does not cover is held back here, at every event, so that it holds after a downgrade too. Then triggers
are asked: those with an interest in the event, found by index.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from hookline_dispatcher.config.account import AccountConfig, not_covered
from hookline_dispatcher.config.triggers import Trigger
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.store.model import Firing, Intake, OwnRoute
from hookline_plugin.catalogue import event_type
from hookline_plugin.trigger import SUBSCRIPTION

from .asking import Asked, ask

MOST_FIRINGS = 10_000
"""How many webhooks all triggers together may fire for one event."""
MOST_NOTES = 10
"""How many triggers a note names; of the rest it says how many they are."""
SETTLES = "the subscriptions to it settle first"
"""Why none is sent an event at once."""
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
    asked = list(ask(event, config, now)) if config.by_interest else []
    settling = _settling(event, config)
    if not asked and not settling:
        return Routed(firings, reason)
    fired = [firing for each in asked for firing in each.firings]
    firings += tuple(fired[:MOST_FIRINGS])
    failed = tuple([each.trigger for each in asked if each.failed])
    notes = [*_notes(asked), *settling]
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
    return with_routes(intake._replace(tracked=True), config)


def with_routes(intake: Intake, config: AccountConfig) -> Intake:
    """The intake with whom the router is to tell of its event.

    Rules and what settles are told each by itself, as they are now: one that has no memory any more when it hears of
    the event was not asked about it here, and one that has a memory only since was. What settles is not told of what
    the plan holds back; rules that wait for dates are, for their dates.
    """
    event = intake.event
    own = [
        OwnRoute(each.source, each.key.kind, each.key.id)
        for each in config.alone(event)
        if each.settled is None or not config.withholds(each, event.object_type_id)
    ]
    return intake._replace(routes=config.sources_told(event), own_routes=tuple(own))


def match(event: Event, config: AccountConfig) -> tuple[tuple[Firing, ...], str]:
    """The firings of subscriptions that do not settle, found by index; where there are none, why."""
    by_number = config.by_event.get(event.type, {})
    kind = event_type(event.type)
    number = kind.number_of(event.object_type_id, event.params) if kind else None
    every, of_number = by_number.get("", ()), by_number.get(number, ()) if number else ()
    if not every and not of_number:
        return (), _unmatched(event, config, number)
    if not config.covers(event.type, event.object_type_id):
        return (), not_covered(event.object_type_id)
    found = sorted((*every, *of_number), key=attrgetter("key"))
    return tuple([Firing(target.key, target.policy, target.revision) for target in found]), ""


def _unmatched(event: Event, config: AccountConfig, number: str | None) -> str:
    """Why no subscription is sent the event now."""
    if any(each.source == SUBSCRIPTION for each in config.alone(event)):
        return SETTLES if config.covers(event.type, event.object_type_id) else not_covered(event.object_type_id)
    if event.type in config.by_event:
        return f"subscriptions to {event.type} exist, but for other numbers than {number}"
    return f"there is no subscription to {event.type}"


def _settling(event: Event, config: AccountConfig) -> list[str]:
    """One line for each definition that settles first; one that only the router can ask is noted by it."""
    lines = []
    for each in config.alone(event):
        why = config.withholds(each, event.object_type_id)
        quiet = each.settled.quiet if each.settled else 0
        if each.settled and (why or quiet):
            lines.append(f"{each.label}: {why or f'it fires once its object has been quiet for {quiet / SECOND:g} s'}")
    if len(lines) > MOST_NOTES:
        lines[MOST_NOTES:] = [f"and {len(lines) - MOST_NOTES} more that settle"]
    return [line[:LONGEST_NOTE] for line in lines]


def _notes(asked: Iterable[Asked]) -> list[str]:
    """One line for each trigger that fired nothing, or less than it wanted to."""
    quiet = [each for each in asked if each.why_not or not each.firings]
    notes = [
        f"{each.trigger.label}: {each.why_not or 'it does not fire'}"[:LONGEST_NOTE] for each in quiet[:MOST_NOTES]
    ]
    if len(quiet) > MOST_NOTES:
        notes.append(f"and {len(quiet) - MOST_NOTES} more")
    return notes
