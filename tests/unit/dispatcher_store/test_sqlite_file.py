from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import DAY
from hookline_dispatcher.core.lane import Lane, LanePolicy, Switch
from hookline_dispatcher.store.sqlite import lanes as lane_cache
from hookline_dispatcher.store.sqlite.file import InUse, Unusable
from hookline_dispatcher.store.sqlite.migrations import MIGRATIONS
from hookline_dispatcher.store.sqlite.recover import meta
from hookline_dispatcher.store.sqlite.schema import TooNew, migrate
from hookline_dispatcher.store.sqlite.store import Options, SqliteStore
from tests.unit.dispatcher_store.audit import audit
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, Rig, event, intake, key


async def test_a_second_dispatcher_is_refused_until_the_first_has_gone(rig: Rig) -> None:
    for _ in range(2):
        with pytest.raises(InUse):
            await SqliteStore.open(rig.path)
    await rig.publish(1)
    await rig.close()
    await rig.open()
    assert len(await rig.all()) == 1


async def test_a_file_of_a_later_version_is_left_alone(rig: Rig) -> None:
    await rig.close()
    with closing(sqlite3.connect(rig.path)) as file:
        file.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    for _ in range(2):
        with pytest.raises(TooNew):
            await SqliteStore.open(rig.path)
    with closing(sqlite3.connect(rig.path)) as file:
        file.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    await rig.open()


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database " * 2_000)


