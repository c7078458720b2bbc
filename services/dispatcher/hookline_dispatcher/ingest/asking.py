"""Asking triggers about an event: pure, but for what plugins do.

A trigger is asked once for each event that one of its interests covers. What it answers is looked at before it is
used. One that raises, or answers what cannot be used, costs its own firings and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.targets import WEBHOOK
from hookline_dispatcher.config.triggers import Trigger
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.fired_by import FiredBy
from hookline_dispatcher.core.happening import happening_of
from hookline_dispatcher.core.object_data import parse_written
from hookline_dispatcher.store.model import Firing, TargetKey
from hookline_plugin.trigger import Decision, Fire, Happening

MOST_FIRES = 100
"""How many webhooks one trigger may fire for one event."""
LONGEST_ELEMENT = 128
LONGEST_REASON = 300
"""Characters of a reason that are kept."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A trigger that an event concerned, and what came of it."""

    trigger: Trigger
    firings: tuple[Firing, ...] = ()
    why_not: str = ""
    """Why it fired nothing, or what kept some of it from being sent; one line."""
    failed: bool = False
    """Whether the plugin is to blame."""


def ask(event: Event, config: AccountConfig, now: int) -> Iterator[Asked]:
    """Asks every trigger that is interested in ``event``, in the order of kind and id, and gives what came of each."""
    interested = config.interested(event)
    if not interested:
        return
    happening: Happening | None = None
    for trigger in interested:
        reason = config.holds_back(trigger.source)
        if reason or trigger.compiled is None:
            yield Asked(trigger, why_not=reason)
            continue
        if happening is None:
            happening = happening_of(event, parse_written(event.data), now)
        try:
            decision = trigger.compiled.decide(happening)
            yield _answer(trigger, decision, config)
        except (Exception, SystemExit) as error:  # a source is a plugin: whatever it raises must not stop the others
            yield Asked(trigger, why_not=f"it failed with {type(error).__name__}", failed=True)


def _answer(trigger: Trigger, decision: object, config: AccountConfig) -> Asked:
    """What an answer comes to.

    Raises:
        TypeError, ValueError: it is not what a plugin may answer.
    """
    if not isinstance(decision, Decision):
        raise TypeError("no decision")
    fires = tuple(islice(decision.fires, MOST_FIRES + 1))
    if len(fires) > MOST_FIRES:
        raise ValueError("it fires too much")
    firings: list[Firing] = []
    missing: list[int] = []
    for fire in fires:
        if not _usable(fire):
            raise ValueError("not something to fire")
        target = config.targets.get(TargetKey(config.account_id, WEBHOOK, fire.webhook_id))
        if target is None:
            missing.append(fire.webhook_id)
        else:
            by = FiredBy(trigger.source, trigger.key.id, fire.element)
            firings.append(Firing(target.key, target.policy, target.revision, str(by)))
    why_not = f"there is no webhook {missing[0]}" if missing else "" if firings else _line(decision.why_not)
    return Asked(trigger, tuple(firings), why_not)


def _usable(fire: object) -> bool:
    if not isinstance(fire, Fire):
        return False
    number: object = fire.webhook_id
    element: object = fire.element
    if not isinstance(number, int) or not isinstance(element, str):
        return False
    # What cannot be printed may have no encoding, and would keep the whole batch from being stored.
    return len(element) <= LONGEST_ELEMENT and (not element or element.isprintable())


def _line(reason: object) -> str:
    """A plugin's words as one line that can be stored."""
    words = reason if isinstance(reason, str) else ""
    return " ".join(words[: 2 * LONGEST_REASON].encode(errors="replace").decode().split())[:LONGEST_REASON]
