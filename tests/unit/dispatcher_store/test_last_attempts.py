"""The last attempts that are kept in memory are never older than the store's, whatever settles meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from hookline_dispatcher.api.last_attempts import LastAttempts
from hookline_dispatcher.core.instants import DAY, SECOND
from hookline_dispatcher.store.log import LogEntry
from hookline_dispatcher.store.model import TargetKey
from tests.unit.dispatcher_store.rig import NOW, Rig, key


class Counted:
    """The rig's store, which notes what is read of it; ``meanwhile`` happens between a read and its answer."""

    def __init__(self, rig: Rig) -> None:
        self._store = rig.store
        self.on_attempted = rig.store.on_attempted
        self.read: list[list[int]] = []
        self.claims: list[object] = []
        self._rig = rig

    async def last_attempts(self, targets: Sequence[TargetKey], *, bodies: bool) -> list[LogEntry]:
        self.read.append([each.id for each in targets])
        found = await self._store.last_attempts(targets, bodies=bodies)
        while self.claims:
            await self._rig.bury(self.claims.pop())  # type: ignore[arg-type]
        return found


def made(rig: Rig, most: int = 9) -> tuple[LastAttempts, Counted]:
    store = Counted(rig)
    return LastAttempts(store, most), store  # type: ignore[arg-type]


async def shown(last: LastAttempts, *ids: int) -> dict[int, int]:
    """The status of each target that has one."""
    found = await last.of([key(id_) for id_ in ids])
    return {each.target.id: each.attempt.response.status_code for each in found}


async def test_what_was_read_is_kept_until_another_attempt(rig: Rig) -> None:
    last, store = made(rig)
    first = (await rig.publish(1, 2)).claims
    for claim in first:
        await rig.deliver(claim)
    for _ in range(2):
        assert await shown(last, 1, 2, 3) == {1: 200, 2: 200}
    assert store.read == [[1, 2, 3]], "also that there is none is known"
    (again,) = (await rig.publish(2)).claims
    (new,) = (await rig.publish(3)).claims
    await rig.bury(again)
    await rig.bury(new)
    assert await shown(last, 1, 2, 3) == {1: 200, 2: 500, 3: 500}
    assert store.read[1:] == [[2, 3]]


async def test_what_settles_during_a_read_is_not_kept_as_it_was_read(rig: Rig) -> None:
    last, store = made(rig)
    (claim,) = (await rig.publish(1)).claims
    await rig.deliver(claim)
    store.claims = list((await rig.publish(1)).claims)
    assert await shown(last, 1) == {1: 200}, "as it was when it was asked for"
    assert await shown(last, 1) == {1: 500}
    assert await shown(last, 1) == {1: 500}
    assert len(store.read) == 2


async def test_what_retention_deletes_is_shown_no_more(rig: Rig) -> None:
    last, _ = made(rig)
    (claim,) = (await rig.publish(1)).claims
    await rig.deliver(claim)
    assert await shown(last, 1) == {1: 200}
    rig.tick(2 * DAY)
    await rig.store.retain(NOW + DAY, NOW + DAY, 10)
    assert await shown(last, 1) == {}


async def test_a_retry_is_the_last_attempt_at_once(rig: Rig) -> None:
    last, _ = made(rig)
    (claim,) = (await rig.publish(1)).claims
    await rig.retry(claim, wait=SECOND)
    assert await shown(last, 1) == {1: 500}
    rig.tick(2 * SECOND)
    (again,) = await rig.claim()
    await rig.deliver(again)
    assert await shown(last, 1) == {1: 200}


async def test_only_so_many_are_kept_those_that_were_asked_for_last(rig: Rig) -> None:
    last, store = made(rig, most=2)
    for ids in ((1, 2), (1,), (3,), (1,), (2,)):
        await shown(last, *ids)
    assert store.read == [[1, 2], [3], [2]]
