import pytest
from sqlalchemy import func, select

from hookline_registry import accounts, definitions, webhooks
from hookline_registry.database import Database
from hookline_registry.definitions import Only, Place
from hookline_registry.model import (
    AccountSettings,
    Definition,
    DefinitionSettings,
    ItemKind,
    Plan,
    Reading,
    WebhookSettings,
)
from hookline_registry.schema import webhook_use
from hookline_runtime.errors import AlreadyExists, ResourceExhausted

RULES, FORMS = Place(1, ItemKind.GLOBAL_RULE), Place(1, ItemKind.FORM)
HOOK = WebhookSettings("", 0, "https://example.com/", 2)


@pytest.fixture
async def hooked(database: Database) -> Database:
    """A database with an account that has webhooks 1 to 3."""
    await database.write(lambda transaction: accounts.create(transaction, AccountSettings("a", Plan.PRO)))
    for _ in range(3):
        await database.write(lambda transaction: webhooks.create(transaction, 1, HOOK, Reading(""), "whsec_x"))
    return database


def settings(name: str = "", number: int | None = None) -> DefinitionSettings:
    return DefinitionSettings(name, 0, {"a": 1}, {"a": 1, "more": 2}, number)


async def create(
    database: Database, place: Place, *fires: int, name: str = "", number: int | None = None
) -> Definition:
    return await database.write(
        lambda transaction: definitions.create(transaction, place, settings(name, number), fires)
    )


async def users(database: Database, webhook_id: int) -> list[str]:
    async with database.read() as connection:
        return [str(user) for user in await definitions.firing(connection, 1, webhook_id, 10)]


async def test_kinds_count_their_ids_apart(hooked: Database) -> None:
    made = [await create(hooked, place) for place in (RULES, FORMS, RULES)]
    assert [each.id for each in made] == [1, 1, 2]
    async with hooked.read() as connection:
        assert [each.id for each in await definitions.page(connection, RULES, Only(), 0, 10)] == [1, 2]
        assert await definitions.get(connection, FORMS, 1) == made[1]


async def test_which_webhooks_are_fired_follows_each_write(hooked: Database) -> None:
    rule = await create(hooked, RULES, 1, 2, 1, name="r")
    await create(hooked, FORMS, 2, name="f")
    assert await users(hooked, 2) == ['global rule 1 "r"', 'form 1 "f"']
    await hooked.write(lambda transaction: definitions.change(transaction, rule, rule.settings, [3]))
    assert (await users(hooked, 1), await users(hooked, 2)) == ([], ['form 1 "f"'])
    await hooked.write(lambda transaction: definitions.rename(transaction, rule, "new"))
    await hooked.write(lambda transaction: definitions.pause(transaction, rule, True))
    assert await users(hooked, 3) == ['global rule 1 "r"']
    await hooked.write(lambda transaction: definitions.remove(transaction, rule))
    async with hooked.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(webhook_use)) == 1


async def test_a_pause_changes_what_is_stored_and_what_is_told(hooked: Database) -> None:
    made = await create(hooked, RULES)
    paused = await hooked.write(lambda transaction: definitions.pause(transaction, made, True))
    assert paused.settings.body == {"a": 1, "paused": True}
    assert paused.settings.resolved == {"a": 1, "more": 2, "paused": True}
    assert await hooked.write(lambda transaction: definitions.pause(transaction, paused, True)) == paused
    resumed = await hooked.write(lambda transaction: definitions.pause(transaction, paused, False))
    assert (resumed.settings, resumed.revision) == (made.settings, paused.revision + 1)


@pytest.mark.parametrize(("taken", "free"), [([], 1), ([1, 2], 3), ([2], 1), ([1, 3], 2), ([2**31 - 1], 1)])
async def test_the_lowest_free_number(hooked: Database, taken: list[int], free: int) -> None:
    for number in taken:
        await create(hooked, FORMS, number=number)
    async with hooked.read() as connection:
        assert await definitions.lowest_free_number(connection, FORMS) == free
        await definitions.check_number(connection, FORMS, free)
        for number in taken:
            with pytest.raises(AlreadyExists):
                await definitions.check_number(connection, FORMS, number)


async def test_room_is_for_all_kinds_of_one_account(hooked: Database) -> None:
    for place in (RULES, FORMS):
        await create(hooked, place)
    async with hooked.read() as connection:
        await definitions.check_room(connection, 1, 3)
        await definitions.check_room(connection, 2, 1)
        with pytest.raises(ResourceExhausted):
            await definitions.check_room(connection, 1, 2)
