"""When something is told again that a definition could not be told now."""

from __future__ import annotations

import pytest

from hookline_dispatcher.config.triggers import Trigger, TriggerKey
from hookline_dispatcher.core.instants import MINUTE, NEVER, SECOND
from hookline_dispatcher.routes import retrying
from hookline_dispatcher.routes.foreign import PutOff
from hookline_dispatcher.routes.retrying import MOST_TRIES
from hookline_dispatcher.store.routing import ObjectKey, Route, Turn, What
from tests.unit.dispatcher.counting_source import Counting

NOW = 1_000 * MINUTE
ROUTE = Route(7, ObjectKey(1, 0, "8"), "counting", What.EVENT, 3, 4)
WORKING = Trigger(TriggerKey(3, 4), 1, "counting", stateful=Counting({}))
BROKEN = Trigger(TriggerKey(3, 4), 1, "counting", fault="no such plugin")


def test_the_pause_doubles_until_it_is_set_aside() -> None:
    route, pauses = ROUTE, []
    for attempts in range(1, MOST_TRIES):
        retry = retrying.not_now(route, "it failed", NOW)
        route = retry.route
        assert (route.attempts, retry.set_aside, retry.reason) == (attempts, False, "it failed")
        pauses.append(retry.retry_time - NOW)
    assert pauses == [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND, 16 * SECOND]
    last = retrying.not_now(route, "it failed", NOW)
    assert (last.retry_time, last.set_aside, last.route.attempts) == (NEVER, True, MOST_TRIES)


def test_what_is_put_off_has_not_failed() -> None:
    retry = retrying.not_now(ROUTE, PutOff(300, "busy"), NOW)
    assert (retry.route, retry.retry_time, retry.reason, retry.set_aside) == (ROUTE, NOW + 300, "busy", False)


@pytest.mark.parametrize(
    "what, trigger, later",
    [
        (What.EVENT, WORKING, False),
        (What.REVISED, WORKING, False),
        (What.TIMER, WORKING, True),
        (What.EVENT, BROKEN, True),
        (What.TIMER, None, True),
    ],
)
def test_events_pass_by_what_is_paused_and_all_else_waits(what: What, trigger: Trigger | None, later: bool) -> None:
    route = ROUTE._replace(what=what)
    turn = retrying.at_rest(route, trigger, NOW)
    if later:
        assert [(each.route, each.retry_time) for each in turn.retries] == [(route, NOW + MINUTE)]
    else:
        assert turn == Turn(route)
