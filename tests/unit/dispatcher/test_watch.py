import asyncio
from contextlib import aclosing

import pytest

from hookline_dispatcher.api.watch import WatchHub, as_of
from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.store.model import AttemptRecord, StoredAttempt, StoredDelivery, TargetKey

from .samples import KEY, NOW


def delivery(state: State, attempts: int) -> StoredDelivery:
    return StoredDelivery(
        id=1,
        root_id=1,
        target=KEY,
        state=state,
        reason="now",
        event_id="e1",
        event_type="sub_tag",
        object_type_id=0,
        object_id="8",
        attempts=attempts,
        status_code=200,
        create_time=NOW,
        due_time=NOW,
        settle_time=NOW,
        redelivery_of=0,
        event_seq=1,
        config_revision=1,
    )


def entry(number: int) -> StoredAttempt:
    return StoredAttempt(1, 1, number, AttemptRecord(Outcome.REJECTED, NOW, status_code=500, reason="then"))


@pytest.mark.parametrize(
    "state, attempts, number",
    [(State.DELIVERED, 2, 2), (State.DEAD, 2, 2), (State.WAITING, 2, 2), (State.CANCELLED, 2, 0)],
)
def test_the_last_outcome_shows_the_delivery_as_it_is(state: State, attempts: int, number: int) -> None:
    now = delivery(state, attempts)
    assert as_of(entry(number), now) == now


@pytest.mark.parametrize(
    "state, attempts",
    [(State.DELIVERED, 2), (State.DEAD, 2), (State.IN_FLIGHT, 2), (State.WAITING, 2), (State.CANCELLED, 1)],
)
def test_an_earlier_outcome_left_it_waiting(state: State, attempts: int) -> None:
    then = as_of(entry(1), delivery(state, attempts))
    assert (then.state, then.attempts, then.status_code, then.reason) == (State.WAITING, 1, 500, "then")
    assert (then.due_time, then.settle_time) == (0, 0)


class Elsewhere:
    """A log in which things happen, none of them of the watch."""

    def __init__(self) -> None:
        self.newest = 3

    async def log_since(
        self, account_id: int, seq: int, target: TargetKey | None, limit: int
    ) -> list[tuple[StoredAttempt, StoredDelivery]]:
        return []

    async def log_bounds(self) -> tuple[int, int]:
        return 0, self.newest


async def test_a_watch_that_nothing_happens_to_tells_where_it_stands() -> None:
    log = Elsewhere()
    hub = WatchHub(log, "installation", tell_seconds=0)
    async with asyncio.timeout(10), aclosing(hub.watch(7, None, "")) as responses:
        tokens = [(await anext(responses)).resume_token]
        for log.newest in (8, 9):
            told = await anext(responses)
            assert not told.HasField("delivery")
            tokens.append(told.resume_token)
        async with aclosing(hub.watch(7, None, tokens[-1])) as resumed:
            assert (await anext(resumed)).resume_token == tokens[-1]
    assert len(set(tokens)) == 3