def _damaged(path: Path) -> None:
    """Whole at its beginning, garbage from the second page on."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        migrate(file)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"x" * (len(whole) - 4096))


def _no_folder(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("a file where the folder should be")


@pytest.mark.parametrize("spoil", [_garbage, _damaged, _no_folder, Path.mkdir])
async def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path = tmp_path / "dispatcher" / "dispatcher.db"
    path.parent.mkdir()
    spoil(path)
    for _ in range(2):  # the first lets go of the lock
        with pytest.raises(Unusable, match=f"^the store {path} cannot be used: [^\n]+$"):
            await SqliteStore.open(path)


async def test_a_file_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "dispatcher.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        file.execute(
            "INSERT INTO lane VALUES (5, ?, 1, 3, 30, 1, 0, 3, 'a rest', 9, 2, 4, 6, 0, 7, 1, 8, 0)", (ACCOUNT,)
        )
        file.commit()
    store = await SqliteStore.open(path, Options(now=lambda: NOW))
    found = await store.target(key(3))
    await store.close()
    assert found is not None
    lane = Lane(LanePolicy(30, True), Switch.PAUSED, "a rest", 9, 2, 4, 6, 0, 7)
    assert (found.lane, found.waiting) == (lane, 0), "nothing waits, whatever its row had counted"


async def test_a_file_of_before_asks_for_the_whole_configuration_again(tmp_path: Path) -> None:
    path = tmp_path / "dispatcher.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(f"{MIGRATIONS[0]} {MIGRATIONS[1]} PRAGMA user_version = 2;")
        file.execute("INSERT INTO meta VALUES ('config_checkpoint', 41)")
        file.execute("INSERT INTO config_item VALUES (?, 4, 1, 3, 1, 0, 0, '{}')", (ACCOUNT,))
        file.execute("INSERT INTO lane VALUES (5, ?, 1, 3, 0, 0, 0, 1, '', 0, 0, 0, 0, 0, 0, 0, '')", (ACCOUNT,))
        file.execute(
            "INSERT INTO event VALUES (1, ?, 'e1', 'sub_tag', 0, '8', 0, '{}', '{}', '[]', '[]', 0, '', '', 0, 1, '')",
            (ACCOUNT,),
        )
        file.execute(
            "INSERT INTO delivery VALUES (6, 6, ?, 5, 1, 3, 3, 0, 1, 0, 0, 0, 0, NULL, 0, 0, 200, '', 1, 2, 0, '')",
            (ACCOUNT,),
        )
        file.commit()
    store = await SqliteStore.open(path, Options(now=lambda: NOW))
    found = await store.delivery(ACCOUNT, 6)
    checkpoint, kept = await store.config_checkpoint(), await store.config_of(ACCOUNT)
    await store.close()
    assert found is not None
    assert (found.fired_by, checkpoint, len(kept)) == ("", 0, 1)


async def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "made" / "dispatcher.db")
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "made").glob("dispatcher.db*")}
    await store.close()
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


async def test_a_path_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = await SqliteStore.open(Path("dispatcher.db"), Options(now=lambda: NOW))
    assert await store.delivery(ACCOUNT, 1) is None
    await store.close()


async def test_commits_are_durable(rig: Rig) -> None:
    assert isinstance(rig.store, SqliteStore)
    connection = rig.store._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


async def test_the_installation_keeps_its_name_and_each_start_has_its_epoch(rig: Rig) -> None:
    name, epoch = rig.store.installation, rig.store.epoch
    assert len(name) == 8
    assert int(name, 16) >= 0
    await rig.open()
    assert (rig.store.installation, rig.store.epoch) == (name, epoch + 1)


async def test_no_number_is_given_twice_even_when_the_newest_rows_are_gone(rig: Rig) -> None:
    seen: list[tuple[int, int, int]] = []
    for _ in range(3):
        (claim,) = (await rig.publish(1)).claims
        await rig.deliver(claim)
        ((entry, delivery),) = await rig.store.log_since(ACCOUNT, 0, None, 9)
        seen.append((delivery.event_seq, delivery.id, entry.seq))
        rig.tick(9 * DAY)
        while await rig.store.retain(rig.clock.now() - DAY, rig.clock.now() - DAY, 10):
            pass
        assert await rig.all() == []
        await rig.open()
    assert seen == sorted(seen)
    assert all(len(set(numbers)) == 3 for numbers in zip(*seen, strict=True))


async def test_after_a_start_what_was_in_flight_waits_again(rig: Rig) -> None:
    claims = [claim for _ in range(3) for claim in (await rig.publish(1)).claims]
    await rig.deliver(claims[0])
    await rig.open()
    assert isinstance(rig.store, SqliteStore)
    assert rig.store.lost == 2
    lane = await rig.lane()
    assert (lane.waiting, lane.in_flight) == (2, 0)
    found = await rig.delivery(claims[1].delivery_id)
    assert (found.state, found.attempts) == (State.WAITING, 1)
    (closed,) = await rig.store.attempts(claims[1].delivery_id, 0, 9)
    assert (closed.number, closed.record.outcome.name, closed.record.start_time) == (1, "UNKNOWN", NOW)
    again = await rig.claim()
    assert [(each.number, each.failures, each.unknowns) for each in again] == [(2, 0, 1), (2, 0, 1)]


async def test_a_sixth_lost_attempt_counts_and_waits(rig: Rig) -> None:
    await rig.publish(1)
    for _ in range(5):
        await rig.open()
        assert len(await rig.claim()) == 1
    await rig.open()
    assert not await rig.claim()
    rig.tick(DAY)
    (claim,) = await rig.claim()
    assert (claim.number, claim.failures, claim.unknowns) == (7, 1, 6)


async def test_lanes_that_leave_memory_come_back_as_they_were(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_cache, "KEPT", 10)
    assert isinstance(rig.store, SqliteStore)
    await rig.queue(2, 1)
    held = (await rig.publish(2)).claims
    for target in range(3, 60):
        (claim,) = (await rig.publish(target)).claims
        await (rig.retry(claim, target) if target % 2 else rig.deliver(claim))
        audit(rig.store, rig.path, NOW)
    cached = rig.store._memory.lanes._by_id
    assert len(cached) <= 42, "29 wait, two more are busy, and at most ten are idle"
    assert await rig.deliver(held[0])
    rig.tick(60)
    assert len(await rig.claim()) == 31
    for target in range(3, 60):
        await rig.publish(target)
    audit(rig.store, rig.path, rig.clock.now())


async def test_concurrent_publishes_share_commits(tmp_path: Path) -> None:
    rows: list[int] = []
    store = await SqliteStore.open(
        tmp_path / "dispatcher.db", Options(observe=lambda _, count, _called_off, _happened: rows.append(count))
    )
    await asyncio.gather(*(store.ingest([intake(event(f"e{number}"), 1)]) for number in range(500)))
    await store.close()
    assert sum(rows) == 1000, "an event and a delivery each"
    assert len(rows) < 50


async def test_waiting_is_counted_without_a_read(rig: Rig) -> None:
    assert isinstance(rig.store, SqliteStore)
    await rig.queue(3)
    assert rig.store.waiting == 3
    await rig.claim(1)
    assert rig.store.waiting == 2
    await rig.open()
    assert rig.store.waiting == 3


async def test_commits_tell_how_many_deliveries_they_called_off(tmp_path: Path) -> None:
    told: list[int] = []
    options = Options(observe=lambda _seconds, _rows, called_off, _happened: told.append(called_off))
    store = await SqliteStore.open(tmp_path / "dispatcher.db", options)
    await store.switch(key(1), Switch.OFF, "by hand")
    await store.ingest([intake(event("a"), 1)])
    await store.close()
    await asyncio.sleep(0)  # what a commit tells comes at the next turn of the loop
    assert sum(told) == 1


@pytest.mark.parametrize("name", ["2e432745", "00000012", "12345678"])
def test_a_name_that_looks_like_a_number_is_kept_as_it_is(tmp_path: Path, name: str) -> None:
    with closing(sqlite3.connect(tmp_path / "dispatcher.db", isolation_level=None)) as file:
        migrate(file)
        assert meta(file, "installation", name) == name
        assert meta(file, "installation", "another") == name


async def test_who_was_sent_something_before_counts_as_sent_while_more_is_on_its_way(tmp_path: Path) -> None:
    """Version 6 counted them as on their way alone."""
    path = tmp_path / "dispatcher.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(f"{' '.join(MIGRATIONS[:6])} PRAGMA user_version = 6;")
        for contact, (pending, result) in enumerate([(1, 2), (1, 0), (0, 2), (0, 1)]):
            file.execute(
                "INSERT INTO element VALUES (NULL, 1, 8, 5, 0, ?, 'send', 0, 1, 0, ?, ?)", (contact, pending, result)
            )
        file.commit()
    await (await SqliteStore.open(path)).close()
    with closing(sqlite3.connect(path)) as file:
        counted = file.execute("SELECT on_its_way, sent, failed FROM element_count").fetchall()
    assert counted == [(2, 2, 1)]


async def test_of_an_attempt_of_before_it_is_not_known_where_its_time_went(tmp_path: Path) -> None:
    path = tmp_path / "dispatcher.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(f"{' '.join(MIGRATIONS[:13])} PRAGMA user_version = 13;")
        file.execute(
            "INSERT INTO attempt VALUES (1, ?, 6, 5, 1, 1, 200, '', 9, 1500, 'POST', '', x'', NULL, x'', x'', 0)",
            (ACCOUNT,),
        )
        file.commit()
    store = await SqliteStore.open(path)
    (found,) = await store.attempts(6, 0, 9)
    await store.close()
    record = found.record
    assert (record.latency, record.connect_latency, record.first_byte_latency) == (1500, None, None)


async def test_what_the_events_of_before_take_up_counts(tmp_path: Path) -> None:
    path = tmp_path / "dispatcher.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(f"{' '.join(MIGRATIONS[:15])} PRAGMA user_version = 15;")
        file.executemany(
            "INSERT INTO event VALUES (?, ?, ?, 'sub_tag', 0, '8', 0, '{}', ?, '[]', '[]', 0, '', '', 0, 1, '')",
            [(1, ACCOUNT, "e1", b"{}"), (2, ACCOUNT, "e2", b"x" * 100), (3, ACCOUNT + 1, "e1", b"{}")],
        )
        file.commit()
    store = await SqliteStore.open(path)
    stored = [store.stored(account_id) for account_id in (ACCOUNT, ACCOUNT + 1, ACCOUNT + 2)]
    await store.close()
    assert stored == [2 * 1024 + 102, 1024 + 2, 0]
