"""No statement of the embedded store walks through a whole table that grows with the traffic."""

from __future__ import annotations

import itertools
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import DAY, SECOND
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store.log import LogPage
from hookline_dispatcher.store.model import ConfigRow, DeliveryFilter, EventFilter
from hookline_dispatcher.store.sqlite import search
from hookline_dispatcher.store.sqlite.lanes import WAITING
from tests.unit.dispatcher_store.rig import ACCOUNT, BLOCKING, NOW, PLAIN, Rig, event, intake, key
from tests.unit.dispatcher_store.test_reads import WHOLE

GROWING = re.compile(r"SCAN (delivery|delivery_block|block_class|event|attempt|b|d|e|a|r|m|n|w|x)\b")
CONNECT = sqlite3.connect


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every statement, as it is run on any connection of the store."""
    seen: set[str] = set()

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = CONNECT(*arguments, **options)
        connection.set_trace_callback(seen.add)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    return seen


def scans(path: Path, statements: set[str]) -> dict[str, list[str]]:
    """Statements that scan what grows, with their plans."""
    found = {}
    with closing(CONNECT(path)) as file:
        for statement in statements:
            if statement.split(None, 1)[0].upper() not in ("SELECT", "UPDATE", "DELETE"):
                continue
            if statement == WAITING:  # a start reads all that waits, along its index
                continue
            plan = [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {statement}")]
            if any(GROWING.match(line) and "VIRTUAL" not in line for line in plan):
                found[statement] = plan
    return found


async def everything(rig: Rig) -> None:
    """Every call of the store, each in the ways that take other statements."""
    store = rig.store
    await rig.publish(1, 2)
    for policy, target in ((BLOCKING, 3), (PLAIN, 4)):
        await rig.queue(3, target, policy)
    claims = await rig.claim()
    await rig.bury(claims[0])
    await rig.deliver(claims[1])
    await store.redeliver(ACCOUNT, claims[0].delivery_id, "r1")
    for lane, delivered in itertools.product((None, key(4)), (False, True)):
        await store.redeliver_since(ACCOUNT, 0, lane, delivered, dry_run=False)
    await store.cancel(ACCOUNT, (await rig.all())[-1].id)
    await store.apply_config([ConfigRow(ACCOUNT, 4, 3, 1, False, b"", BLOCKING)], 1)
    await store.apply_config([ConfigRow(ACCOUNT, 4, 3, 2, False, b"", PLAIN)], 2, drop_others=True)
    await store.switch(key(4), Switch.OFF, "by hand")
    await store.sweep_off(100)
    for switched in await store.unannounced():
        await store.announced(switched.lane_id, switched.lane.switch_time)
    await store.retain(NOW, NOW, 10)
    await store.retain(NOW - DAY, NOW - DAY, 10)
    await store.target(key(3))
    await store.figures()
    await store.event(ACCOUNT, "e1")
    await store.event_at(1)
    await store.fired(ACCOUNT, [1, 2])
    await store.delivery(ACCOUNT, 1)
    await store.attempts(1, 0, 9)
    await store.log_bounds()
    for lane in (None, key(3)):
        await store.log_since(ACCOUNT, 0, lane, 9)
    for seqs, bodies in itertools.product(((), (1, 2)), (False, True)):
        await store.log(ACCOUNT, LogPage(9, 1, seqs, bodies), 9)
        await store.log_size(ACCOUNT, seqs)
        await store.last_attempts([key(1), key(3), key(99)], bodies=bodies)
    for type_, kind, object_id in itertools.product(("", "sub_tag"), (None, 0), ("", "1")):
        await store.events(ACCOUNT, EventFilter(type_, kind, object_id), 0, 9)
    await rig.open()


async def test_nothing_that_grows_is_scanned(rig: Rig, statements: set[str]) -> None:
    await rig.open()
    await everything(rig)
    await rig.close()
    assert len(statements) > 80, "they were seen"
    assert scans(rig.path, statements) == {}


async def one_that_all_filters_keep(rig: Rig, fired_by: str) -> None:
    """Event 4, whose one delivery is dead."""
    for _ in range(3):
        await rig.publish()
    rig.tick(3 * SECOND)
    what = intake(event("e4", "2"), 2, time=rig.clock.now())
    fired = what._replace(firings=(what.firings[0]._replace(fired_by=fired_by),))
    ((claim,),) = [each.claims for each in await rig.store.ingest([fired])]
    await rig.bury(claim)


@pytest.mark.parametrize("few", [0, search.FEW])
async def test_no_filter_scans(rig: Rig, statements: set[str], few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", few)
    await rig.open()
    await one_that_all_filters_keep(rig, "campaign/1/send")
    names = ["target", "event_id", "event_type", "object_type_id", "object_id", "since_time", "until_time"]
    names += ["target_kind", "fired_by", "text"]
    whole = replace(WHOLE, fired_by="campaign/1/send", text="500")
    states: list[tuple[tuple[State, ...], bool]] = [((), False), ((State.DEAD,), False), ((State.CANCELLED,), False)]
    states += [((State.WAITING, State.IN_FLIGHT), False), ((), True)]
    for count in range(len(names) + 1):
        for chosen in itertools.combinations(names, count):
            for wanted in states:
                which = DeliveryFilter(
                    *wanted, text_targets=(key(2),), **{name: getattr(whole, name) for name in chosen}
                )
                await rig.store.deliveries(ACCOUNT, which, 0, 9)
    await rig.close()
    assert len([each for each in statements if "ORDER BY d.id DESC" in each]) > 400
    assert scans(rig.path, statements) == {}


async def test_a_scan_would_be_found(rig: Rig) -> None:
    statement = "SELECT * FROM delivery d WHERE d.reason = 'x'"
    assert list(scans(rig.path, {statement})) == [statement]
