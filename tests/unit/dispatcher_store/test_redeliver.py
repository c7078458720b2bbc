from __future__ import annotations

import asyncio

import pytest

from hookline_dispatcher.core.delivery import IllegalStep, State, TargetDeleted
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store.model import ConfigRow, TargetKey
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, ORDERED, Rig, key

SUBSCRIPTIONS = 4


async def dead(rig: Rig, target: int = 1, account: int = ACCOUNT) -> int:
    (claim,) = (await rig.publish(target, account=account)).claims
    await rig.bury(claim)
    await rig.store.switch(key(target, account), Switch.PAUSED, "healthy again")
    await rig.store.switch(key(target, account), Switch.ACTIVE, "")
    return claim.delivery_id


async def delivered(rig: Rig, target: int = 1) -> int:
    (claim,) = (await rig.publish(target)).claims
    await rig.deliver(claim)
    return claim.delivery_id


async def drain(rig: Rig) -> None:
    while claims := await rig.claim():
        for claim in claims:
            await rig.deliver(claim)


async def test_a_redelivery_is_a_new_delivery_with_the_same_root(rig: Rig) -> None:
    first = await dead(rig)
    rig.tick(SECOND)
    again = await rig.store.redeliver(ACCOUNT, first, "")
    assert again is not None
    assert (again.root_id, again.redelivery_of, again.state) == (first, first, State.WAITING)
    assert (again.create_time, again.attempts) == (NOW + SECOND, 0)
    (claim,) = await rig.claim()
    assert (claim.delivery_id, claim.root_id, claim.number) == (again.id, first, 1)
    await rig.bury(claim)
    third = await rig.store.redeliver(ACCOUNT, again.id, "")
    assert third is not None
    assert (third.root_id, third.redelivery_of) == (first, again.id)
    assert (await rig.delivery(first)).state is State.DEAD


@pytest.mark.parametrize("together", [True, False])
async def test_the_same_request_makes_one_redelivery(rig: Rig, together: bool) -> None:
    first = await dead(rig)
    if together:
        made = await asyncio.gather(*(rig.store.redeliver(ACCOUNT, first, "r1") for _ in range(5)))
    else:
        made = [await rig.store.redeliver(ACCOUNT, first, "r1") for _ in range(5)]
    assert len({each.id for each in made if each}) == 1
    other = await rig.store.redeliver(ACCOUNT, first, "r2")
    assert other is not None
    assert other.id != (made[0].id if made[0] else 0)


@pytest.mark.parametrize("in_flight", [True, False])
async def test_what_is_pending_cannot_be_redelivered(rig: Rig, in_flight: bool) -> None:
    (claim,) = (await rig.publish(1)).claims
    if not in_flight:
        await rig.retry(claim, SECOND)
    with pytest.raises(IllegalStep):
        await rig.store.redeliver(ACCOUNT, claim.delivery_id, "")
    assert len(await rig.all()) == 1


async def test_another_accounts_delivery_is_not_there(rig: Rig) -> None:
    first = await dead(rig)
    assert await rig.store.redeliver(8, first, "") is None
    assert await rig.store.redeliver(ACCOUNT, first + 99, "") is None


async def test_a_redelivery_to_an_off_target_is_cancelled(rig: Rig) -> None:
    first = await dead(rig)
    await rig.store.switch(key(), Switch.OFF, "by hand")
    again = await rig.store.redeliver(ACCOUNT, first, "")
    assert again is not None
    assert (again.state, again.reason) == (State.CANCELLED, "by hand")


@pytest.mark.parametrize("switch", [Switch.ACTIVE, Switch.PAUSED, Switch.OFF])
async def test_what_a_deleted_target_was_sent_is_not_repeated(rig: Rig, switch: Switch) -> None:
    first, other = await dead(rig), await dead(rig, target=2)
    (made,) = [await rig.store.redeliver(ACCOUNT, await delivered(rig), "r1")]
    assert made is not None
    await drain(rig)
    await rig.store.switch(key(1), switch, "by hand")
    await rig.store.apply_config([ConfigRow(ACCOUNT, SUBSCRIPTIONS, 1, 2, True, b"")], 2)
    for dry_run in (True, False):
        assert await rig.store.redeliver_since(ACCOUNT, 0, None, False, dry_run) == 1
    assert await rig.store.redeliver_since(ACCOUNT, 0, key(1), True, False) == 0
    before = await rig.all()
    assert [each.redelivery_of for each in before[-1:]] == [other]
    with pytest.raises(TargetDeleted):
        await rig.store.redeliver(ACCOUNT, first, "")
    assert await rig.all() == before
    again = await rig.store.redeliver(ACCOUNT, made.redelivery_of, "r1")
    assert again is not None
    assert again.id == made.id


