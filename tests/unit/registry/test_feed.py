import pytest
from hookline.registry.v1 import config_pb2

from hookline_registry import accounts, feed, subscriptions
from hookline_registry.database import Database, Transaction
from hookline_registry.feed import State
from hookline_registry.model import Account, AccountSettings, Plan, Subscription, SubscriptionSettings
from hookline_runtime.clock import ManualClock

SETTINGS = SubscriptionSettings("sub_tag", 4, "https://example.com/", 1, "application/json")


@pytest.fixture
async def account(database: Database) -> Account:
    return await database.write(lambda transaction: accounts.create(transaction, AccountSettings("a", Plan.PRO)))


async def subscribe(database: Database) -> Subscription:
    return await database.write(lambda transaction: subscriptions.create(transaction, 1, SETTINGS, "whsec_x"))


async def told(database: Database, after: int) -> list[config_pb2.ConfigItem]:
    head = (await feed.state(database)).head
    batches = [batch async for batch in feed.changes(database, after, head)]
    return [config_pb2.ConfigItem.FromString(item) for batch in batches for item in batch]


@pytest.mark.parametrize(
    ("revision", "resumes"), [(0, False), (4, False), (5, True), (7, True), (10, True), (11, False)]
)
def test_from_where_one_may_go_on(revision: int, resumes: bool) -> None:
    assert State(head=10, compacted=5).resumes(revision) is resumes


async def test_only_the_last_write_of_a_thing_is_told(database: Database, account: Account) -> None:
    made = await subscribe(database)
    await database.write(lambda transaction: subscriptions.change(transaction, made))
    last = await database.write(lambda transaction: subscriptions.change(transaction, made))
    assert [(item.id, item.revision) for item in await told(database, account.revision)] == [(1, last.revision)]


async def test_compaction_drops_old_tombstones_only(database: Database, account: Account, clock: ManualClock) -> None:
    first, second, _kept = [await subscribe(database) for _ in range(3)]

    async def compact(transaction: Transaction) -> int:
        return await feed.compact(transaction, transaction.now - 100)

    await database.write(lambda transaction: subscriptions.remove(transaction, first))
    dropped = database.head.revision
    clock.time += 101
    await database.write(lambda transaction: subscriptions.remove(transaction, second))
    assert await database.write(compact) == 1
    assert (await feed.state(database)).compacted == dropped
    assert await database.write(compact) == 0
    assert [(item.id, item.deleted) for item in await told(database, account.revision)] == [(3, False), (2, True)]


async def test_a_snapshot_holds_what_lives(database: Database, account: Account) -> None:
    first, _second = [await subscribe(database) for _ in range(2)]
    await database.write(lambda transaction: subscriptions.remove(transaction, first))
    batches = [batch async for batch in feed.snapshot(database)]
    items = [config_pb2.ConfigItem.FromString(item) for batch in batches for item in batch]
    assert [(item.kind, item.id) for item in items] == [(1, 1), (3, 0), (3, 149), (3, 150), (4, 2)]
