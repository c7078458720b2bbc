from __future__ import annotations

import asyncio

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import DAY, HOUR, SECOND
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.core.retry import Dead, Delivered, Outcome, RetryAt
from hookline_dispatcher.store.model import Claim, Settlement
from tests.unit.dispatcher_store.rig import FAILED, LOST, NOW, ORDERED, SUCCEEDED, Rig, key


async def leased(rig: Rig, target: int = 1) -> Claim:
    (claim,) = (await rig.publish(target)).claims
    return claim


async def test_delivered(rig: Rig) -> None:
    claim = await leased(rig)
    rig.tick(SECOND)
    assert await rig.deliver(claim)
    found = await rig.delivery(claim.delivery_id)
    assert (found.state, found.attempts, found.status_code) == (State.DELIVERED, 1, 200)
    assert found.settle_time == NOW + SECOND
    (attempt,) = await rig.store.attempts(claim.delivery_id, 0, 9)
    assert (attempt.number, attempt.record) == (1, SUCCEEDED)


async def test_retried_until_delivered(rig: Rig) -> None:
    claim = await leased(rig)
    await rig.retry(claim, 7 * SECOND)
    waiting = await rig.delivery(claim.delivery_id)
    assert (waiting.state, waiting.due_time) == (State.WAITING, NOW + 7 * SECOND)
    assert (waiting.status_code, waiting.reason) == (500, "no luck")
    rig.tick(7 * SECOND)
    (again,) = await rig.claim()
    await rig.deliver(again)
    found = await rig.delivery(claim.delivery_id)
    assert (found.state, found.attempts, found.status_code, found.reason) == (State.DELIVERED, 2, 200, "")
    attempts = await rig.store.attempts(claim.delivery_id, 0, 9)
    assert [(each.number, each.record.outcome) for each in attempts] == [(1, Outcome.REJECTED), (2, Outcome.DELIVERED)]


async def test_dead(rig: Rig) -> None:
    claim = await leased(rig)
    assert await rig.bury(claim)
    found = await rig.delivery(claim.delivery_id)
    assert (found.state, found.reason, found.settle_time) == (State.DEAD, "used up", NOW)
    assert not await rig.claim()


async def test_a_delivery_given_back_has_made_no_attempt(rig: Rig) -> None:
    claim = await leased(rig)
    await rig.retry(claim)
    (again,) = await rig.claim()
    assert await rig.settle(again, None)
    found = await rig.delivery(claim.delivery_id)
    assert (found.state, found.attempts, found.due_time) == (State.WAITING, 1, NOW)
    assert (found.status_code, found.reason) == (500, "no luck"), "of the attempt before"
    assert len(await rig.store.attempts(claim.delivery_id, 0, 9)) == 1
    (third,) = await rig.claim()
    assert (third.number, third.failures, third.unknowns) == (2, 1, 0)


async def test_unknown_attempts_are_free_five_times_and_then_count(rig: Rig) -> None:
    claim = await leased(rig)
    counted = []
    for _ in range(7):
        await rig.store.settle([Settlement(claim, RetryAt(NOW, "lost"), LOST, counts=False)])
        (claim,) = await rig.claim()
        counted.append((claim.number, claim.failures, claim.unknowns))
    assert counted == [(2, 0, 1), (3, 0, 2), (4, 0, 3), (5, 0, 4), (6, 0, 5), (7, 1, 6), (8, 2, 7)]


async def test_what_this_side_lacked_uses_up_no_retry(rig: Rig) -> None:
    claim = await leased(rig)
    counted = []
    for own in (True, True, False):
        await rig.store.settle([Settlement(claim, RetryAt(NOW, "no sockets", own=own), FAILED, counts=False)])
        (claim,) = await rig.claim()
        counted.append((claim.number, claim.failures, claim.unknowns))
    assert counted == [(2, 0, 1), (3, 0, 2), (4, 1, 2)]


async def test_gone_buries_and_switches_the_target_off(rig: Rig) -> None:
    await rig.queue(3)
    claim, *_ = await rig.claim(1)
    await rig.gone(claim)
    assert (await rig.delivery(claim.delivery_id)).state is State.DEAD
    lane = (await rig.lane()).lane
    assert (lane.switch, lane.reason, lane.switch_time) == (Switch.OFF, "the receiver answered 410 Gone", NOW)
    assert [each.target for each in await rig.store.unannounced()] == [key()]
    assert not await rig.claim()


async def test_five_days_of_failures_switch_the_target_off_and_tell(rig: Rig) -> None:
    await rig.fail_until_half_open()
    rig.tick(5 * DAY)
    await rig.publish(1)
    (claim,) = await rig.claim()
    await rig.retry(claim, HOUR)
    assert (await rig.lane()).lane.reason == "nothing but failures for 5 days"
    (told,) = await rig.store.unannounced()
    assert told.lane.switch is Switch.OFF
    assert await rig.store.sweep_off(10) == 1


