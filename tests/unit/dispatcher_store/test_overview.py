"""An account at a glance: what every store counts, and which targets are in trouble."""

from __future__ import annotations

from hookline_dispatcher.core.instants import DAY, HOUR, MINUTE, NEVER, SECOND
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.overview import DeliveryCounts, Trouble
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, Rig, key

THROTTLED = LanePolicy(requests_per_minute=1)


async def test_counts_follow_every_step_of_a_delivery(rig: Rig) -> None:
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts()
    (first,) = (await rig.publish(1)).claims
    await rig.publish(1, account=8)
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts(in_flight=1)
    await rig.retry(first, wait=MINUTE)
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts(waiting=1, retrying=1)
    rig.tick(MINUTE)
    (second,) = await rig.claim()
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts(in_flight=1)
    await rig.settle(second, None)
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts(waiting=1, retrying=1)
    await rig.store.cancel(ACCOUNT, first.delivery_id)
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts(cancelled=1)
    await rig.store.redeliver(ACCOUNT, first.delivery_id, "")
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts(waiting=1, cancelled=1)
    (third,) = await rig.claim()
    await rig.deliver(third)
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts(delivered=1, cancelled=1)
    assert await rig.store.delivery_counts(8) == DeliveryCounts(in_flight=1)


async def test_counts_forget_what_retention_deletes(rig: Rig) -> None:
    (first,) = (await rig.publish(1)).claims
    await rig.deliver(first)
    (second,) = (await rig.publish(1)).claims
    await rig.bury(second)
    rig.tick(3 * DAY)
    await rig.store.retain(rig.clock.now() - 2 * DAY, rig.clock.now() - 7 * DAY, 100)
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts(dead=1)


async def test_counts_outlive_a_crash_in_the_middle_of_an_attempt(rig: Rig) -> None:
    await rig.publish(1, 2)
    await rig.open()
    assert await rig.store.delivery_counts(ACCOUNT) == DeliveryCounts(waiting=2, retrying=2)


async def test_the_worst_target_is_shown_first(rig: Rig) -> None:
    await rig.fail_until_half_open(1)
    await rig.store.switch(key(2), Switch.OFF, "by hand")
    await rig.store.switch(key(3), Switch.PAUSED, "a rest")
    (failed,) = (await rig.publish(4)).claims
    await rig.bury(failed)
    await rig.queue(3, 5, THROTTLED)
    await rig.queue(2, 6, THROTTLED)
    (fine,) = (await rig.publish(7)).claims
    await rig.deliver(fine)
    await rig.publish(1, account=8)
    rig.tick(MINUTE)
    found = await rig.store.troubles(ACCOUNT, 100)
    assert [(trouble, each.target.id) for trouble, each in found.worst] == [
        (Trouble.OFF, 2),
        (Trouble.HALF_OPEN, 1),
        (Trouble.BACKLOG, 5),
        (Trouble.BACKLOG, 6),
        (Trouble.FAILING, 4),
        (Trouble.PAUSED, 3),
    ]
    expected = {Trouble.OFF: 1, Trouble.HALF_OPEN: 1, Trouble.BACKLOG: 2, Trouble.FAILING: 1, Trouble.PAUSED: 1}
    assert found.counts == expected
    assert (await rig.store.troubles(ACCOUNT, 2)).worst == found.worst[:2]
    assert (await rig.store.troubles(8, 100)).worst == ()


async def test_a_target_in_trouble_says_what_waits_since_when_and_until_when(rig: Rig) -> None:
    await rig.queue(1, 5, THROTTLED)
    rig.tick(SECOND)
    await rig.publish(5, policy=THROTTLED)
    rig.tick(2 * HOUR)
    ((trouble, found),) = (await rig.store.troubles(ACCOUNT, 1)).worst
    assert trouble is Trouble.BACKLOG
    assert found == await rig.lane(5)
    assert (found.waiting, found.in_flight, found.oldest_time, found.ready_time) == (2, 0, NOW, NOW)


async def test_what_failed_and_lies_behind_counts_once_under_the_worst(rig: Rig) -> None:
    (first,) = (await rig.publish(1)).claims
    await rig.retry(first, wait=SECOND)
    assert (await rig.store.troubles(ACCOUNT, 9)).counts[Trouble.FAILING] == 1
    rig.tick(HOUR)
    found = await rig.store.troubles(ACCOUNT, 9)
    assert [each for each, _ in found.worst] == [Trouble.BACKLOG]
    assert (found.counts[Trouble.BACKLOG], found.counts[Trouble.FAILING]) == (1, 0)


async def test_a_paused_backlog_is_paused_and_says_that_nothing_will_be_sent(rig: Rig) -> None:
    await rig.store.switch(key(1), Switch.PAUSED, "a rest")
    await rig.publish(1)
    rig.tick(HOUR)
    ((trouble, found),) = (await rig.store.troubles(ACCOUNT, 9)).worst
    assert (trouble, found.waiting, found.ready_time) == (Trouble.PAUSED, 1, NEVER)


async def test_a_target_whose_definition_was_deleted_troubles_nobody(rig: Rig) -> None:
    await rig.fail_until_half_open(1)
    await rig.store.apply_config([ConfigRow(ACCOUNT, 4, 1, 2, True, b"")], 2)
    found = await rig.store.troubles(ACCOUNT, 9)
    assert (found.worst, sum(found.counts.values())) == ((), 0)
