"""What was set aside, told again: in order, once, and what comes meanwhile waits behind it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.instants import DAY, MINUTE, NEVER
from hookline_dispatcher.store.aside import FIRST_PLACE, AsideOf, AsideRoute
from hookline_dispatcher.store.routing import ObjectKey, Retry, Route, Turn, What
from tests.unit.dispatcher.configs import ACCOUNT
from tests.unit.dispatcher.router_rig import RouterRig

ONE = AsideOf("counting", ItemKind.TRIGGER, 1)
WHOLE = AsideOf("counting", 0, 0)


@dataclass
class Rig(RouterRig):
    dropped: set[str] = field(default_factory=set)

    async def give_up(self) -> None:
        """Lets all tries pass."""
        for _ in range(40):
            await self.work()
            self.clock.time += MINUTE

    async def aside(self, which: AsideOf | None = ONE) -> list[AsideRoute]:
        return await self.store.routes_aside(ACCOUNT, which, FIRST_PLACE, 100)

    async def told(self) -> list[str]:
        body = await self.memory()
        return json.loads(body) if body else []


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path / "dispatcher.db")
    await made.open()
    yield made
    await made.store.close()


async def test_what_comes_later_is_told_without_what_was_set_aside(rig: Rig) -> None:
    await rig.define(broken="8")
    await rig.publish()
    await rig.give_up()
    assert [each.event_id for each in await rig.aside()] == ["e1"]
    await rig.define()
    await rig.publish()
    await rig.work()
    assert await rig.told() == ["e2"]


async def test_those_told_again_keep_their_order_and_hold_back_what_comes(rig: Rig) -> None:
    await rig.define(broken="8")
    for _ in range(2):
        await rig.publish()
        await rig.give_up()
    assert await rig.store.repeat_routes(ACCOUNT, ONE) == 2
    await rig.work()
    await rig.publish()
    await rig.work()
    assert (await rig.told(), await rig.aside()) == ([], [])
    await rig.define()
    await rig.give_up()
    assert await rig.told() == ["e1", "e2", "e3"]


async def test_one_that_is_tried_at_the_moment_goes_behind_the_older(rig: Rig) -> None:
    await rig.define(broken="8")
    await rig.publish()
    await rig.give_up()
    await rig.publish()
    await rig.work()
    (first,) = await rig.aside()
    assert await rig.store.repeat_route(ACCOUNT, first.route.id)
    await rig.work()
    await rig.define()
    await rig.give_up()
    assert await rig.told() == ["e1", "e2"]


async def test_a_timer_and_a_route_for_all_definitions_are_told_again(rig: Rig) -> None:
    await rig.define()
    await rig.publish()
    (route,) = (await rig.store.work(rig.clock.now(), 10)).routes
    await rig.store.take_turns([Turn(route, retries=(Retry(route, NEVER, "a bug", set_aside=True),))])
    about = ObjectKey(ACCOUNT, 0, "9")
    timer = Route(0, about, "", What.TIMER, ItemKind.TRIGGER, 1, 0, 0, "quiet", 5)
    await rig.publish("9")
    (other,) = (await rig.store.work(rig.clock.now(), 10)).routes
    await rig.store.take_turns([Turn(other, retries=(Retry(timer, NEVER, "a bug", set_aside=True),))])
    assert [(each.route.kind, each.route.what) for each in await rig.aside(None)] == [(0, 1), (9, 2)]
    assert [each.route.timer_key for each in await rig.aside()] == ["quiet"]
    assert [await rig.store.repeat_routes(ACCOUNT, which) for which in (WHOLE, ONE)] == [1, 1]
    await rig.work()
    assert await rig.told() == ["e1"]
    assert await rig.fired() == [("9", "counting/1/quiet")]
    assert await rig.aside(None) == []


async def test_nobody_elses_is_touched(rig: Rig) -> None:
    await rig.define(broken="8")
    await rig.publish()
    await rig.give_up()
    (found,) = await rig.aside()
    others = ACCOUNT + 1
    assert not await rig.store.repeat_route(others, found.route.id)
    assert not await rig.store.drop_route(others, found.route.id)
    assert await rig.store.repeat_routes(others, ONE) == 0
    assert await rig.store.repeat_routes(ACCOUNT, ONE._replace(source="another")) == 0
    assert await rig.aside() == [found]


async def test_it_goes_with_retention_and_keeps_its_event_until_then(rig: Rig) -> None:
    await rig.define(broken="8")
    await rig.publish()
    await rig.give_up()
    now = rig.clock.now()
    while await rig.store.retain(now, now - DAY, 10):
        pass
    assert [each.event_id for each in await rig.aside()] == ["e1"]
    while await rig.store.retain(now + DAY, now + DAY, 10):
        pass
    assert await rig.aside() == []


async def test_many_go_in_steps(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hookline_dispatcher.store.sqlite.tending.AT_ONCE", 2)
    await rig.define(broken="8")
    for _ in range(5):
        await rig.publish()
        await rig.give_up()
    await rig.define()
    assert await rig.store.repeat_routes(ACCOUNT, ONE) == 5
    await rig.work()
    assert await rig.told() == ["e1", "e2", "e3", "e4", "e5"]


DOINGS = st.lists(
    st.sampled_from(["publish", "publish", "break", "mend", "pass", "give up", "repeat", "repeat one", "drop"]),
    max_size=25,
)


@settings(max_examples=20, deadline=None)
@given(DOINGS)
async def test_each_event_is_told_once_unless_it_was_dropped(doings: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder) / "dispatcher.db")
        await rig.open()
        await rig.define(broken="8")
        for doing in doings:
            await _do(rig, doing)
        await rig.define()
        await rig.store.repeat_routes(ACCOUNT, ONE)
        await rig.give_up()
        told = await rig.told()
        assert await rig.aside() == []
        assert (await rig.store.route_figures())[:1] == (0,)
        assert sorted(told) == sorted({f"e{n + 1}" for n in range(rig.published)} - rig.dropped)
        await rig.store.close()


async def _do(rig: Rig, doing: str) -> None:
    found = await rig.aside()
    match doing:
        case "publish":
            await rig.publish()
            await rig.work()
        case "break":
            await rig.define(broken="8")
        case "mend":
            await rig.define()
        case "pass":
            rig.clock.time += 3_000_000
            await rig.work()
        case "give up":
            await rig.give_up()
        case "repeat":
            assert await rig.store.repeat_routes(ACCOUNT, ONE) == len(found)
        case "repeat one" if found:
            assert await rig.store.repeat_route(ACCOUNT, found[-1].route.id)
        case "drop" if found:
            assert await rig.store.drop_route(ACCOUNT, found[0].route.id)
            rig.dropped.add(found[0].event_id)
