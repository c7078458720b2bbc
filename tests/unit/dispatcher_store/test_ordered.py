from __future__ import annotations

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import HOUR
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.core.retry import Delivered
from hookline_dispatcher.store.model import ConfigRow, Settlement
from tests.unit.dispatcher_store.rig import ACCOUNT, BLOCKING, ORDERED, PLAIN, SUCCEEDED, Rig, event, ids, intake

WEBHOOK_ITEM = 4


async def order(rig: Rig, objects: str, policy: LanePolicy = ORDERED) -> list[int]:
    """Deliveries in one lane, of objects that are named by a letter each; their ids."""
    for object_id in objects:
        await rig.publish(1, policy=policy, object_id=object_id)
    return [each.id for each in await rig.all()][-len(objects) :]


async def retune(rig: Rig, policy: LanePolicy) -> None:
    await rig.store.apply_config([ConfigRow(ACCOUNT, WEBHOOK_ITEM, 1, 2, False, b"{}", policy)], 2)


async def test_of_a_key_one_is_in_flight_in_the_order_of_commits(rig: Rig) -> None:
    numbers = await order(rig, "aaaa")
    seen = []
    for _ in numbers:
        (claim,) = await rig.claim()
        assert not await rig.claim()
        seen.append(claim.delivery_id)
        await rig.deliver(claim)
    assert seen == numbers


async def test_keys_do_not_wait_for_each_other(rig: Rig) -> None:
    a1, b1, _, c1, _ = await order(rig, "abaca")
    assert ids(await rig.claim()) == [a1, b1, c1]


async def test_the_order_holds_within_one_batch_and_one_commit(rig: Rig) -> None:
    batch = [intake(event(f"e{n}", "a"), 1, policy=ORDERED) for n in range(3)]
    await rig.store.ingest(batch)
    numbers = [each.id for each in await rig.all()]
    for number in numbers:
        (claim,) = await rig.claim()
        assert claim.delivery_id == number
        await rig.store.settle([Settlement(claim, Delivered(), SUCCEEDED)])


async def test_a_retry_keeps_its_place(rig: Rig) -> None:
    first, second = await order(rig, "aa")
    (claim,) = await rig.claim()
    await rig.retry(claim, HOUR)
    assert not await rig.claim()
    rig.tick(HOUR)
    (claim,) = await rig.claim()
    assert claim.delivery_id == first
    await rig.deliver(claim)
    assert ids(await rig.claim()) == [second]


async def test_the_producers_own_key_orders_across_objects(rig: Rig) -> None:
    keyed = [event(id_, id_)._replace(ordering_key="k") for id_ in ("e1", "e2")]
    await rig.store.ingest([intake(each, 1, policy=ORDERED) for each in keyed])
    assert [claim.event.id for claim in await rig.claim()] == ["e1"]


async def test_a_dead_head_is_skipped(rig: Rig) -> None:
    _, second = await order(rig, "aa")
    (claim,) = await rig.claim()
    await rig.bury(claim)
    assert ids(await rig.claim()) == [second]


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("freed_by", ["cancel", "redeliver"])
async def test_a_dead_head_blocks_until_it_is_cancelled_or_redelivered(
    rig: Rig, freed_by: str, restarted: bool
) -> None:
    first, second, other = await order(rig, "aab", BLOCKING)
    claims = await rig.claim()
    assert ids(claims) == [first, other]
    await rig.bury(claims[0])
    assert not await rig.claim()
    if restarted:
        await rig.deliver(claims[1])
        await rig.open()
        assert not await rig.claim()
    if freed_by == "cancel":
        found = await rig.store.cancel(ACCOUNT, first)
        assert found is not None
        assert found.state is State.DEAD
        assert ids(await rig.claim()) == [second]
    else:
        again = await rig.store.redeliver(ACCOUNT, first, "")
        assert again is not None
        (claim,) = await rig.claim()
        assert (claim.delivery_id, claim.root_id) == (again.id, first)
        await rig.deliver(claim)
        assert ids(await rig.claim()) == [second]


async def test_behind_a_dead_head_no_redelivery_of_a_later_one_goes(rig: Rig) -> None:
    first, second, _ = await order(rig, "aaa", BLOCKING)
    (claim,) = await rig.claim()
    await rig.store.cancel(ACCOUNT, second)
    await rig.bury(claim)
    await rig.store.redeliver(ACCOUNT, second, "")
    assert not await rig.claim()
    await rig.store.redeliver(ACCOUNT, first, "")
    (claim,) = await rig.claim()
    assert claim.root_id == first


