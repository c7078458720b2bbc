from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import HOUR, SECOND
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.core.retry import Dead, Decision, Delivered, RetryAt
from hookline_dispatcher.store.model import DeliveryFilter, EventFilter, Settlement, StoredDelivery
from tests.unit.dispatcher_store.rig import ACCOUNT, FAILED, NOW, SUCCEEDED, Rig, event, intake, key

WHOLE = DeliveryFilter(
    states=(State.DEAD,),
    target=key(2),
    event_id="e4",
    event_type="sub_tag",
    object_type_id=0,
    object_id="2",
    since_time=NOW + 2 * SECOND,
    until_time=NOW + 20 * SECOND,
    target_kind=1,
)
DEFAULT = DeliveryFilter()


def keeps(which: DeliveryFilter, each: StoredDelivery) -> bool:
    """What a filter says, in plain words."""
    return (
        (not which.states or each.state in which.states)
        and which.target in (None, each.target)
        and which.target_kind in (0, each.target.kind)
        and which.event_id in ("", each.event_id)
        and which.event_type in ("", each.event_type)
        and which.object_type_id in (None, each.object_type_id)
        and which.object_id in ("", each.object_id)
        and each.create_time >= which.since_time
        and (not which.until_time or each.create_time < which.until_time)
    )


async def variety(rig: Rig) -> list[StoredDelivery]:
    """Deliveries of every kind, of two accounts; this account's, the newest first."""
    await rig.store.switch(key(3), Switch.OFF, "by hand")
    await rig.store.switch(key(4), Switch.PAUSED, "a rest")
    for number in range(24):
        rig.tick(SECOND)
        firing = (number % 4 + 1, (number + 1) % 4 + 1)
        type_ = ("sub_tag", "object_create")[number % 4 > 1]
        claims = (await rig.publish(*firing, object_id=str(number % 3), kind=number % 2, type_=type_)).claims
        decisions: list[Decision] = [Delivered(), Dead("used up")]
        for claim, decision in zip(claims, decisions[number % 2 :], strict=False):
            await rig.store.settle([Settlement(claim, decision, FAILED if number % 2 else SUCCEEDED, counts=False)])
        await rig.publish(1, 2, account=8)
    found = (await rig.store.deliveries(ACCOUNT, DEFAULT, 0, 1000)).deliveries
    assert len(found) == 48
    assert [each.id for each in found] == sorted((each.id for each in found), reverse=True)
    return found


async def test_every_filter_and_all_of_them_together_keep_what_they_say(rig: Rig) -> None:
    found = await variety(rig)
    names = ["states", "target", "event_id", "event_type", "object_type_id", "object_id", "since_time", "until_time"]
    kept_some = 0
    for count in range(len(names) + 1):
        for chosen in itertools.combinations(names, count):
            which = DeliveryFilter(**{name: getattr(WHOLE, name) for name in chosen})
            kept = (await rig.store.deliveries(ACCOUNT, which, 0, 1000)).deliveries
            assert kept == [each for each in found if keeps(which, each)], chosen
            kept_some += bool(kept)
    assert kept_some > 60, "most combinations keep something"


@pytest.mark.parametrize(
    "states", [(), (State.DEAD,), (State.CANCELLED,), (State.DEAD, State.CANCELLED), tuple(State)], ids=str
)
async def test_several_states_are_asked_for_at_once(rig: Rig, states: tuple[State, ...]) -> None:
    found = await variety(rig)
    kept = (await rig.store.deliveries(ACCOUNT, DeliveryFilter(states=states), 0, 1000)).deliveries
    assert kept == [each for each in found if not states or each.state in states]


