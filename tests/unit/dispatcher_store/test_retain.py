from __future__ import annotations

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import DAY, HOUR, SECOND
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.store.model import ConfigRow, EventFilter
from tests.unit.dispatcher_store.rig import ACCOUNT, BLOCKING, ORDERED, Rig, key

WEBHOOK_ITEM = 4


async def retain(rig: Rig, limit: int = 100) -> None:
    """A whole round: successes are kept two days, everything else seven."""
    now = rig.clock.now()
    while await rig.store.retain(now - 2 * DAY, now - 7 * DAY, limit):
        pass


async def config(rig: Rig, revision: int, policy: LanePolicy | None = None) -> None:
    row = ConfigRow(ACCOUNT, WEBHOOK_ITEM, 1, revision, False, b"{}", policy or LanePolicy())
    await rig.store.apply_config([row], revision)


async def known(rig: Rig, revision: int) -> bool:
    return await rig.store.config_version(ACCOUNT, WEBHOOK_ITEM, 1, revision) is not None


async def test_successes_go_after_two_days_and_the_rest_after_seven(rig: Rig) -> None:
    await rig.fail_until_half_open(2)
    (claim,) = (await rig.publish(1)).claims
    await rig.deliver(claim)
    await rig.store.switch(key(3), Switch.OFF, "by hand")
    await rig.publish(3)
    (attempt,) = await rig.store.attempts(claim.delivery_id, 0, 9)
    rig.tick(2 * DAY)
    await retain(rig)
    assert len(await rig.all()) == 7
    gone, newest = await rig.store.log_bounds()
    assert gone == 0
    rig.tick(1)
    await retain(rig)
    assert {each.state for each in await rig.all()} == {State.DEAD, State.CANCELLED}
    assert await rig.store.attempts(claim.delivery_id, 0, 9) == []
    assert await rig.store.log_bounds() == (attempt.seq, newest), "whoever had not seen it is told"
    assert len(await rig.store.events(ACCOUNT, EventFilter(), 0, 99)) == 7, "events are kept as long as failures"
    rig.tick(5 * DAY)
    await retain(rig)
    assert await rig.all() == []
    assert await rig.store.events(ACCOUNT, EventFilter(), 0, 99) == []
    assert await rig.store.log_since(ACCOUNT, 0, None, 99) == []
    assert await rig.store.log_bounds() == (newest, newest)


async def test_what_events_take_up_is_counted_while_they_are_kept(rig: Rig) -> None:
    assert rig.store.stored(ACCOUNT) == 0
    await rig.publish(3)
    one = rig.store.stored(ACCOUNT)
    assert one > 1024
    await rig.store.switch(key(3), Switch.OFF, "by hand")
    await rig.publish(3)
    assert rig.store.stored(ACCOUNT) == 2 * one
    await rig.open()
    assert rig.store.stored(ACCOUNT) == 2 * one
    rig.tick(8 * DAY)
    await retain(rig)
    kept = await rig.store.events(ACCOUNT, EventFilter(), 0, 99)
    assert rig.store.stored(ACCOUNT) == len(kept) * one
    assert len(kept) < 2


async def test_what_is_pending_is_never_touched(rig: Rig) -> None:
    await rig.queue(3)
    (claim, *_) = await rig.claim(1)
    rig.tick(100 * DAY)
    await retain(rig)
    assert [each.state for each in await rig.all()] == [State.IN_FLIGHT, State.WAITING, State.WAITING]
    assert len(await rig.store.events(ACCOUNT, EventFilter(), 0, 99)) == 3
    await rig.deliver(claim)
    assert len(await rig.claim()) == 2


async def test_an_event_goes_after_its_last_delivery(rig: Rig) -> None:
    await rig.store.switch(key(2), Switch.PAUSED, "a rest")
    (claim,) = (await rig.publish(1, 2)).claims
    await rig.deliver(claim)
    rig.tick(8 * DAY)
    await retain(rig)
    assert [each.target for each in await rig.all()] == [key(2)]
    assert len(await rig.store.events(ACCOUNT, EventFilter(), 0, 9)) == 1


async def test_each_step_is_bounded_and_needed_events_do_not_stop_the_round(rig: Rig) -> None:
    await rig.store.switch(key(2), Switch.PAUSED, "a rest")
    for _ in range(25):
        await rig.publish(2)
    for _ in range(25):
        (claim,) = (await rig.publish(1)).claims
        await rig.deliver(claim)
    rig.tick(8 * DAY)
    now = rig.clock.now()
    left = 50
    while await rig.store.retain(now, now, 10):
        found = len(await rig.all())
        assert left - found <= 10
        left = found
    assert left == 25
    assert len(await rig.store.events(ACCOUNT, EventFilter(), 0, 99)) == 25


async def test_a_dead_head_that_holds_its_key_stays(rig: Rig) -> None:
    for _ in range(2):
        await rig.publish(1, policy=BLOCKING)
    (claim,) = await rig.claim()
    await rig.bury(claim)
    rig.tick(100 * DAY)
    await retain(rig)
    assert not await rig.claim()
    assert (await rig.delivery(claim.delivery_id)).state is State.DEAD
    await rig.store.cancel(ACCOUNT, claim.delivery_id)
    await retain(rig)
    assert await rig.store.delivery(ACCOUNT, claim.delivery_id) is None
    assert len(await rig.claim()) == 1


async def test_young_events_that_fired_nothing_stay(rig: Rig) -> None:
    await rig.publish()
    rig.tick(8 * DAY)
    await rig.publish()
    await retain(rig)
    assert [each.event.id for each in await rig.store.events(ACCOUNT, EventFilter(), 0, 9)] == ["e2"]


async def test_old_settings_go_when_nothing_was_made_by_them(rig: Rig) -> None:
    await config(rig, 1)
    rig.tick(SECOND)
    await config(rig, 2)
    await retain(rig)
    assert await known(rig, 1), "they are kept as long as failures"
    rig.tick(8 * DAY)
    await retain(rig)
    assert not await known(rig, 1)
    assert await known(rig, 2)


async def test_old_settings_stay_for_what_waits(rig: Rig) -> None:
    await config(rig, 1)
    await rig.queue(1)
    rig.tick(HOUR)
    await config(rig, 2)
    rig.tick(100 * DAY)
    await retain(rig)
    assert await known(rig, 1)
    (claim,) = await rig.claim()
    await rig.deliver(claim)
    rig.tick(3 * DAY)
    await retain(rig)
    assert not await known(rig, 1)


async def test_old_settings_stay_for_a_redelivery_that_came_after_them(rig: Rig) -> None:
    await config(rig, 1, ORDERED)
    await rig.publish(1, policy=ORDERED, revision=1)
    (claim,) = await rig.claim()
    await rig.bury(claim)
    rig.tick(HOUR)
    await config(rig, 2, ORDERED)
    rig.tick(6 * DAY)
    await rig.store.switch(key(), Switch.PAUSED, "a rest")
    again = await rig.store.redeliver(ACCOUNT, claim.delivery_id, "")
    assert again is not None
    assert again.config_revision == 1
    rig.tick(100 * DAY)
    await retain(rig)
    assert await rig.store.delivery(ACCOUNT, claim.delivery_id) is None
    assert await known(rig, 1)
