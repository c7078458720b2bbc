from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.retry import Dead, Delivered, Outcome
from hookline_dispatcher.routes.retrying import MOST_TRIES
from hookline_dispatcher.routes.spending import MOST_EMITTED
from hookline_dispatcher.store.model import AttemptRecord, ConfigRow, IntakeResult, Settlement
from hookline_dispatcher.store.routing import ObjectKey, Turn
from tests.unit.dispatcher.configs import ACCOUNT, account_row, trigger_row
from tests.unit.dispatcher.counting_source import QUIET
from tests.unit.dispatcher.router_rig import RouterRig
from tests.unit.dispatcher.samples import NOW

THIRD, QUIETED = "counting/1/third", "counting/1/quiet"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[RouterRig]:
    made = RouterRig(tmp_path / "dispatcher.db")
    await made.open()
    yield made
    await made.store.close()


async def test_every_third_event_of_an_object_fires_and_others_say_why_not(rig: RouterRig) -> None:
    await rig.define()
    for object_id in ("8", "9", "8", "9", "8"):
        await rig.publish(object_id)
    await rig.work()
    assert await rig.fired() == [("8", THIRD)]
    assert [claim.event.id for claim in rig.claims] == ["e5"], "it is handed to the worker with the event that did it"
    first = await rig.store.event(ACCOUNT, "e1")
    assert first is not None
    assert first.note.split("\n")[1] == "counting/1: it is not the third"
    assert (await rig.store.route_figures()).waiting == 0


async def test_an_account_without_definitions_with_memory_keeps_nothing(rig: RouterRig) -> None:
    await rig.configure()
    await rig.publish()
    work = await rig.store.work(NOW, 10)
    assert (work.routes, work.timers) == ((), ())
    assert await rig.store.objects([ObjectKey(ACCOUNT, 0, "8")]) == {}


async def test_a_watched_event_is_told_only_where_there_is_a_memory(rig: RouterRig) -> None:
    await rig.define()
    await rig.publish(type_="unsub_tag")
    await rig.work()
    assert await rig.memory() is None
    await rig.publish()
    await rig.publish(type_="unsub_tag")
    await rig.work()
    assert json.loads(await rig.memory() or b"") == ["e2", "e3"]


async def test_a_timer_fires_when_it_is_due_also_after_a_restart_with_the_newest_data(rig: RouterRig) -> None:
    await rig.define()
    await rig.publish()
    await rig.work()
    await rig.publish(type_="purchase_product", data=b'{"firstname":"New"}')
    rig.clock.time += QUIET - 1
    await rig.work()
    assert await rig.fired() == []
    await rig.reopen()
    rig.clock.time += 1
    await rig.work()
    assert await rig.fired() == [("8", QUIETED)]
    assert [claim.event.data for claim in rig.claims] == [b'{"firstname":"New"}']
    assert (await rig.store.route_figures()).timers == 0


async def test_an_older_version_of_an_object_replaces_nothing(rig: RouterRig) -> None:
    await rig.define()
    for data, version in ((b'{"n":1}', 5), (b'{"n":2}', 4), (b'{"n":3}', 0), (b'{"n":4}', 4), (b'{"n":5}', 5)):
        await rig.publish(data=data, version=version, tags=(f"t{version}",))
    key = ObjectKey(ACCOUNT, 0, "8")
    found = (await rig.store.objects([key]))[key]
    assert (found.data, found.version, found.tags) == (b'{"n":5}', 5, ("t5", "4"))
    await rig.publish(data=b'{"n":6}')
    found = (await rig.store.objects([key]))[key]
    assert (found.data, found.version) == (b'{"n":6}', 5)


async def test_timers_of_what_is_paused_wait_and_come_afterwards(rig: RouterRig) -> None:
    await rig.define()
    await rig.publish()
    await rig.work()
    await rig.define(paused=True)
    rig.clock.time += QUIET
    await rig.work()
    await rig.reopen()
    await rig.work()
    assert await rig.fired() == []
    assert (await rig.store.route_figures()).timers == 1
    await rig.define()
    await rig.work()
    assert await rig.fired() == [("8", QUIETED)]


