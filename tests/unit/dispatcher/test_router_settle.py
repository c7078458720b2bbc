"""Rules, forms and subscriptions that settle, with the built-in sources, by a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from hookline_dispatcher.core.instants import MINUTE, SECOND
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.model import ConfigRow, IntakeResult
from hookline_dispatcher.store.routing import DefinitionKey, Turn
from tests.unit.dispatcher.configs import (
    ACCOUNT,
    BASIC,
    PRO,
)
from tests.unit.dispatcher.settle_rig import (
    CONTACT,
    DEAL,
    FIRED_BY,
    KINDS,
    NAMES,
    QUIET,
    SUBSCRIPTION,
    TYPES,
    SettleRig,
)


@pytest.fixture(params=KINDS, ids=lambda kind: NAMES[kind])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SettleRig]:
    made = SettleRig(tmp_path / "dispatcher.db", kind=request.param)
    await made.open()
    yield made
    await made.store.close()


async def test_ten_quick_updates_are_sent_once_with_the_last_data(rig: SettleRig) -> None:
    await rig.settle()
    for n in range(10):
        await rig.tell(n)
        await rig.later(1)
    assert rig.sent == []
    await rig.later(QUIET - 2)
    assert rig.sent == []
    await rig.later(1)
    assert rig.sent == [("8", 9)]
    assert rig.claims[0].event.id == "e10", "it is the last event's own delivery"
    assert rig.claims[0].event.params == {"form_id": "4", "tag_id": "4"}
    assert await rig.fired() == [("8", FIRED_BY[rig.kind])]
    await rig.later(MINUTE)
    assert len(rig.sent) == 1
    assert await rig.left() == (0, 0, False)


async def test_two_objects_do_not_mix(rig: SettleRig) -> None:
    await rig.settle()
    for n in range(4):
        await rig.tell(n, "8" if n % 2 else "9")
    await rig.later()
    assert sorted(rig.sent) == [("8", 3), ("9", 2)]


async def test_the_longest_wait_is_kept_under_a_constant_stream(rig: SettleRig) -> None:
    await rig.settle()
    for n in range(60):
        await rig.tell(n)
        await rig.later(1)
    assert rig.sent == [("8", 24), ("8", 49)]
    await rig.later()
    assert rig.sent[-1] == ("8", 59)
    assert len(rig.sent) == 3


@pytest.mark.parametrize("at", ["acked", "settling", "due"])
async def test_a_crash_neither_loses_nor_doubles(rig: SettleRig, at: str) -> None:
    await rig.settle()
    await rig.happen(1)
    if at != "acked":
        await rig.work()
    if at == "due":
        rig.clock.time += QUIET * SECOND
    await rig.reopen()
    rig.claims.clear()
    await rig.later()
    await rig.later()
    await rig.reopen()
    await rig.later()
    assert rig.sent == [("8", 1)]
    assert len(await rig.fired()) == 1


async def test_the_newest_data_are_sent_whatever_event_told_them(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1, occurred_time=5, ordering_key="k")
    await rig.tell(2, type_="purchase_product")
    await rig.later()
    assert rig.sent == [("8", 2)]
    event = rig.claims[0].event
    assert (event.type, event.params["tag_id"], event.ordering_key, event.occurred_time) == (
        TYPES[rig.kind],
        "4",
        "k",
        5,
    )


async def test_an_older_version_of_the_object_is_not_sent(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(2, object_version=2)
    await rig.tell(1, object_version=1)
    await rig.later()
    assert rig.sent == [("8", 2)]


async def test_an_event_that_is_published_again_starts_nothing_anew(rig: SettleRig) -> None:
    await rig.settle()
    event = await rig.tell(1)
    await rig.later(QUIET - 1)
    await rig.ingest.publish([Publication(event, b"")])
    await rig.later(1)
    assert rig.sent == [("8", 1)]
    await rig.ingest.publish([Publication(event, b"")])
    await rig.later()
    assert len(rig.sent) == 1


async def test_one_that_no_longer_settles_sends_what_is_left_at_once(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1)
    await rig.settle(0)
    await rig.happen(2)
    assert rig.sent == [("8", 2)], "asked at once again"
    await rig.work()
    assert rig.sent == [("8", 2), ("8", 2)], "what is left goes with the newest data, though their state is not kept"
    assert await rig.left() == (0, 0, False)
    await rig.later()
    assert len(rig.sent) == 2


async def test_an_event_that_was_acked_before_it_no_longer_settles_is_sent_once(rig: SettleRig) -> None:
    await rig.settle()
    await rig.happen(1)
    await rig.settle(0)
    await rig.work()
    await rig.later()
    assert rig.sent == [("8", 1)]
    assert await rig.left() == (0, 0, False)


async def test_what_is_decided_while_it_no_longer_settles_is_sent_once(
    rig: SettleRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.settle()
    await rig.happen(1)
    commit = rig.store.take_turns

    async def late(turns: Sequence[Turn]) -> list[IntakeResult]:
        monkeypatch.undo()
        await rig.settle(0)  # after it was decided by how it settled, and before anything is remembered of it
        return await commit(turns)

    monkeypatch.setattr(rig.store, "take_turns", late)
    await rig.work()
    assert rig.sent == [("8", 1)]
    assert await rig.left() == (0, 0, False)


async def test_an_event_that_was_fired_before_it_settles_is_not_fired_again(rig: SettleRig) -> None:
    await rig.settle(0)
    await rig.happen(1)
    await rig.settle()
    await rig.tell(2)
    assert rig.sent == [("8", 1)]
    await rig.later()
    assert rig.sent == [("8", 1), ("8", 2)]


async def test_another_quiet_time_counts_from_the_next_event(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1)
    await rig.settle(3, 3)
    await rig.later(QUIET - 1)
    assert rig.sent == []
    await rig.later(1)
    assert rig.sent == [("8", 1)]
    await rig.tell(2)
    await rig.later(3)
    assert rig.sent == [("8", 1), ("8", 2)]


async def test_one_that_is_deleted_sends_nothing_more_and_leaves_nothing(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1)
    await rig.happen(2)
    await rig.configure(ConfigRow(ACCOUNT, rig.kind, 1, rig.revision + 1, True, b""))
    await rig.later()
    await rig.later()
    assert rig.sent == []
    assert await rig.left() == (0, 0, False)


async def test_what_an_account_that_was_downgraded_has_settling_is_not_sent(rig: SettleRig) -> None:
    about = DEAL if rig.kind is SUBSCRIPTION else CONTACT
    await rig.settle()
    await rig.tell(1, about=about)
    rig.plan = BASIC
    await rig.settle()
    await rig.happen(2, about=about)
    assert "plan" in " ".join(await rig.notes("e2"))
    await rig.later()
    assert rig.sent == []
    figures = await rig.store.route_figures()
    assert (figures.waiting, figures.timers) == (0, 0)
    rig.plan = PRO
    await rig.settle()
    await rig.tell(3, about=about)
    await rig.later()
    assert rig.sent == [("8", 3)]


async def test_the_events_that_settle_say_so(rig: SettleRig) -> None:
    await rig.settle()
    await rig.happen(1)
    reason, *notes = await rig.notes("e1")
    assert notes == [f"{NAMES[rig.kind]}/1: it fires once its object has been quiet for 10 s"]
    if rig.kind is SUBSCRIPTION:
        assert reason == "the subscriptions to it settle first"
    await rig.work()
    assert (await rig.notes("e1"))[1:] == notes, "it is said once"


async def test_counts_by_element_are_for_maps_alone(rig: SettleRig) -> None:
    await rig.settle()
    await rig.tell(1)
    await rig.later()
    assert await rig.store.other_counts(DefinitionKey(ACCOUNT, rig.kind, 1), (), "", 10) == []
