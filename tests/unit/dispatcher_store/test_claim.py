from __future__ import annotations

import itertools
from collections import Counter

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import HOUR, NEVER, SECOND
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.core.throttle import GRACE, spacing
from hookline_dispatcher.store.model import Caps, Claim, ConfigRow
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, ORDERED, PLAIN, Rig, ids, key

THROTTLED = LanePolicy(requests_per_minute=60)


async def test_a_fresh_delivery_of_a_healthy_lane_is_born_leased(rig: Rig) -> None:
    result = await rig.publish(1)
    assert len(result.claims) == 1
    found = await rig.delivery(result.claims[0].delivery_id)
    assert (found.state, found.attempts) == (State.IN_FLIGHT, 1)
    assert not await rig.claim()


@pytest.mark.parametrize("policy", [THROTTLED, ORDERED], ids=["throttled", "ordered"])
async def test_a_throttled_or_ordered_one_goes_through_its_lane(rig: Rig, policy: LanePolicy) -> None:
    assert not (await rig.publish(1, policy=policy)).claims
    assert len(await rig.claim()) == 1


async def test_behind_a_backlog_nothing_is_born_leased(rig: Rig) -> None:
    await rig.queue(1)
    assert not (await rig.publish(1)).claims
    assert ids(await rig.claim()) == [each.id for each in await rig.all()]


async def test_a_half_open_lane_is_probed_one_at_a_time_at_its_pace(rig: Rig) -> None:
    await rig.fail_until_half_open()
    assert not (await rig.publish(1)).claims
    assert not (await rig.publish(1)).claims
    claimed = await rig.store.claim(9)
    assert (claimed.claims, claimed.ready_time) == ((), NOW + 5 * SECOND)
    rig.tick(5 * SECOND)
    (probe,) = await rig.claim()
    assert not await rig.claim()
    await rig.deliver(probe)
    assert len(await rig.claim()) == 1


async def test_a_held_lane_sends_nothing_until_then(rig: Rig) -> None:
    (claim,) = (await rig.publish(1)).claims
    await rig.retry(claim, wait=HOUR, hold=HOUR)
    assert not (await rig.publish(1)).claims
    assert not await rig.claim()
    rig.tick(HOUR)
    assert len(await rig.claim()) == 2


@pytest.mark.parametrize(
    ("caps", "spread"),
    [(Caps(lane=3), "one lane"), (Caps(account=3, lane=9), "one account"), (Caps(total=3), "all")],
)
async def test_caps_bound_what_is_born_leased_and_what_is_claimed(rig: Rig, caps: Caps, spread: str) -> None:
    await rig.open(caps)
    leased: list[Claim] = []
    for number in range(6):
        target = 1 if spread == "one lane" else number
        account = ACCOUNT + (number if spread == "all" else 0)
        leased += (await rig.publish(target, account=account)).claims
    assert len(leased) == 3
    assert not await rig.claim()
    await rig.deliver(leased.pop())
    more = await rig.claim()
    assert len(more) == 1
    for claim in leased + more:
        await rig.deliver(claim)
    assert len(await rig.claim()) == 2


async def test_a_lane_is_claimed_in_the_order_of_due_times(rig: Rig) -> None:
    claims = [(await rig.publish(1)).claims[0] for _ in range(4)]
    for claim, wait in zip(claims, (30, 10, 20, 40), strict=True):
        await rig.retry(claim, wait * SECOND)
    rig.tick(35 * SECOND)
    assert ids(await rig.claim()) == ids([claims[1], claims[2], claims[0]])
    rig.tick(5 * SECOND)
    assert ids(await rig.claim()) == ids([claims[3]])


async def test_a_claim_brings_what_the_attempt_needs(rig: Rig) -> None:
    (first,) = (await rig.publish(1, revision=4)).claims
    await rig.retry(first)
    rig.tick(SECOND)
    (second,) = await rig.claim()
    assert (second.delivery_id, second.root_id, second.lane_id) == (first.delivery_id, first.root_id, first.lane_id)
    assert (second.event, second.target, second.config_revision) == (first.event, key(), 4)
    assert (second.number, second.failures, second.unknowns) == (2, 1, 0)
    assert (second.create_time, second.leave_by_time) == (NOW, 0)