async def test_what_fails_is_told_again_then_set_aside_and_holds_up_nobody_else(rig: RouterRig) -> None:
    await rig.define(1, broken="8")
    await rig.define(2)
    await rig.publish("8", count=2)
    await rig.publish("9", count=3)
    await rig.work()
    assert await rig.fired() == [("9", THIRD), ("9", "counting/2/third")]
    assert json.loads(await rig.memory("8", 2) or b"") == ["e1", "e2"]
    assert rig.failed == ["counting/1"]
    for _ in range(2 * MOST_TRIES):
        rig.clock.time += 40 * SECOND
        await rig.work()
    figures = await rig.store.route_figures()
    assert (figures.waiting, figures.set_aside) == (0, 2)
    assert len(rig.failed) == 2 * MOST_TRIES
    event = await rig.store.event(ACCOUNT, "e1")
    assert event is not None
    assert "counting/1: it failed with ValueError" in event.note
    assert "secret" not in event.note


async def test_what_failed_goes_on_in_order_once_it_can(rig: RouterRig) -> None:
    await rig.define(broken="8")
    await rig.publish("8", count=4)
    await rig.work()
    await rig.define()
    rig.clock.time += SECOND
    await rig.work()
    assert json.loads(await rig.memory() or b"") == ["e1", "e2", "e3", "e4"]
    assert [claim.event.id for claim in rig.claims] == ["e3"]


async def test_emitted_events_are_routed_and_stop_after_sixteen_hops(rig: RouterRig) -> None:
    await rig.define(emits="sub_tag")
    await rig.publish()
    await rig.work()
    told = json.loads(await rig.memory() or b"")
    assert len(told) == 17
    assert len(await rig.fired()) == 5
    last = await rig.store.event(ACCOUNT, told[-1])
    assert last is not None
    assert "more than 16 hops" in last.note
    key = ObjectKey(ACCOUNT, 0, "8")
    assert (await rig.store.objects([key]))[key].tags == ("4", "9")


async def test_definitions_that_answer_one_another_end_though_each_multiplies(rig: RouterRig) -> None:
    rows = [
        trigger_row(id_, "counting", {"emits": "sub_tag"}, kind=ItemKind.TRIGGER, revision=2) for id_ in range(1, 6)
    ]
    await rig.configure(*rows)
    await rig.publish()
    await rig.work(1000)
    assert len(json.loads(await rig.memory() or b"")) == 1 + MOST_EMITTED


async def test_a_firing_can_name_the_event_whose_type_and_params_go_along(rig: RouterRig) -> None:
    await rig.define(names="e1")
    await rig.publish(data=b'{"n":1}')
    await rig.publish(type_="unsub_tag", data=b'{"n":2}')
    await rig.work()
    rig.clock.time += QUIET
    await rig.work()
    (claim,) = rig.claims
    assert (claim.event.type, claim.event.params, claim.event.data) == ("sub_tag", {"tag_id": "4"}, b'{"n":2}')
    assert claim.event.id.startswith("counting/1 data ")
    stored = await rig.store.event(ACCOUNT, claim.event.id)
    assert stored is not None


async def test_a_definition_of_an_account_that_is_gone_is_forgotten(rig: RouterRig) -> None:
    await rig.define()
    await rig.publish()
    await rig.work()
    await rig.configure(account_row(deleted=True, revision=9))
    await rig.work()
    assert await rig.memory() is not None, "the definition may still come to an account"
    await rig.configure(account_row(deleted=True, revision=10), ConfigRow(ACCOUNT, ItemKind.TRIGGER, 1, 10, True, b""))
    await rig.work()
    assert await rig.memory() is None
    assert (await rig.store.route_figures()).timers == 0