async def test_redeliver_since_repeats_what_died_since_then(rig: Rig) -> None:
    await dead(rig)
    rig.tick(SECOND)
    since = rig.clock.now()
    numbers = {await dead(rig), await dead(rig, 2)}
    await delivered(rig)
    await dead(rig, 1, account=8)
    assert await rig.store.redeliver_since(ACCOUNT, since, None, False, dry_run=True) == 2
    assert len(await rig.all()) == 4
    assert await rig.store.redeliver_since(ACCOUNT, since, None, False, dry_run=False) == 2
    again = [each for each in await rig.all() if each.redelivery_of]
    assert {each.redelivery_of for each in again} == numbers


async def test_nothing_is_repeated_twice(rig: Rig) -> None:
    for _ in range(3):
        await dead(rig)
    assert await rig.store.redeliver_since(ACCOUNT, 0, None, False, dry_run=False) == 3
    assert await rig.store.redeliver_since(ACCOUNT, 0, None, False, dry_run=False) == 0
    await drain(rig)
    assert await rig.store.redeliver_since(ACCOUNT, 0, None, False, dry_run=False) == 0


async def test_delivered_ones_are_repeated_on_request(rig: Rig) -> None:
    await delivered(rig)
    await dead(rig)
    assert await rig.store.redeliver_since(ACCOUNT, 0, None, True, dry_run=True) == 2


@pytest.mark.parametrize("target", [None, key(1)])
@pytest.mark.parametrize("include_delivered", [False, True])
async def test_events_that_are_not_covered_are_left_out(
    rig: Rig, target: TargetKey | None, include_delivered: bool
) -> None:
    await dead(rig)
    (stored,) = await rig.all()
    of = (stored.event_type, stored.object_type_id)
    for covers, count in ((lambda *asked: asked != of, 0), (lambda *asked: asked == of, 1)):
        found = await rig.store.redeliver_since(ACCOUNT, 0, target, include_delivered, dry_run=False, covers=covers)
        assert found == count


@pytest.mark.parametrize(("target", "count"), [(1, 2), (2, 1), (9, 0)])
@pytest.mark.parametrize("include_delivered", [False, True])
async def test_a_target_bounds_it(rig: Rig, target: int, count: int, include_delivered: bool) -> None:
    await dead(rig, 1)
    await dead(rig, 2)
    await dead(rig, 1)
    found = await rig.store.redeliver_since(ACCOUNT, 0, key(target), include_delivered, dry_run=False)
    assert found == count


@pytest.mark.parametrize("include_delivered", [False, True])
async def test_many_are_repeated_in_pages_each_once(rig: Rig, include_delivered: bool) -> None:
    await rig.queue(1203)
    await rig.store.switch(key(), Switch.OFF, "by hand")
    while await rig.store.sweep_off(500):
        pass
    await rig.store.switch(key(), Switch.ACTIVE, "")
    assert await rig.store.redeliver_since(ACCOUNT, 0, None, include_delivered, dry_run=True) == 1203
    assert await rig.store.redeliver_since(ACCOUNT, 0, None, include_delivered, dry_run=False) == 1203
    lane = await rig.lane()
    assert lane.waiting == 1203
    repeated = [each.redelivery_of for each in await rig.all() if each.redelivery_of]
    assert len(repeated) == len(set(repeated)) == 1203


async def test_an_ordered_lane_repeats_in_the_order_of_commits(rig: Rig) -> None:
    for _ in range(4):
        await rig.publish(1, policy=ORDERED)
        (claim,) = await rig.claim()
        await rig.deliver(claim)
    await rig.store.redeliver_since(ACCOUNT, 0, None, True, dry_run=False)
    roots = []
    while claims := await rig.claim():
        (claim,) = claims
        roots.append(claim.root_id)
        await rig.deliver(claim)
    assert roots == [each.id for each in (await rig.all())[:4]]
