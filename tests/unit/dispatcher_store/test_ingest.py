from __future__ import annotations

import asyncio

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store.model import EventFilter, IntakeStatus, StoreFailed
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, Rig, event, intake, key

NEW, DUPLICATE, CONFLICT, REFUSED = (
    IntakeStatus.NEW,
    IntakeStatus.DUPLICATE,
    IntakeStatus.CONFLICT,
    IntakeStatus.REFUSED,
)


async def test_an_event_is_committed_with_its_deliveries(rig: Rig) -> None:
    (result,) = await rig.store.ingest([intake(event("e1"), 1, 2, revision=9)])
    assert (result.status, result.deliveries, len(result.claims)) == (NEW, 2, 2)
    stored = await rig.store.event(ACCOUNT, "e1")
    assert stored is not None
    assert (stored.event, stored.publish_time, stored.note) == (event("e1"), NOW, "")
    fired = await rig.store.fired(ACCOUNT, [stored.seq])
    assert [(each.target, each.state, each.config_revision) for each in fired] == [
        (key(1), State.IN_FLIGHT, 9),
        (key(2), State.IN_FLIGHT, 9),
    ]
    assert [(claim.event, claim.target, claim.number) for claim in result.claims] == [
        (event("e1"), key(1), 1),
        (event("e1"), key(2), 1),
    ]


async def test_an_event_that_fires_nothing_says_why(rig: Rig) -> None:
    await rig.store.ingest([intake(event("e1"))])
    stored = await rig.store.event(ACCOUNT, "e1")
    assert stored is not None
    assert stored.note == "nothing listens"


@pytest.mark.parametrize("restarted", [False, True])
async def test_the_same_event_again_changes_nothing(rig: Rig, restarted: bool) -> None:
    await rig.store.ingest([intake(event("e1"), 1, 2)])
    if restarted:
        await rig.open()
    (again,) = await rig.store.ingest([intake(event("e1"), 1, 2, 3)])
    assert (again.status, again.deliveries, again.claims) == (DUPLICATE, 2, ())
    assert len(await rig.all()) == 2


async def test_other_content_under_an_id_is_a_conflict(rig: Rig) -> None:
    await rig.store.ingest([intake(event("e1"), 1)])
    results = await rig.store.ingest([intake(event("e1"), 1, digest=b"other"), intake(event("e2"), 1)])
    assert [result.status for result in results] == [CONFLICT, NEW]
    assert not results[0].claims


async def test_an_id_is_an_accounts_own(rig: Rig) -> None:
    results = await rig.store.ingest([intake(event("e1"), 1), intake(event("e1", account=8), 1, digest=b"other")])
    assert [result.status for result in results] == [NEW, NEW]


async def test_one_batch_is_compared_with_itself(rig: Rig) -> None:
    batch = [intake(event("e1"), 1), intake(event("e1"), 1), intake(event("e1"), 1, digest=b"other")]
    results = await rig.store.ingest(batch)
    assert [result.status for result in results] == [NEW, DUPLICATE, CONFLICT]
    assert len(await rig.all()) == 1


@pytest.mark.parametrize("known", [True, False])
async def test_a_conflict_refuses_an_atomic_batch_whole(rig: Rig, known: bool) -> None:
    if known:
        await rig.store.ingest([intake(event("e2"), 1)])
        batch = [intake(event("e1"), 1), intake(event("e2"), 1, digest=b"other"), intake(event("e3"), 1)]
        expected = [REFUSED, CONFLICT, REFUSED]
    else:
        batch = [intake(event("e1"), 1), intake(event("e3"), 1), intake(event("e1"), 1, digest=b"other")]
        expected = [REFUSED, REFUSED, CONFLICT]
    results = await rig.store.ingest(batch, atomic=True)
    assert [result.status for result in results] == expected
    assert not any(result.claims for result in results)
    assert await rig.store.event(ACCOUNT, "e1") is None
    assert await rig.store.event(ACCOUNT, "e3") is None


async def test_a_repeat_does_not_refuse_an_atomic_batch(rig: Rig) -> None:
    await rig.store.ingest([intake(event("e2"), 1)])
    results = await rig.store.ingest([intake(event("e1"), 1), intake(event("e2"), 1)], atomic=True)
    assert [result.status for result in results] == [NEW, DUPLICATE]


async def test_a_refused_batch_leaves_its_ids_to_others_of_the_same_commit(rig: Rig) -> None:
    conflict = [intake(event("e1"), 1), intake(event("e1"), 1, digest=b"other")]
    refused, taken = await asyncio.gather(
        rig.store.ingest(conflict, atomic=True), rig.store.ingest([intake(event("e1"), 1, digest=b"third")])
    )
    assert [result.status for result in refused] == [REFUSED, CONFLICT]
    assert [result.status for result in taken] == [NEW]


async def test_concurrent_publishes_are_each_answered_and_kept_in_order(rig: Rig) -> None:
    count = 300
    results = await asyncio.gather(*(rig.store.ingest([intake(event(f"e{n}"), n % 7 + 1)]) for n in range(count)))
    assert all(result.status is NEW for (result,) in results)
    stored = await rig.store.events(ACCOUNT, EventFilter(), 0, count)
    assert [each.event.id for each in reversed(stored)] == [f"e{n}" for n in range(count)]
    numbers = [each.id for each in await rig.all()]
    assert len(set(numbers)) == count


async def test_one_id_published_many_times_at_once_is_delivered_once(rig: Rig) -> None:
    results = await asyncio.gather(*(rig.store.ingest([intake(event("e1"), 1)]) for _ in range(50)))
    assert sorted(result.status.value for (result,) in results) == ["duplicate"] * 49 + ["new"]
    assert sum(len(result.claims) for (result,) in results) == 1


async def test_a_piece_that_cannot_be_written_takes_no_other_with_it(rig: Rig) -> None:
    beyond = intake(event("bad", kind=1 << 70), 1)
    bad, good = await asyncio.gather(
        rig.store.ingest([beyond]), rig.store.ingest([intake(event("good"), 1)]), return_exceptions=True
    )
    assert isinstance(bad, Exception)
    assert not isinstance(bad, StoreFailed)
    assert not isinstance(good, BaseException)
    assert good[0].status is NEW
    assert rig.store.healthy
    assert await rig.store.event(ACCOUNT, "bad") is None


async def test_what_is_fired_at_an_off_target_is_cancelled_with_its_reason(rig: Rig) -> None:
    await rig.store.switch(key(), Switch.OFF, "by hand")
    result = await rig.publish(1)
    assert (result.deliveries, result.claims) == (1, ())
    (found,) = await rig.all()
    assert (found.state, found.reason, found.settle_time) == (State.CANCELLED, "by hand", NOW)
    ((entry, _),) = await rig.store.log_since(ACCOUNT, 0, None, 9)
    assert (entry.number, entry.delivery_id) == (0, found.id)


async def test_after_a_close_nothing_is_taken(rig: Rig) -> None:
    store = rig.store
    await rig.close()
    with pytest.raises(StoreFailed):
        await store.ingest([intake(event("e1"), 1)])
    with pytest.raises(StoreFailed):
        await store.delivery(ACCOUNT, 1)