@pytest.mark.parametrize("states", [(), (State.DEAD,), (State.WAITING,), (State.DELIVERED, State.CANCELLED)], ids=str)
@pytest.mark.parametrize("where", [DEFAULT, DeliveryFilter(target=key(6)), DeliveryFilter(text="no luck")], ids=str)
async def test_what_is_retried_is_asked_for_besides_states(
    rig: Rig, states: tuple[State, ...], where: DeliveryFilter
) -> None:
    await variety(rig)
    for claims in [(await rig.publish(6, 7)).claims for _ in range(4)]:
        await rig.retry(claims[0], HOUR)
        await rig.deliver(claims[1])
    await rig.retry((await rig.publish(6, account=8)).claims[0], HOUR)
    found = await rig.all(which=where)
    kept = await rig.all(which=replace(where, states=states, retrying=True))
    retried = [each for each in found if each.state is State.WAITING and each.attempts]
    assert kept == [each for each in found if each.state in states or each in retried]
    assert len(retried) == 4


async def test_what_was_retried_once_and_is_in_flight_or_given_back_follows_its_state(rig: Rig) -> None:
    (claim,) = (await rig.publish(1)).claims
    retried = DeliveryFilter(retrying=True)
    assert await rig.all(which=retried) == []
    await rig.retry(claim)
    assert [each.id for each in await rig.all(which=retried)] == [claim.delivery_id]
    (claim,) = await rig.claim()
    assert await rig.all(which=retried) == []
    await rig.settle(claim, None)
    assert [each.id for each in await rig.all(which=retried)] == [claim.delivery_id]
    (claim,) = await rig.claim()
    await rig.deliver(claim)
    assert await rig.all(which=retried) == []


@pytest.mark.parametrize("which", [DEFAULT, DeliveryFilter(target=key(1)), DeliveryFilter(states=(State.CANCELLED,))])
async def test_pages_meet_each_delivery_once_while_others_come(rig: Rig, which: DeliveryFilter) -> None:
    await variety(rig)
    expected = (await rig.store.deliveries(ACCOUNT, which, 0, 1000)).deliveries
    seen, before = [], 0
    while page := (await rig.store.deliveries(ACCOUNT, which, before, 5)).deliveries:
        seen += page
        before = page[-1].id
        await rig.publish(1, 3)
    assert seen == expected


@pytest.mark.parametrize(
    "which",
    [
        EventFilter(),
        EventFilter(type="object_create"),
        EventFilter(object_type_id=1),
        EventFilter(object_id="2"),
        EventFilter(object_type_id=1, object_id="2"),
        EventFilter("sub_tag", 0, "2"),
    ],
)
async def test_pages_of_events_meet_each_once_while_others_come(rig: Rig, which: EventFilter) -> None:
    await variety(rig)
    everything = await rig.store.events(ACCOUNT, EventFilter(), 0, 1000)
    expected = [
        each
        for each in everything
        if which.type in ("", each.event.type)
        and which.object_type_id in (None, each.event.object_type_id)
        and which.object_id in ("", each.event.object_id)
    ]
    assert len(everything) == 24
    seen, before = [], 0
    while page := await rig.store.events(ACCOUNT, which, before, 3):
        seen += page
        before = page[-1].seq
        await rig.publish(1, object_id="2", kind=1)
    assert seen == expected
    assert seen


async def test_nothing_of_another_account_is_there(rig: Rig) -> None:
    found = await variety(rig)
    assert await rig.store.delivery(8, found[0].id) is None
    assert await rig.store.event(9, found[0].event_id) is None
    assert await rig.store.fired(8, [found[0].event_seq]) == []
    assert await rig.store.target(key(3, 8)) is None
    assert (await rig.store.deliveries(9, DEFAULT, 0, 9)).deliveries == []


async def test_an_event_is_found_by_its_seq(rig: Rig) -> None:
    await rig.publish(1)
    stored = await rig.store.event(ACCOUNT, "e1")
    assert stored is not None
    assert await rig.store.event_at(stored.seq) == stored
    assert await rig.store.event_at(stored.seq + 99) is None


