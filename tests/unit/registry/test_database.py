import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hookline_registry.database import Database, Transaction, next_id, read_counter, set_counter
from hookline_runtime.clock import ManualClock
from hookline_runtime.errors import NotFound, Unavailable


async def change(transaction: Transaction) -> int:
    transaction.changed = True
    return transaction.revision


async def test_each_change_has_the_next_revision(database: Database) -> None:
    assert await asyncio.gather(*(database.write(change) for _ in range(10))) == list(range(2, 12))
    assert database.head.revision == 11


async def test_a_write_that_changes_nothing_takes_no_revision(database: Database) -> None:
    async def look(transaction: Transaction) -> int:
        return transaction.revision

    assert await database.write(look) == 2
    assert await database.write(look) == 2
    assert database.head.revision == 1


async def test_an_exception_undoes_all(database: Database) -> None:
    async def fail(transaction: Transaction) -> None:
        await set_counter(transaction.connection, "x", 7)
        transaction.changed = True
        raise NotFound("no")

    with pytest.raises(NotFound):
        await database.write(fail)
    async with database.read() as connection:
        assert await read_counter(connection, "x") == 0
        assert await read_counter(connection, "revision") == 1


async def test_a_caller_that_goes_away_does_not_stop_a_write(database: Database) -> None:
    started, go = asyncio.Event(), asyncio.Event()

    async def work(transaction: Transaction) -> None:
        started.set()
        await go.wait()
        await change(transaction)

    caller = asyncio.create_task(database.write(work))
    await started.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go.set()
    assert await database.write(change) == 3


async def test_two_databases_on_one_file_take_turns(database: Database, url: str, clock: ManualClock) -> None:
    other = await Database.open(url, clock)
    given = await asyncio.gather(*(each.write(change) for each in (database, other) * 5))
    assert sorted(given) == list(range(2, 12))
    await database.poll()
    await other.poll()
    assert database.head.revision == other.head.revision == 11
    await other.close()


async def test_ids_start_where_asked_and_count_on(database: Database) -> None:
    async def work(transaction: Transaction) -> list[int]:
        connection = transaction.connection
        return [
            await next_id(connection, "a", 1),
            await next_id(connection, "a", 1),
            await next_id(connection, "a", 2),
            await next_id(connection, "b", 1, 10_000),
            await next_id(connection, "b", 1, 10_000),
        ]

    assert await database.write(work) == [1, 2, 1, 10_000, 10_001]


async def test_a_store_that_fails_is_unavailable_and_told(database: Database) -> None:
    told = []
    database.on_failure = lambda: told.append(True)

    async def fail(transaction: Transaction) -> None:
        await transaction.connection.execute(text("ATTACH DATABASE '/nowhere/at/all.db' AS x"))

    with pytest.raises(Unavailable) as refused:
        await database.write(fail)
    assert refused.value.reason == "STORE_UNAVAILABLE"
    assert "nowhere" not in refused.value.message
    assert told == [True]


async def test_a_fault_of_our_own_is_not_the_stores(database: Database) -> None:
    async def fail(transaction: Transaction) -> None:
        await transaction.connection.execute(text("INSERT INTO counter VALUES (0, 'revision', 1)"))

    database.on_failure = lambda: pytest.fail("the store did not fail")
    with pytest.raises(IntegrityError):
        await database.write(fail)


@pytest.mark.parametrize("url", ["", "nothing", "postgres//user:hidden@host", "nosuch://user:hidden@host/x"])
async def test_a_bad_url_is_told_without_its_secrets(url: str, clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="database URL") as refused:
        await Database.open(url, clock)
    assert "hidden" not in str(refused.value)
