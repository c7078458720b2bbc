"""The log across deliveries, and the last attempts of lanes."""

from __future__ import annotations

import pytest

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store import log as the_log
from hookline_dispatcher.store.log import LogEntry, LogPage
from hookline_dispatcher.store.sqlite import log_read
from tests.unit.dispatcher_store.rig import ACCOUNT, FAILED, PLAIN, SUCCEEDED, Rig, key


async def attempted(rig: Rig, *targets: int, fails: bool = False, account: int = ACCOUNT) -> list[int]:
    """An event whose deliveries are attempted at once; their ids."""
    claims = (await rig.publish(*targets, account=account)).claims
    for claim in claims:
        await (rig.bury(claim) if fails else rig.deliver(claim))
    return [claim.delivery_id for claim in claims]


def places(found: list[LogEntry]) -> list[tuple[int, int, int]]:
    """Delivery, number and status of each."""
    return [(each.delivery.id, each.attempt.number, each.attempt.record.status_code) for each in found]


async def everything(rig: Rig, account: int = ACCOUNT) -> list[LogEntry]:
    return await rig.store.log(account, LogPage(), 1000)


async def test_the_log_is_newest_first_and_one_accounts_own(rig: Rig) -> None:
    first, second = await attempted(rig, 1, 2), await attempted(rig, 1, fails=True)
    foreign = await attempted(rig, 1, account=8)
    assert places(await everything(rig)) == [(second[0], 1, 500), (first[1], 1, 200), (first[0], 1, 200)]
    assert places(await everything(rig, 8)) == [(foreign[0], 1, 200)]
    assert [await rig.store.log_size(account, ()) for account in (ACCOUNT, 8, 9)] == [3, 1, 0]


async def test_a_delivery_that_was_called_off_has_an_entry(rig: Rig) -> None:
    await rig.queue(1, 3)
    (waiting,) = await rig.all()
    await rig.store.cancel(ACCOUNT, waiting.id)
    ((id_, number, status),) = places(await everything(rig))
    assert (id_, number, status) == (waiting.id, 0, 0)
    assert await rig.store.last_attempts([key(3)], bodies=False) == []


async def test_pages_and_ids(rig: Rig) -> None:
    for _ in range(5):
        await attempted(rig, 1)
    whole = await everything(rig)
    seqs = [each.attempt.seq for each in whole]
    assert seqs == sorted(seqs, reverse=True)
    assert await rig.store.log(ACCOUNT, LogPage(skip=1), 2) == whole[1:3]
    assert await rig.store.log(ACCOUNT, LogPage(before=seqs[1]), 2) == whole[2:4]
    assert await rig.store.log(ACCOUNT, LogPage(before=seqs[1], skip=2), 9) == whole[4:]
    chosen = (seqs[3], seqs[0], 10**9)
    assert await rig.store.log(ACCOUNT, LogPage(seqs=chosen), 9) == [whole[0], whole[3]]
    assert await rig.store.log_size(ACCOUNT, chosen) == 2
    assert await rig.store.log(8, LogPage(seqs=chosen), 9) == []
    assert await rig.store.log_size(8, chosen) == 0


async def test_bodies_come_where_they_are_asked_for(rig: Rig) -> None:
    await attempted(rig, 1, fails=True)
    (bare,) = await everything(rig)
    (whole,) = await rig.store.log(ACCOUNT, LogPage(bodies=True), 1)
    assert (bare.attempt.record.request_body, whole.attempt.record.request_body) == (None, FAILED.request_body)
    assert bare.delivery == whole.delivery


async def test_only_the_newest_entries_are_looked_at(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        await attempted(rig, 1)
    whole = await everything(rig)
    monkeypatch.setattr(log_read, "MOST", 4)
    assert the_log.MOST == 10_000
    assert await everything(rig) == whole[:4]
    assert await rig.store.log(ACCOUNT, LogPage(before=whole[2].attempt.seq), 9) == whole[3:4]
    assert await rig.store.log_size(ACCOUNT, ()) == 4


async def test_the_last_attempt_is_told_of_each_target(rig: Rig) -> None:
    first = await attempted(rig, 1, 2)
    (claim,) = (await rig.publish(1)).claims
    assert places(await rig.store.last_attempts([key(1)], bodies=False)) == [(first[0], 1, 200)], "none has come back"
    await rig.retry(claim, wait=SECOND)
    rig.tick(2 * SECOND)
    (again,) = await rig.claim()
    await rig.bury(again)
    found = await rig.store.last_attempts([key(1), key(2), key(3), key(1, 8)], bodies=True)
    assert sorted(places(found)) == [(first[1], 1, 200), (claim.delivery_id, 2, 500)]
    assert {each.delivery.target for each in found} == {key(1), key(2)}
    assert found[0].attempt.record.outcome in (FAILED.outcome, SUCCEEDED.outcome)


async def test_a_retry_of_an_older_delivery_may_be_the_last_attempt(rig: Rig) -> None:
    (older,) = (await rig.publish(1)).claims
    await rig.retry(older, wait=SECOND)
    await rig.publish(1)
    (newer,) = await rig.claim()
    await rig.deliver(newer)
    assert places(await rig.store.last_attempts([key(1)], bodies=False)) == [(newer.delivery_id, 1, 200)]
    rig.tick(2 * SECOND)
    (again,) = await rig.claim()
    await rig.bury(again)
    assert newer.delivery_id > older.delivery_id == again.delivery_id
    assert places(await rig.store.last_attempts([key(1)], bodies=False)) == [(older.delivery_id, 2, 500)]


@pytest.mark.parametrize("waiting", [1, log_read.NEAR + 5])
async def test_the_last_attempt_is_found_behind_what_waits(rig: Rig, waiting: int) -> None:
    sent = await attempted(rig, 1)
    await rig.store.switch(key(1), Switch.PAUSED, "a rest", PLAIN)
    for _ in range(waiting):
        await rig.publish(1)
    assert places(await rig.store.last_attempts([key(1)], bodies=False)) == [(sent[0], 1, 200)]