async def test_failures_that_do_not_count_leave_the_lane_healthy(rig: Rig) -> None:
    for _ in range(6):
        claim = await leased(rig)
        await rig.store.settle([Settlement(claim, Dead("no encoder"), FAILED, counts=False)])
    assert (await rig.lane()).lane.failures == 0


async def test_many_failures_at_once_hold_the_lane_no_longer_than_five(rig: Rig) -> None:
    claims = [await leased(rig) for _ in range(50)]
    assert await rig.store.settle([Settlement(claim, Dead("down"), FAILED) for claim in claims]) == [True] * 50
    lane = (await rig.lane()).lane
    assert (lane.failures, lane.hold_time) == (5, NOW + 5 * SECOND)


async def test_a_success_closes_a_half_open_lane(rig: Rig) -> None:
    await rig.fail_until_half_open()
    await rig.publish(1)
    rig.tick(5 * SECOND)
    (probe,) = await rig.claim()
    await rig.deliver(probe)
    lane = (await rig.lane()).lane
    assert (lane.failures, lane.hold_time, lane.last_success_time) == (0, 0, NOW + 5 * SECOND)
    assert (await rig.publish(1)).claims


async def test_a_claim_of_another_epoch_changes_nothing(rig: Rig) -> None:
    claim = await leased(rig)
    epoch = rig.store.epoch
    await rig.open()
    assert rig.store.epoch > epoch
    before = await rig.delivery(claim.delivery_id), await rig.lane()
    assert not await rig.deliver(claim)
    assert (await rig.delivery(claim.delivery_id), await rig.lane()) == before
    (again,) = await rig.claim()
    assert not await rig.deliver(claim), "the claim of now is another one"
    assert await rig.deliver(again)


async def test_a_late_settlement_does_not_settle_the_next_attempt(rig: Rig) -> None:
    first = await leased(rig)
    await rig.retry(first)
    (second,) = await rig.claim()
    assert not await rig.deliver(first)
    assert (await rig.delivery(first.delivery_id)).state is State.IN_FLIGHT
    assert await rig.deliver(second)


@pytest.mark.parametrize("together", [True, False])
async def test_a_claim_is_settled_once(rig: Rig, together: bool) -> None:
    claim = await leased(rig)
    first, second = Settlement(claim, Delivered(), SUCCEEDED), Settlement(claim, Dead("no"), FAILED)
    if together:
        applied = await rig.store.settle([first, second])
    else:
        applied = [*await rig.store.settle([first]), *await rig.store.settle([second])]
    assert applied == [True, False]
    assert (await rig.delivery(claim.delivery_id)).state is State.DELIVERED
    assert (await rig.lane()).in_flight == 0
    assert len(await rig.store.attempts(claim.delivery_id, 0, 9)) == 1


async def test_settlements_of_many_callers_are_each_answered(rig: Rig) -> None:
    claims = [await leased(rig, target) for target in range(1, 21)]
    answers = await asyncio.gather(
        *(rig.store.settle([Settlement(claim, Delivered(), SUCCEEDED), Settlement(claim, None)]) for claim in claims)
    )
    assert answers == [[True, False]] * 20


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (Delivered(), State.DELIVERED),
        (RetryAt(NOW, "no luck"), State.CANCELLED),
        (None, State.CANCELLED),
        (Dead("used up"), State.DEAD),
    ],
)
async def test_what_is_cancelled_in_flight_ends_as_its_attempt_does(
    rig: Rig, decision: Delivered | RetryAt | Dead | None, state: State
) -> None:
    claim = await leased(rig)
    marked = await rig.store.cancel(claim.target.account_id, claim.delivery_id)
    assert marked is not None
    assert marked.state is State.IN_FLIGHT
    record = {Delivered: SUCCEEDED, type(None): None}.get(type(decision), FAILED)
    assert await rig.settle(claim, decision, record)
    assert (await rig.delivery(claim.delivery_id)).state is state
    assert (await rig.lane()).waiting == 0
    assert not await rig.claim()


async def test_what_was_cancelled_in_flight_is_not_sent_again_after_a_restart(rig: Rig) -> None:
    for _ in range(2):
        await rig.publish(1, policy=ORDERED)
    (claim,) = await rig.claim()
    await rig.store.cancel(claim.target.account_id, claim.delivery_id)
    await rig.open()
    assert (await rig.delivery(claim.delivery_id)).state is State.CANCELLED
    (following,) = await rig.claim()
    assert following.delivery_id != claim.delivery_id
    numbers = [entry.number for entry, _ in await rig.store.log_since(claim.target.account_id, 0, None, 9)]
    assert numbers == [1, 0], "the attempt is closed as unknown, and the end is told"
