from __future__ import annotations

import pytest

from hookline_dispatcher.core.delivery import IllegalStep, State
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy, Switch
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, ORDERED, Rig, ids, key


async def test_cancel_ends_what_waits(rig: Rig) -> None:
    await rig.queue(2)
    first, second = [each.id for each in await rig.all()]
    found = await rig.store.cancel(ACCOUNT, first)
    assert found is not None
    assert (found.state, found.reason, found.settle_time) == (State.CANCELLED, "cancelled", NOW)
    assert ids(await rig.claim()) == [second]
    ((entry, delivery),) = await rig.store.log_since(ACCOUNT, 0, None, 9)
    assert (entry.number, delivery.id) == (0, first)


@pytest.mark.parametrize("end", ["delivered", "dead", "cancelled"])
async def test_what_is_settled_cannot_be_cancelled(rig: Rig, end: str) -> None:
    await rig.queue(1)
    (claim,) = await rig.claim()
    if end == "delivered":
        await rig.deliver(claim)
    elif end == "dead":
        await rig.bury(claim)
    else:
        await rig.settle(claim, None)
        await rig.store.cancel(ACCOUNT, claim.delivery_id)
    with pytest.raises(IllegalStep):
        await rig.store.cancel(ACCOUNT, claim.delivery_id)


async def test_another_accounts_delivery_cannot_be_cancelled(rig: Rig) -> None:
    await rig.queue(1)
    assert await rig.store.cancel(8, 1) is None
    assert len(await rig.claim()) == 1


async def test_a_paused_lane_gathers_and_goes_on_where_it_was(rig: Rig) -> None:
    stored = await rig.store.switch(key(), Switch.PAUSED, "a rest")
    assert (stored.lane.switch, stored.lane.reason, stored.waiting) == (Switch.PAUSED, "a rest", 0)
    for _ in range(3):
        assert not (await rig.publish(1)).claims
        rig.tick(SECOND)
    lane = await rig.lane()
    assert (lane.waiting, lane.oldest_time) == (3, NOW)
    assert await rig.store.sweep_off(10) == 0
    before = rig.ready
    await rig.store.switch(key(), Switch.ACTIVE, "")
    assert rig.ready == before + 1
    assert ids(await rig.claim()) == [each.id for each in await rig.all()]


async def test_a_target_is_paused_before_its_first_firing_with_its_own_policy(rig: Rig) -> None:
    await rig.store.switch(key(), Switch.PAUSED, "a rest", LanePolicy(60))
    await rig.publish(1, policy=LanePolicy(60))
    await rig.publish(1, policy=LanePolicy(60))
    await rig.store.switch(key(), Switch.ACTIVE, "")
    assert len(await rig.claim()) == 1


async def test_what_is_in_flight_when_its_lane_is_paused_ends_as_it_ends(rig: Rig) -> None:
    first, second = [(await rig.publish(1)).claims[0] for _ in range(2)]
    await rig.store.switch(key(), Switch.PAUSED, "a rest")
    assert await rig.deliver(first)
    await rig.retry(second)
    assert not await rig.claim()
    assert (await rig.lane()).waiting == 1


async def test_off_cancels_what_waits_in_bounded_steps(rig: Rig) -> None:
    await rig.queue(5)
    await rig.store.switch(key(), Switch.OFF, "by hand")
    assert not await rig.claim()
    assert [await rig.store.sweep_off(2) for _ in range(4)] == [2, 2, 1, 0]
    found = await rig.all()
    assert {(each.state, each.reason) for each in found} == {(State.CANCELLED, "by hand")}
    assert (await rig.lane()).waiting == 0
    await rig.store.switch(key(), Switch.ACTIVE, "")
    assert not await rig.claim()


async def test_off_for_a_while_leaves_no_key_of_an_ordered_lane_stuck(rig: Rig) -> None:
    for object_id in "abaabb":
        await rig.publish(1, policy=ORDERED, object_id=object_id)
    await rig.store.switch(key(), Switch.OFF, "by hand")
    await rig.store.sweep_off(2)
    await rig.store.switch(key(), Switch.ACTIVE, "")
    sent = 0
    while claims := await rig.claim():
        for claim in claims:
            await rig.deliver(claim)
            sent += 1
    assert sent == 4


async def test_a_retry_of_an_off_lane_is_swept_as_well(rig: Rig) -> None:
    (claim,) = (await rig.publish(1)).claims
    await rig.store.switch(key(), Switch.OFF, "by hand")
    await rig.retry(claim)
    assert await rig.store.sweep_off(10) == 1
    assert (await rig.delivery(claim.delivery_id)).state is State.CANCELLED


async def test_a_switch_is_announced_until_it_was_told(rig: Rig) -> None:
    assert await rig.store.unannounced() == []
    await rig.store.switch(key(1), Switch.PAUSED, "a rest")
    rig.tick(SECOND)
    await rig.store.switch(key(2), Switch.OFF, "by hand")
    first, second = await rig.store.unannounced()
    assert (first.target, first.lane.switch, first.lane.reason) == (key(1), Switch.PAUSED, "a rest")
    assert (second.target, second.lane.switch_time) == (key(2), NOW + SECOND)
    await rig.store.announced(first.lane_id, first.lane.switch_time)
    assert await rig.store.unannounced() == [second]
    await rig.open()
    assert await rig.store.unannounced() == [second]


async def test_telling_of_one_switch_leaves_the_next_to_be_told(rig: Rig) -> None:
    await rig.store.switch(key(), Switch.PAUSED, "a rest")
    (told,) = await rig.store.unannounced()
    rig.tick(SECOND)
    await rig.store.switch(key(), Switch.OFF, "by hand")
    await rig.store.announced(told.lane_id, told.lane.switch_time)
    (news,) = await rig.store.unannounced()
    assert news.lane.reason == "by hand"


async def test_a_switch_that_changes_nothing_is_no_news(rig: Rig) -> None:
    await rig.store.switch(key(), Switch.ACTIVE, "")
    await rig.store.switch(key(), Switch.PAUSED, "a rest")
    (told,) = await rig.store.unannounced()
    await rig.store.announced(told.lane_id, told.lane.switch_time)
    rig.tick(SECOND)
    stored = await rig.store.switch(key(), Switch.PAUSED, "another")
    assert (stored.lane.reason, stored.lane.switch_time) == ("a rest", NOW)
    assert await rig.store.unannounced() == []
