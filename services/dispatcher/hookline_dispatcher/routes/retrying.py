"""When something is told again that a definition could not be told now. Pure."""

from __future__ import annotations

from hookline_dispatcher.config.triggers import Trigger
from hookline_dispatcher.core.instants import MINUTE, NEVER, SECOND
from hookline_dispatcher.store.routing import Retry, Route, Turn, What

from .foreign import PutOff

MOST_TRIES = 6
"""How often something is told to a definition that fails on it before it is set aside."""
FIRST_PAUSE = SECOND
"""The pause before it is told again, doubled each time."""

AWAY = 5 * SECOND
"""The pause before something is told to a definition whose plugin could not be asked about it yet."""

BEHIND = "it waits behind what failed before it"


def not_now(route: Route, found: str | PutOff, now: int) -> Retry:
    """What a step leaves that failed, for the reason that ``found`` is, or that was put off."""
    if isinstance(found, PutOff):
        return Retry(route, now + found.pause, found.reason)
    attempts = route.attempts + 1
    route = route._replace(attempts=attempts)
    if attempts < MOST_TRIES:
        return Retry(route, now + FIRST_PAUSE * 2 ** (attempts - 1), found)
    return Retry(route, NEVER, found, set_aside=True)


def behind(route: Route) -> Retry:
    """What waits until what failed before it is done with."""
    return Retry(route, NEVER, BEHIND)


def away(route: Route, fault: str, now: int) -> Retry:
    """What is for a definition whose plugin could not be asked about it yet."""
    return Retry(route, now + AWAY, fault)


def held(route: Route, now: int) -> Retry:
    """A timer that its definition does not want to hear of yet."""
    return Retry(route, now + MINUTE, "it asked for that")


def at_rest(route: Route, trigger: Trigger | None, now: int) -> Turn:
    """What a route for a definition comes to that is paused, or cannot be used."""
    paused = trigger is not None and trigger.stateful is not None
    # An event that is told to a definition alone came before the pause, or it would not have been told.
    alone = trigger is not None and trigger.alone and route.what is What.EVENT
    if route.what is What.TIMER or alone:
        return Turn(route, retries=(Retry(route, now + MINUTE, "its definition is at rest"),))
    if paused:
        return Turn(route)  # events pass by what is paused, and what is changed then is told of afterwards
    return Turn(route, retries=(Retry(route, now + MINUTE, "its definition cannot be used"),))
