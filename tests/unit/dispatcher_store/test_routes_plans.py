"""No statement of stateful routing walks through what grows with objects, but for the counts that metrics ask for."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace

from hookline_dispatcher.core.instants import DAY, NEVER
from hookline_dispatcher.store.aside import FIRST_PLACE, AsideOf
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.routing import Counted, NewTimer, Retry, Route, Turn, What
from hookline_dispatcher.store.sqlite.lanes import WAITING
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, Rig
from tests.unit.dispatcher_store.test_routes import KEY, POST, STEPPED, arriving, commit, definition
from tests.unit.dispatcher_store.test_sqlite_plans import CONNECT, statements

__all__ = ["statements"]

GROWING = re.compile(r"SCAN (object_state|pending_route|memory|timer|firing_key|element|delivery|event|[bdemorv])\b")
COUNTED = "(SELECT count(*) FROM timer)"


async def everything(rig: Rig) -> None:
    store = rig.store
    await store.apply_config([definition(1)], 1)
    for number in range(4):
        await store.ingest([arriving(f"e{number}")])
    await commit(rig, replace(STEPPED, start=(NewTimer("t", NOW, 0),), cancel=("u",), moves=(("a", True),)))
    await commit(rig, replace(STEPPED, guard=1, memory=None))
    await commit(rig, replace(STEPPED, follows=2))
    (timer,) = (await store.work(NOW, 10)).timers
    await store.take_turns([Turn(timer=timer, hold=True)])
    await store.recheck_held()
    (change,) = await store.changes(10)
    await store.release(KEY, 10)
    await store.revise(change, "campaign", 1, 10)
    await store.hasten(KEY, 10)
    await store.newest([POST.object])
    assert await store.named([(ACCOUNT, "e0"), (ACCOUNT, "none")])
    await store.apply_config([replace_kind(definition(1))], 2)
    (revised, *_) = [each for each in (await store.work(NOW, 10)).routes if each.kind]
    await store.take_turns([Turn(revised)])
    await store.changed_done([change])
    await store.memories([POST])
    await store.objects([POST.object])
    await store.version_of(KEY, 1)
    await store.route_figures()
    await store.element_counts(KEY, ["", "a"])
    await store.other_counts(KEY, ["", "a"], "b", 10)
    for which in Counted:
        await store.counted(KEY, "a", which, 0, 10)
    await store.retain(NOW + DAY, NOW + DAY, 10)
    await store.forget(KEY, 10)
    assert await store.forget(KEY, 10) == 0
    assert await store.config_of(ACCOUNT)
    await put_aside(rig)


def replace_kind(row: ConfigRow) -> ConfigRow:
    """A definition of a kind that is looked at only where something is remembered."""
    return replace(row, kind=6)


async def put_aside(rig: Rig) -> None:
    """All that is done about routes that were set aside."""
    store, own = rig.store, AsideOf("campaign", KEY.kind, KEY.id)
    await store.ingest([arriving("f")])
    (route, *_) = (await store.work(NOW, 10)).routes
    for attempts in range(3):
        told = Route(0, POST.object, "campaign", What.EVENT, *KEY[1:], route.event_seq, attempts=attempts)
        await store.ingest([arriving(f"f{attempts}")])
        (*_, route) = (await store.work(NOW, 10)).routes
        await store.take_turns([Turn(route, retries=(Retry(told, NEVER, "it failed", set_aside=True),))])
    found = await store.routes_aside(ACCOUNT, None, FIRST_PLACE, 2)
    assert await store.routes_aside(ACCOUNT, own, found[0].place, 2)
    assert await store.drop_route(ACCOUNT, found[0].route.id)
    assert await store.repeat_route(ACCOUNT, found[1].route.id)
    assert await store.repeat_routes(ACCOUNT, own) == 1
    assert await store.standings(POST.object, 10)
    assert any(await store.erase(POST.object))


async def test_nothing_that_grows_is_scanned(rig: Rig, statements: set[str]) -> None:
    await rig.open()
    await everything(rig)
    await rig.close()
    found = {}
    with closing(CONNECT(rig.path)) as file:
        for statement in statements:
            if (
                COUNTED in statement
                or statement == WAITING
                or statement.split(None, 1)[0] not in ("SELECT", "UPDATE", "DELETE")
            ):
                continue
            plan = plan_of(file, statement)
            if any(GROWING.match(line) for line in plan):
                found[statement] = plan
    assert len([each for each in statements if "pending_route" in each or "memory" in each]) > 15, "they were seen"
    assert found == {}


async def test_routes_of_one_definition_and_object_are_found_without_looking_at_others(
    rig: Rig, statements: set[str]
) -> None:
    await rig.open()
    await everything(rig)
    await rig.close()
    with closing(CONNECT(rig.path)) as file:
        plans = [plan_of(file, each) for each in statements if "route_own" in each and "INSERT" not in each]
    used = [line for plan in plans for line in plan if "route_own " in line]
    assert len(used) >= 4
    others = [line for line in used if "object_id=?" not in line and "(kind,definition_id)>" not in line]
    assert others == []


def plan_of(file: sqlite3.Connection, statement: str) -> list[str]:
    return [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {statement}")]