async def test_a_redelivery_goes_when_what_it_waited_for_dies(rig: Rig) -> None:
    first, _, third = await order(rig, "aaa", BLOCKING)
    (claim,) = await rig.claim()
    await rig.deliver(claim)
    (claim,) = await rig.claim()
    await rig.store.redeliver(ACCOUNT, first, "")
    await rig.bury(claim)
    (again,) = await rig.claim()
    assert again.root_id == first
    await rig.deliver(again)
    assert not await rig.claim(), "now the dead one blocks"
    await rig.store.cancel(ACCOUNT, claim.delivery_id)
    assert ids(await rig.claim()) == [third]


async def test_a_dead_head_that_is_redelivered_while_the_target_is_off_blocks_no_more(rig: Rig) -> None:
    first, second = await order(rig, "aa", BLOCKING)
    (claim,) = await rig.claim()
    await rig.bury(claim)
    await rig.store.switch(claim.target, Switch.OFF, "by hand")
    await rig.store.redeliver(ACCOUNT, first, "")
    await rig.store.switch(claim.target, Switch.ACTIVE, "")
    assert ids(await rig.claim()) == [second]


async def test_a_redelivery_waits_for_what_is_in_flight_and_goes_before_what_follows(rig: Rig) -> None:
    first, second, third = await order(rig, "aaa")
    (claim,) = await rig.claim()
    await rig.deliver(claim)
    (claim,) = await rig.claim()
    assert claim.delivery_id == second
    again = await rig.store.redeliver(ACCOUNT, first, "")
    assert again is not None
    assert not await rig.claim()
    await rig.deliver(claim)
    (claim,) = await rig.claim()
    assert claim.delivery_id == again.id
    await rig.deliver(claim)
    assert ids(await rig.claim()) == [third]


async def test_two_redeliveries_of_one_delivery_go_one_after_the_other(rig: Rig) -> None:
    (first,) = await order(rig, "a")
    (claim,) = await rig.claim()
    await rig.deliver(claim)
    again = [await rig.store.redeliver(ACCOUNT, first, request) for request in ("r1", "r2")]
    for each in again:
        assert each is not None
        (claim,) = await rig.claim()
        assert claim.delivery_id == each.id
        await rig.deliver(claim)


async def test_a_cancelled_head_lets_the_next_one_go(rig: Rig) -> None:
    first, second = await order(rig, "aa")
    await rig.store.cancel(ACCOUNT, first)
    assert ids(await rig.claim()) == [second]


async def test_a_cancelled_one_in_the_middle_is_passed_over(rig: Rig) -> None:
    _, second, third = await order(rig, "aaa")
    await rig.store.cancel(ACCOUNT, second)
    (claim,) = await rig.claim()
    await rig.deliver(claim)
    assert ids(await rig.claim()) == [third]


async def test_what_is_cancelled_in_flight_blocks_nothing_when_it_dies(rig: Rig) -> None:
    first, second = await order(rig, "aa", BLOCKING)
    (claim,) = await rig.claim()
    await rig.store.cancel(ACCOUNT, first)
    await rig.bury(claim)
    assert ids(await rig.claim()) == [second]


async def test_without_the_order_what_waited_for_its_turn_goes(rig: Rig) -> None:
    first, second, third = await order(rig, "aaa", BLOCKING)
    (claim,) = await rig.claim()
    await retune(rig, PLAIN)
    assert sorted(ids(await rig.claim())) == [second, third]
    await rig.retry(claim)
    (claim,) = await rig.claim()
    assert claim.delivery_id == first
    await rig.bury(claim)
    assert await rig.store.retain(rig.clock.now() + 1, rig.clock.now() + 1, 10) > 0, "it holds no key"
    assert await rig.store.delivery(ACCOUNT, first) is None


async def test_without_the_blocking_the_next_of_each_key_goes(rig: Rig) -> None:
    numbers = await order(rig, "aabba", BLOCKING)
    for claim in await rig.claim():
        await rig.bury(claim)
    assert not await rig.claim()
    await retune(rig, ORDERED)
    assert sorted(ids(await rig.claim())) == [numbers[1], numbers[3]]


async def test_without_the_blocking_no_second_one_goes_beside_a_redelivery(rig: Rig) -> None:
    first, _ = await order(rig, "aa", BLOCKING)
    (claim,) = await rig.claim()
    await rig.bury(claim)
    await rig.store.redeliver(ACCOUNT, first, "")
    assert len(await rig.claim()) == 1
    await retune(rig, ORDERED)
    assert not await rig.claim()


async def test_what_was_released_keeps_no_key_when_the_order_comes_back(rig: Rig) -> None:
    await order(rig, "aa")
    (claim,) = await rig.claim()
    await retune(rig, PLAIN)
    await retune(rig, ORDERED)
    third, fourth = await order(rig, "aa")
    await rig.retry(claim, HOUR)
    await rig.deliver(next(each for each in await rig.claim() if each.delivery_id == third))
    assert ids(await rig.claim()) == [fourth]
