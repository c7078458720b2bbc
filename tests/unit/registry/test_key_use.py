import pytest

from hookline_registry import keys
from hookline_registry.database import Database, Transaction
from hookline_registry.key_use import INTERVAL, KeyUse
from hookline_registry.keys import KeySettings
from hookline_registry.model import Key
from hookline_runtime.clock import ManualClock


@pytest.fixture
async def key(database: Database) -> Key:
    return await database.write(lambda transaction: keys.create(transaction, KeySettings(0, "", (3,)), bytes(32)))


async def last_used(database: Database, key: Key) -> int | None:
    async with database.read() as connection:
        return (await keys.get(connection, key.account_id, key.id)).last_used_time


async def test_a_key_is_written_at_most_once_a_minute(database: Database, key: Key, clock: ManualClock) -> None:
    use, start = KeyUse(database), clock.time
    use.note(key.application_id, start)
    await use.flush()
    assert await last_used(database, key) == start
    clock.time += INTERVAL - 1
    use.note(key.application_id, clock.time)
    await use.flush()
    assert await last_used(database, key) == start
    clock.time += 1
    await use.flush()
    assert await last_used(database, key) == start + INTERVAL - 1


async def test_the_end_writes_everything(database: Database, key: Key, clock: ManualClock) -> None:
    use = KeyUse(database)
    for time in (clock.time, clock.time + 5, clock.time + 3):
        use.note(key.application_id, time)
        await use.flush(everything=True)
    assert await last_used(database, key) == clock.time + 5


async def test_it_is_no_change_of_the_configuration(database: Database, key: Key, clock: ManualClock) -> None:
    before = database.head.revision
    use = KeyUse(database)
    use.note(key.application_id, clock.time)
    use.note("of nobody", clock.time)
    await use.flush()
    assert database.head.revision == before


async def test_what_could_not_be_written_stays_noted(database: Database, key: Key, clock: ManualClock) -> None:
    use = KeyUse(database)
    use.note(key.application_id, clock.time)

    async def fail(work: object) -> None:
        raise RuntimeError("no")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "write", fail)
        with pytest.raises(RuntimeError):
            await use.flush()
    await use.flush()
    assert await last_used(database, key) == clock.time


async def test_keys_are_found_by_their_application_id(database: Database, key: Key) -> None:
    async def find(transaction: Transaction) -> tuple[Key | None, Key | None]:
        connection = transaction.connection
        return await keys.find(connection, key.application_id), await keys.find(connection, "nobody")

    assert await database.write(find) == (key, None)