async def test_a_throttled_lane_gives_one_for_each_slot(rig: Rig) -> None:
    for _ in range(3):
        await rig.publish(1, policy=THROTTLED)
    (first,) = await rig.claim()
    assert first.leave_by_time == NOW + GRACE
    claimed = await rig.store.claim(9)
    assert (claimed.claims, claimed.ready_time) == ((), NOW + spacing(60))
    rig.tick(spacing(60) - 1)
    assert not await rig.claim()
    rig.tick(1)
    (second,) = await rig.claim()
    assert second.leave_by_time == NOW + spacing(60) + GRACE


async def test_the_throttle_outlives_a_restart(rig: Rig) -> None:
    for _ in range(2):
        await rig.publish(1, policy=THROTTLED)
    assert len(await rig.claim()) == 1
    await rig.open()
    assert not await rig.claim()
    rig.tick(spacing(60))
    assert len(await rig.claim()) == 1


async def test_retries_and_give_backs_wait_for_a_slot_as_well(rig: Rig) -> None:
    await rig.publish(1, policy=THROTTLED)
    (claim,) = await rig.claim()
    await rig.settle(claim, None)
    assert not await rig.claim()
    rig.tick(spacing(60))
    (claim,) = await rig.claim()
    await rig.retry(claim)
    assert not await rig.claim()


async def test_no_claim_takes_more_than_it_was_asked_for(rig: Rig) -> None:
    for target in range(1, 5):
        await rig.queue(5, target)
    assert len(await rig.claim(7)) == 7
    assert len(await rig.claim(0)) == 0
    assert len(await rig.claim(100)) == 13


async def test_lanes_share_what_there_is(rig: Rig) -> None:
    await rig.queue(60, 1)
    for target in (2, 3, 4):
        await rig.queue(2, target)
    taken = Counter[int]()
    for _ in range(8):
        rig.tick(1)
        for claim in await rig.claim(1):
            taken[claim.target.id] += 1
    assert taken == {1: 2, 2: 2, 3: 2, 4: 2}


async def test_a_full_account_holds_up_no_other_and_wakes_again(rig: Rig) -> None:
    await rig.open(Caps(total=1000, account=4, lane=2))
    for target in range(1, 101):
        await rig.queue(3, target)
    await rig.queue(3, 1, account=8)
    claims = await rig.claim() + await rig.claim()
    assert Counter(claim.target.account_id for claim in claims) == {ACCOUNT: 4, 8: 2}
    assert (await rig.store.claim(9)).ready_time == NEVER, "everything waits for something to land"
    delivered, ready_time = set(), NEVER
    while claims:
        before = rig.ready
        for claim in claims:
            await rig.deliver(claim)
            delivered.add(claim.delivery_id)
        told = rig.ready > before or ready_time <= rig.clock.now()
        assert told or len(delivered) == 303, "the caller was told that there is room"
        claimed = await rig.store.claim(1000)
        claims, ready_time = list(claimed.claims), claimed.ready_time
    assert len(delivered) == 303


async def test_lanes_that_are_slow_leave_room_for_the_others_of_their_account(rig: Rig) -> None:
    await rig.open(Caps(total=128, account=64, lane=8))
    for target in range(1, 17):
        await rig.queue(20, target)
    slow = [claim for _ in range(9) for claim in await rig.claim()]
    assert len(slow) < 64
    assert max(Counter(claim.target.id for claim in slow).values()) <= 8
    assert not await rig.claim(), "they have their shares"
    (fresh,) = (await rig.publish(99)).claims
    await rig.deliver(fresh)
    await rig.queue(3, 98)
    quick = await rig.claim()
    assert {claim.target.id for claim in quick} == {98}
    slow += quick
    delivered = {fresh.delivery_id}
    while slow:
        for claim in slow:
            await rig.deliver(claim)
            delivered.add(claim.delivery_id)
        slow = await rig.claim()
    assert len(delivered) == 1 + 3 + 16 * 20


async def test_what_lands_of_slow_accounts_makes_room_for_another(rig: Rig) -> None:
    await rig.open(Caps(total=16, account=12, lane=4))
    for account, target in itertools.product((2, 3), range(1, 9)):
        await rig.queue(4, target, account=account)
    slow = [claim for _ in range(9) for claim in await rig.claim()]
    assert Counter(claim.target.account_id for claim in slow) == {2: 8, 3: 8}
    for target in range(1, 4):
        assert not (await rig.publish(target, account=99)).claims
    for claim in slow[:3]:
        await rig.deliver(claim)
        assert [each.target.account_id for each in await rig.claim()] == [99]


