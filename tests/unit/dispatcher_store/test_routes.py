"""What the embedded store keeps for stateful routing, and for how long."""

from __future__ import annotations

from dataclasses import replace

from hookline_dispatcher.core.instants import DAY, NEVER
from hookline_dispatcher.store.model import ConfigRow, Firing, Intake, IntakeStatus
from hookline_dispatcher.store.routing import (
    Cause,
    Change,
    DefinitionKey,
    KeyedFiring,
    NewTimer,
    Post,
    Retry,
    Stepped,
    Turn,
)
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, PLAIN, Rig, event, intake, key

CAMPAIGN = 8
KEY = DefinitionKey(ACCOUNT, CAMPAIGN, 1)
POST = Post(*KEY, 0, "1")
STEPPED = Stepped(POST, "campaign", 0, b"here", follows=1, revision=1)


def arriving(id_: str, *, object_id: str = "1") -> Intake:
    return intake(event(id_, object_id))._replace(routes=("campaign",), tracked=True)


def definition(revision: int, deleted: bool = False) -> ConfigRow:
    return ConfigRow(ACCOUNT, CAMPAIGN, 1, revision, deleted, b"" if deleted else b"{}")


async def commit(rig: Rig, *steps: Stepped) -> IntakeStatus:
    """A turn of the oldest route."""
    work = await rig.store.work(rig.clock.now(), 1)
    (result,) = await rig.store.take_turns([Turn(work.routes[0], steps=steps)])
    return result.status


async def test_routes_come_in_order_with_their_events_and_stay_over_a_restart(rig: Rig) -> None:
    called: list[int] = []
    rig.store.on_routed(lambda: called.append(1))
    await rig.store.ingest([arriving("a"), arriving("b"), intake(event("c"))])
    assert called == [1]
    await rig.open()
    work = await rig.store.work(NOW, 10)
    assert [work.events[each.event_seq].id for each in work.routes] == ["a", "b"]
    assert work.next_time == NEVER


async def test_a_turn_of_another_memory_or_of_a_route_that_is_gone_changes_nothing(rig: Rig) -> None:
    await rig.store.ingest([arriving("a"), arriving("b")])
    assert await commit(rig, STEPPED) is IntakeStatus.NEW
    assert await commit(rig, replace(STEPPED, start=(NewTimer("t", 1, 0),))) is IntakeStatus.CONFLICT
    assert (await rig.store.work(NOW, 10)).timers == ()
    assert await commit(rig, replace(STEPPED, guard=1)) is IntakeStatus.NEW
    found = (await rig.store.memories([POST]))[POST]
    assert (found.row_version, found.body, found.follows) == (2, b"here", 1)


async def test_a_turn_that_comes_again_adds_nothing_though_no_memory_guards_it(rig: Rig) -> None:
    await rig.store.ingest([arriving("a")])
    route = (await rig.store.work(NOW, 1)).routes[0]
    own = route._replace(id=0, kind=CAMPAIGN, definition_id=1, attempts=1)
    step = Stepped(POST, "campaign", 0, None, start=(NewTimer("t", NOW, 0),))
    started = Turn(route, retries=(Retry(own, NOW + 1, "it failed"),), steps=(step,))
    found = await rig.store.take_turns([started, started])
    assert [each.status for each in found] == [IntakeStatus.NEW, IntakeStatus.CONFLICT]
    (again,) = (await rig.store.work(NOW + 1, 10)).routes
    assert (again.post, again.attempts) == (POST, 1)
    (timer,) = (await rig.store.work(NOW, 10)).timers
    moved = Turn(timer=timer, steps=(Stepped(POST, "campaign", 0, None, start=(NewTimer("t", NOW + 1, 0),)),))
    found = await rig.store.take_turns([moved, moved])
    assert [each.status for each in found] == [IntakeStatus.NEW, IntakeStatus.CONFLICT]


