"""What is noted of a change is in the store when the change is, and only then."""

from __future__ import annotations

import asyncio

import pytest

from hookline_dispatcher.core.delivery import IllegalStep
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store.aside import AsideOf
from hookline_dispatcher.store.notes import MOST_NOTES, Note, OutboxFull, noting
from hookline_dispatcher.store.routing import ObjectKey
from tests.unit.dispatcher_store.rig import ACCOUNT, Rig, key


def note(id_: str) -> Note:
    return Note(id_, f"content of {id_}".encode())


async def kept(rig: Rig) -> list[str]:
    return [each.id for each in await rig.store.notes(MOST_NOTES)]


async def fill(rig: Rig) -> None:
    async def one(number: int) -> None:
        with noting(note(f"other {number}")):
            await rig.store.keep_note()

    await asyncio.gather(*(one(number) for number in range(MOST_NOTES)))


async def test_a_note_is_kept_with_its_change_until_it_is_told(rig: Rig) -> None:
    heard: list[str] = []
    rig.store.on_note(lambda: heard.append("one"))
    for id_, switch in (("a", Switch.PAUSED), ("b", Switch.ACTIVE)):
        with noting(note(id_)):
            await rig.store.switch(key(), switch, "a rest")
    await rig.open()
    assert await rig.store.notes(9) == [Note(id_, f"content of {id_}".encode(), kept=True) for id_ in "ab"]
    assert [each.id for each in await rig.store.notes(1)] == ["a"]
    await rig.store.notes_told(["a", "unknown"])
    assert await kept(rig) == ["b"]
    assert len(heard) == 2


async def test_every_change_that_people_make_takes_its_note_along(rig: Rig) -> None:
    await rig.queue(3)
    first, *_ = await rig.all()
    with noting(note("cancel")):
        await rig.store.cancel(ACCOUNT, first.id)
    with noting(note("redeliver")):
        await rig.store.redeliver(ACCOUNT, first.id, "")
    await rig.store.cancel(ACCOUNT, (await rig.all())[1].id)
    with noting(note("redeliver since")):
        assert await rig.store.redeliver_since(ACCOUNT, 0, None, False, False)
    assert await kept(rig) == ["cancel", "redeliver", "redeliver since"]


async def test_one_call_has_one_note_however_much_it_changes(rig: Rig) -> None:
    await rig.queue(5)
    waiting = [each.id for each in await rig.all()]
    with noting(note("many")):
        await asyncio.gather(*(rig.store.cancel(ACCOUNT, id_) for id_ in waiting[:3]))
        assert await kept(rig) == ["many"]
        await rig.store.notes_told(["many"])
        await rig.store.cancel(ACCOUNT, waiting[3])
        await rig.store.keep_note()
    assert await kept(rig) == []


async def test_what_changes_nothing_leaves_no_note(rig: Rig) -> None:
    await rig.queue(1)
    with noting(note("a")):
        assert await rig.store.cancel(ACCOUNT, 99) is None
        assert await rig.store.redeliver(ACCOUNT, 99, "") is None
        with pytest.raises(IllegalStep):
            await rig.store.redeliver(ACCOUNT, 1, "")
        assert await rig.store.redeliver_since(ACCOUNT, 0, None, False, False) == 0
        assert not await rig.store.repeat_route(ACCOUNT, 99)
        assert not await rig.store.drop_route(ACCOUNT, 99)
        assert await rig.store.repeat_routes(ACCOUNT, AsideOf("rule", 1, 99)) == 0
        await rig.store.switch(key(), Switch.ACTIVE, "")
        await rig.store.erase(ObjectKey(ACCOUNT, 0, "nobody"))
        assert await kept(rig) == []
        await rig.store.keep_note()
    assert await kept(rig) == ["a"]
    await rig.store.keep_note()
    await rig.store.switch(key(), Switch.PAUSED, "nobody asked")
    assert await kept(rig) == ["a"]


async def test_without_room_nothing_is_changed(rig: Rig) -> None:
    await rig.queue(1)
    await fill(rig)
    with noting(note("refused")):
        with pytest.raises(OutboxFull):
            await rig.store.switch(key(), Switch.PAUSED, "")
        with pytest.raises(OutboxFull):
            await rig.store.keep_note()
        assert (await rig.lane()).lane.switch is Switch.ACTIVE
        await rig.publish(1)
        assert len(await rig.claim()) == 2, "what nobody asked for goes on"
        await rig.store.notes_told(["other 7"])
        await rig.store.switch(key(), Switch.PAUSED, "")
    assert (await kept(rig))[-1] == "refused"
    assert len(await kept(rig)) == MOST_NOTES