async def test_a_full_origin_holds_up_no_other_and_wakes_again(rig: Rig) -> None:
    await rig.open(Caps(total=1000, account=500, lane=2, origin=4))
    slow, quick = LanePolicy(origin="slow.example:443"), LanePolicy(origin="quick.example:443")
    for target in range(1, 41):
        await rig.queue(2, target, slow, account=ACCOUNT + target % 2)
    await rig.queue(2, 41, quick)
    claims = await rig.claim() + await rig.claim()
    assert Counter(claim.target.id == 41 for claim in claims) == {False: 4, True: 2}
    assert not (await rig.publish(42, policy=slow)).claims, "nothing fresh overtakes what waits for the origin"
    assert (await rig.publish(43, policy=quick)).claims
    delivered = set()
    while claims:
        for claim in claims:
            await rig.deliver(claim)
            delivered.add(claim.delivery_id)
        claims = await rig.claim()
    assert len(delivered) == 83


async def test_no_more_lanes_wake_than_there_is_room_for(rig: Rig) -> None:
    await rig.open(Caps(total=1000, account=500, lane=2, origin=4))
    for target in range(1, 41):
        await rig.queue(1, target, LanePolicy(origin="one.example:443"))
    claims = await rig.claim()
    assert len(claims) == 4
    for claim in claims:  # each in a commit of its own, none of which is followed by a claim
        await rig.deliver(claim)
    assert (await rig.store.figures()).lanes["ready"] == 4
    # One that woke and then needs no turn gives its room to another.
    targets = [await rig.lane(target) for target in range(1, 41)]
    woken = next(target for target in targets if target.ready_time < NEVER)
    await rig.store.switch(woken.target, Switch.PAUSED, "maintenance")
    assert (await rig.store.figures()).lanes["ready"] == 4


async def test_what_is_in_flight_counts_for_the_origin_that_the_settings_have_now(rig: Rig) -> None:
    await rig.open(Caps(origin=1))
    before, after = LanePolicy(origin="a.example:80"), LanePolicy(origin="b.example:80")
    (claim,) = (await rig.publish(1, policy=before)).claims
    assert not (await rig.publish(2, policy=before)).claims
    await rig.store.apply_config([ConfigRow(ACCOUNT, 4, 1, 1, False, b"", after)], 1)
    assert [each.target.id for each in await rig.claim()] == [2]
    assert not (await rig.publish(3, policy=after)).claims
    await rig.deliver(claim)
    assert [each.target.id for each in await rig.claim()] == [3]


async def test_what_is_fresh_does_not_overtake_the_parked_lanes_of_its_account(rig: Rig) -> None:
    await rig.open(Caps(account=1))
    (first,) = (await rig.publish(1)).claims
    assert not (await rig.publish(2)).claims
    assert not await rig.claim()
    await rig.deliver(first)
    (second,) = await rig.claim()
    assert not (await rig.publish(3)).claims
    assert not await rig.claim()
    await rig.publish(4)
    await rig.deliver(second)
    assert not (await rig.publish(5)).claims
    assert [claim.target.id for claim in await rig.claim()] == [3]


async def test_when_all_is_full_the_store_calls_as_soon_as_there_is_room(rig: Rig) -> None:
    await rig.open(Caps(total=2))
    claims = [claim for target in (1, 2) for claim in (await rig.publish(target)).claims]
    await rig.publish(3)
    claimed = await rig.store.claim(5)
    assert (claimed.claims, claimed.ready_time) == ((), NEVER)
    before = rig.ready
    await rig.deliver(claims[0])
    assert rig.ready == before + 1
    assert [claim.target.id for claim in await rig.claim()] == [3]


async def test_the_store_calls_when_a_lane_is_ready_earlier_than_was_said(rig: Rig) -> None:
    claimed = await rig.store.claim(5)
    assert claimed.ready_time == NEVER
    await rig.publish(1, policy=THROTTLED)
    assert rig.ready == 1
    assert len(await rig.claim()) == 1


async def test_the_store_does_not_call_for_what_comes_later_than_was_said(rig: Rig) -> None:
    (claim,) = (await rig.publish(1)).claims
    (other,) = (await rig.publish(2)).claims
    await rig.retry(claim, 10 * SECOND)
    assert (await rig.store.claim(5)).ready_time == NOW + 10 * SECOND
    before = rig.ready
    await rig.retry(other, 20 * SECOND)
    assert rig.ready == before


async def test_a_paused_lane_is_not_claimed_from(rig: Rig) -> None:
    await rig.queue(1)
    await rig.store.switch(key(), Switch.PAUSED, "by hand", PLAIN)
    assert not await rig.claim()