async def test_attempts_come_by_number_in_pages(rig: Rig) -> None:
    (claim,) = (await rig.publish(1)).claims
    for _ in range(4):
        await rig.store.settle([Settlement(claim, RetryAt(NOW, "no luck"), FAILED, counts=False)])
        (claim,) = await rig.claim()
    await rig.store.cancel(ACCOUNT, claim.delivery_id)
    await rig.settle(claim, None)
    assert [each.number for each in await rig.store.attempts(claim.delivery_id, 0, 3)] == [1, 2, 3]
    (last,) = await rig.store.attempts(claim.delivery_id, 3, 3)
    assert (last.number, last.record) == (4, FAILED)


async def test_the_log_is_in_the_order_of_commits_and_resumes(rig: Rig) -> None:
    claims = [(await rig.publish(target)).claims[0] for target in (1, 2, 1, 2)]
    await rig.deliver(claims[2])
    await rig.retry(claims[0])
    await rig.bury(claims[3])
    await rig.publish(1, account=8)
    whole = await rig.store.log_since(ACCOUNT, 0, None, 99)
    assert [delivery.id for _, delivery in whole] == [claims[n].delivery_id for n in (2, 0, 3)]
    assert [delivery.state for _, delivery in whole] == [State.DELIVERED, State.WAITING, State.DEAD]
    assert await rig.store.log_bounds() == (0, whole[-1][0].seq)
    resumed, seq = [], 0
    while page := await rig.store.log_since(ACCOUNT, seq, None, 1):
        resumed += page
        seq = page[-1][0].seq
    assert resumed == whole
    await rig.deliver(claims[1])
    ((entry, delivery),) = await rig.store.log_since(ACCOUNT, seq, None, 99)
    assert delivery.id == claims[1].delivery_id
    assert entry.seq > seq
    assert [d.id for _, d in await rig.store.log_since(ACCOUNT, 0, key(2), 99)] == [
        claims[3].delivery_id,
        claims[1].delivery_id,
    ]


async def test_an_empty_log_has_no_bounds(rig: Rig) -> None:
    assert await rig.store.log_bounds() == (0, 0)


async def test_a_target_shows_its_queue(rig: Rig) -> None:
    assert await rig.store.target(key()) is None
    (first,) = (await rig.publish(1)).claims
    await rig.publish(1)
    rig.tick(SECOND)
    await rig.retry(first, 9 * SECOND)
    await rig.publish(1)
    lane = await rig.lane()
    assert (lane.waiting, lane.in_flight, lane.oldest_time) == (2, 1, NOW)
    assert lane.ready_time == NOW + SECOND


async def test_figures_count_lanes_and_what_waits(rig: Rig) -> None:
    assert (await rig.store.figures()).oldest_time == 0
    rig.tick(SECOND)
    await rig.queue(2, 1)
    for _ in range(2):
        await rig.publish(2, policy=LanePolicy(60))
    await rig.fail_until_half_open(5)
    await rig.store.switch(key(3), Switch.PAUSED, "a rest")
    await rig.store.switch(key(4), Switch.OFF, "by hand")
    figures = await rig.store.figures()
    assert (figures.waiting, figures.oldest_time) == (4, NOW + SECOND)
    assert figures.lanes == {"ready": 2, "waiting": 0, "half_open": 1, "paused": 1, "off": 1}
    claims = await rig.claim()
    assert [claim.target for claim in claims] == [key(1), key(1), key(2)]
    figures = await rig.store.figures()
    assert (figures.waiting, figures.oldest_time) == (1, NOW + SECOND)
    assert figures.lanes == {"ready": 0, "waiting": 1, "half_open": 1, "paused": 1, "off": 1}


async def test_what_was_read_in_is_read_out_to_the_letter(rig: Rig) -> None:
    odd = event("e1", 'a"b\\c\u2028é\U0001f600\x00z')
    await rig.store.ingest([intake(odd, 1)])
    stored = await rig.store.event(ACCOUNT, "e1")
    assert stored is not None
    assert stored.event == odd
    which = DeliveryFilter(object_type_id=0, object_id=odd.object_id)
    found = (await rig.store.deliveries(ACCOUNT, which, 0, 9)).deliveries
    assert len(found) == 1