async def test_a_key_fires_once_for_thirty_days(rig: Rig) -> None:
    async def fire(id_: str) -> int:
        await rig.store.ingest([arriving(id_)])
        route = (await rig.store.work(rig.clock.now(), 1)).routes[0]
        cause = Cause(
            route.event_seq, intake(event(id_)), (KeyedFiring("once", Firing(key(), PLAIN, 1, "campaign/1")),)
        )
        (result,) = await rig.store.take_turns(
            [Turn(route, steps=(Stepped(POST, "campaign", 0, None, causes=(cause,)),))]
        )
        return result.deliveries

    assert [await fire("a"), await fire("b")] == [1, 0]
    rig.tick(31 * DAY)
    while await rig.store.retain(0, 0, 100):
        pass
    assert await fire("c") == 1


async def test_a_timer_with_a_key_that_is_there_replaces_it(rig: Rig) -> None:
    await rig.store.ingest([arriving("a")])
    await commit(
        rig, replace(STEPPED, start=(NewTimer("t", NOW + 5, 0), NewTimer("t", NOW + 7, 3), NewTimer("u", 9, 0)))
    )
    work = await rig.store.work(NOW, 10)
    assert ([each.key for each in work.timers], work.next_time) == (["u"], 9)
    assert [(each.key, each.due_time, each.hop) for each in (await rig.store.work(NOW + 7, 10)).timers] == [
        ("u", 9, 0),
        ("t", NOW + 7, 3),
    ]


async def test_an_old_version_is_kept_while_a_memory_follows_it(rig: Rig) -> None:
    await rig.store.apply_config([definition(1)], 1)
    await rig.store.ingest([arriving("a"), arriving("b")])
    await commit(rig, STEPPED)
    await rig.store.apply_config([definition(2)], 2)
    rig.tick(10 * DAY)

    async def clean() -> None:
        while await rig.store.retain(rig.clock.now(), rig.clock.now(), 100):
            pass

    await clean()
    found = await rig.store.version_of(KEY, 1)
    assert found is not None
    assert found.revision == 1
    await commit(rig, replace(STEPPED, guard=1, follows=2, revision=2))
    await clean()
    assert await rig.store.version_of(KEY, 1) is None


async def test_an_event_is_kept_while_something_is_to_be_told_of_it(rig: Rig) -> None:
    await rig.store.ingest([arriving("a")])
    rig.tick(10 * DAY)
    await rig.store.retain(rig.clock.now(), rig.clock.now(), 100)
    route = (await rig.store.work(rig.clock.now(), 1)).routes[0]
    own = route._replace(id=0, kind=CAMPAIGN, definition_id=1, attempts=6)
    await rig.store.take_turns([Turn(route, retries=(Retry(own, NEVER, "it failed", set_aside=True),))])
    assert await rig.store.event(ACCOUNT, "a") is not None
    assert (await rig.store.route_figures()).set_aside == 1
    rig.tick(DAY)
    for _ in range(3):
        await rig.store.retain(rig.clock.now(), rig.clock.now(), 100)
    assert (await rig.store.route_figures()).set_aside == 0
    assert await rig.store.event(ACCOUNT, "a") is None


async def test_changes_are_kept_until_they_are_followed_and_a_later_one_stays(rig: Rig) -> None:
    await rig.store.apply_config([definition(1)], 1)
    (change,) = await rig.store.changes(10)
    assert change == Change(KEY, 1, 0, 0)
    await rig.store.apply_config([definition(2, deleted=True)], 2)
    await rig.store.changed_done([change])
    (later,) = await rig.store.changes(10)
    await rig.store.changed_done([later])
    assert await rig.store.changes(10) == []


async def test_memories_of_another_version_get_a_route_each_in_steps(rig: Rig) -> None:
    await rig.store.apply_config([definition(1)], 1)
    for number in range(5):
        await rig.store.ingest([arriving(f"e{number}", object_id=f"{number}")])
        await commit(rig, replace(STEPPED, post=Post(*KEY, 0, f"{number}"), follows=1 + number % 2))
    steps = []
    for _ in range(4):
        (change,) = await rig.store.changes(1)
        steps.append(await rig.store.revise(change, "campaign", 2, 2))
    assert steps == [2, 1, 0, 0]
    assert [each.object.object_id for each in (await rig.store.work(NOW, 10)).routes] == ["0", "2", "4"]
