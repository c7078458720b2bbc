"""Steps that are written together leave what they would leave one after the other."""

from __future__ import annotations

from dataclasses import replace

from hookline_dispatcher.store.model import DeliveryFilter, Firing, IntakeResult, IntakeStatus
from hookline_dispatcher.store.routing import Cause, ElementCount, Emitted, KeyedFiring, Post, Stepped, Turn
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, PLAIN, Rig, event, intake, key
from tests.unit.dispatcher_store.test_routes import KEY, POST, STEPPED, arriving


def fires(name: str, *keys: str) -> Cause:
    """A new event that fires under these keys, for the element `send`."""
    firing = Firing(key(), PLAIN, 1, "campaign/1#send")
    return Cause(0, intake(event(name)), tuple(KeyedFiring(each, firing, "send") for each in keys))


async def write(rig: Rig, *steps: tuple[Stepped, ...]) -> list[IntakeResult]:
    """Turns of as many routes, in one go."""
    await rig.store.ingest([arriving(f"r{rig.events}-{number}") for number in range(len(steps))])
    rig.events += 1
    work = await rig.store.work(NOW, len(steps))
    turns = [Turn(route, steps=each) for route, each in zip(work.routes, steps, strict=True)]
    return await rig.store.take_turns(turns)


async def counts(rig: Rig) -> dict[str, ElementCount]:
    every = await rig.store.element_counts(KEY, [""])
    return {each.element: each for each in (*every, *await rig.store.other_counts(KEY, (), "", 100))}


async def test_the_later_of_two_steps_of_one_object_counts(rig: Rig) -> None:
    came = replace(STEPPED, memory=b"waits", moves=(("in", True), ("in", False), ("rest", True)))
    went = replace(STEPPED, guard=1, memory=b"gone", moves=(("rest", False), ("out", True)))
    found = await write(rig, (came,), (went,))
    assert [each.status for each in found] == [IntakeStatus.NEW, IntakeStatus.NEW]
    memory = (await rig.store.memories([POST]))[POST]
    assert (memory.row_version, memory.body) == (2, b"gone")
    here = {name: (each.reached, each.present) for name, each in (await counts(rig)).items()}
    assert here == {"": (1, 1), "in": (1, 0), "rest": (1, 0), "out": (1, 1)}
    await write(rig, (replace(STEPPED, guard=2, memory=b"again"),), (replace(STEPPED, guard=3, memory=None),))
    assert not await rig.store.memories([POST])


async def test_a_void_turn_between_others_leaves_nothing_of_its_own(rig: Rig) -> None:
    other = Post(*KEY, 0, "2")
    good = replace(STEPPED, causes=(fires("a", "k1", "k2"),), moves=(("send", False),))
    void = replace(STEPPED, guard=7, causes=(fires("b", "k3"),), moves=(("nowhere", True),))
    last = replace(STEPPED, post=other, causes=(fires("c", "k1"),))
    found = await write(rig, (good,), (void,), (last,))
    assert [(each.status, each.deliveries) for each in found] == [
        (IntakeStatus.NEW, 2),
        (IntakeStatus.CONFLICT, 0),
        (IntakeStatus.NEW, 1),
    ]
    assert [len(each.claims) for each in found] == [2, 0, 1]
    assert await rig.store.event(ACCOUNT, "b") is None
    assert {name: each.on_its_way for name, each in (await counts(rig)).items()} == {"": 2, "send": 2}


async def test_a_key_that_comes_twice_fires_for_the_first(rig: Rig) -> None:
    first = replace(STEPPED, causes=(fires("a", "k", "l", "k"),))
    second = replace(STEPPED, guard=1, causes=(fires("b", "l"), fires("c", "m")))
    found = await write(rig, (first,), (second,))
    assert [each.deliveries for each in found] == [2, 1]
    fired = (await rig.store.deliveries(ACCOUNT, DeliveryFilter(), 0, 10)).deliveries
    assert sorted(each.event_id for each in fired) == ["a", "a", "c"]
    assert [each.deliveries for each in await write(rig, (replace(STEPPED, guard=2, causes=(fires("d", "m"),)),))] == [
        0
    ]


async def test_tags_follow_each_emitted_event_once(rig: Rig) -> None:
    emitted = Emitted(intake(event("tagged")), ("5",), ())
    taken = Emitted(intake(event("untagged")), (), ("5",))
    found = await write(rig, (replace(STEPPED, emitted=(emitted,)),), (replace(STEPPED, guard=1, emitted=(emitted,)),))
    assert [each.status for each in found] == [IntakeStatus.NEW, IntakeStatus.NEW]
    assert (await rig.store.objects([POST.object]))[POST.object].tags == ("b", "4", "5")
    await write(rig, (replace(STEPPED, guard=2, emitted=(taken, emitted)),))
    assert (await rig.store.objects([POST.object]))[POST.object].tags == ("b", "4")


async def test_what_is_settled_late_counts_for_no_row_that_came_after(rig: Rig) -> None:
    (fired,) = await write(rig, (replace(STEPPED, causes=(fires("a", "k"),)),))
    while await rig.store.forget(KEY, 100):
        pass
    assert not await counts(rig)
    await write(rig, (replace(STEPPED, moves=(("new", True),)),))
    await rig.deliver(fired.claims[0])
    assert {name: (each.reached, each.sent, each.on_its_way) for name, each in (await counts(rig)).items()} == {
        "": (1, 0, 0),
        "new": (1, 0, 0),
    }


async def test_many_objects_in_one_go(rig: Rig) -> None:
    """More rows than one statement takes."""
    posts = [Post(*KEY, 0, f"o{number}") for number in range(150)]
    moves = (("in", False), ("send", False), ("rest", True))
    found = await write(
        rig,
        *[(replace(STEPPED, post=post, moves=moves, causes=(fires(f"e{post.object_id}", "k"),)),) for post in posts],
    )
    assert [each.deliveries for each in found] == [1] * 150
    assert await counts(rig) == {
        "": ElementCount("", 150, 150, 0, 150, 0, 0),
        "in": ElementCount("in", 150, 0, 150, 0, 0, 0),
        "send": ElementCount("send", 150, 0, 150, 150, 0, 0),
        "rest": ElementCount("rest", 150, 150, 0, 0, 0, 0),
    }