async def test_what_cannot_be_decided_is_set_aside_and_the_rest_goes_on(
    rig: RouterRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(data: bytes) -> dict[str, str]:
        if data == b"!":
            raise RuntimeError("a bug")
        return {}

    await rig.define()
    await rig.publish("8", count=2)
    await rig.work()
    monkeypatch.setattr("hookline_dispatcher.routes.material.parse_written", parse)
    await rig.publish("8", data=b"!")
    await rig.publish("9", count=3)
    rig.clock.time += QUIET
    await rig.work()
    assert await rig.fired() == [("9", THIRD)]
    figures = await rig.store.route_figures()
    assert (figures.waiting, figures.set_aside, figures.timers) == (0, 2, 1), "the event and the timer of one object"


async def test_what_cannot_be_stored_is_set_aside_and_the_rest_goes_on(
    rig: RouterRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.define()
    for object_id in ("7", "8", "9"):
        await rig.publish(object_id, count=3)
    take_turns = rig.store.take_turns

    async def picky(turns: Sequence[Turn]) -> list[IntakeResult]:
        if any(step.post.object_id == "8" for turn in turns for step in turn.steps):
            raise TypeError("a value that cannot be stored")
        return await take_turns(turns)

    monkeypatch.setattr(rig.store, "take_turns", picky)
    await rig.work()
    assert [object_id for object_id, _ in await rig.fired()] == ["7", "9"]
    assert (await rig.store.route_figures()).set_aside == 3


async def test_memories_of_an_older_version_are_told_that_it_was_revised(rig: RouterRig) -> None:
    await rig.define(follows=True)
    for object_id in ("8", "9"):
        await rig.publish(object_id)
    await rig.work()
    await rig.define(follows=True, version=2)
    await rig.work()
    revised = rig.source.compiled[-2] if rig.source.compiled[-1].version == 1 else rig.source.compiled[-1]
    assert [step.object.object_id for step in revised.steps] == ["8", "9"]
    assert [step.before.version for step in revised.steps if step.before] == [1, 1]
    assert [step.memory.follows for step in revised.steps if step.memory] == [1, 1]
    await rig.define(follows=True, version=2, other="text")
    await rig.work()
    assert rig.source.compiled[-1].steps == [], "they follow that version by now"


async def test_a_definition_that_is_deleted_loses_what_it_remembered(rig: RouterRig) -> None:
    await rig.define()
    await rig.publish(count=3)
    await rig.work()
    await rig.delete()
    rig.clock.time += QUIET
    await rig.work()
    assert await rig.memory() is None
    assert await rig.counts() == {}
    assert (await rig.store.route_figures()).timers == 0
    assert len(await rig.fired()) == 1


async def test_elements_count_objects_and_what_became_of_their_data(rig: RouterRig) -> None:
    await rig.define()
    await rig.publish("8", count=3)
    await rig.publish("9", count=3)
    await rig.publish("7")
    await rig.work()
    assert (await rig.counts())["counted"][1:4] == (3, 3, 0)
    assert (await rig.counts())["third"][4:] == (2, 0, 0)
    first, second = rig.claims
    sent = AttemptRecord(Outcome.DELIVERED, NOW, 1, 200)
    await rig.store.settle([Settlement(first, Delivered(), sent), Settlement(second, Dead("no"), sent)])
    assert (await rig.counts())["third"][4:] == (0, 1, 1)
    again = await rig.store.redeliver(ACCOUNT, second.delivery_id, "")
    assert again is not None
    assert (await rig.counts())["third"][4:] == (1, 1, 0)
    (claim,) = (await rig.store.claim(10)).claims
    await rig.store.settle([Settlement(claim, Delivered(), sent)])
    assert (await rig.counts())["third"][4:] == (0, 2, 0)
    assert (await rig.counts())[""][1:] == (3, 3, 0, 0, 2, 0), "the whole map"
    rig.clock.time += QUIET
    await rig.work()
    assert (await rig.counts())["counted"][1:4] == (3, 0, 3)
    assert (await rig.counts())[""][1:] == (3, 3, 0, 3, 2, 0), "two are sent to once more"
    while await rig.store.retain(rig.clock.now() + 1, rig.clock.now() + 1, 100):
        pass
    assert (await rig.counts())["third"][4:] == (0, 2, 0), "whatever retention takes"


async def test_a_decision_that_is_taken_again_fires_nothing_twice(rig: RouterRig) -> None:
    await rig.define()
    await rig.publish(count=3)
    work = await rig.store.work(NOW, 10)
    turns = await rig.router._decide(work)
    assert len([result for result in await rig.store.take_turns(turns) if result.deliveries]) == 1
    results = await rig.store.take_turns(turns)
    assert [result.status.value for result in results] == ["conflict"] * 3
    assert len(await rig.fired()) == 1
    assert {each.state for each in await rig.deliveries()} == {State.IN_FLIGHT}
