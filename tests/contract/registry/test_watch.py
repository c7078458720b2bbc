import asyncio
import copy

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import account_pb2, object_type_pb2, subscription_pb2
from hookline.registry.v1 import config_pb2 as pb

from hookline_registry import feed, subscriptions
from hookline_registry.database import Transaction
from hookline_registry.model import SubscriptionSettings
from hookline_registry.settings import Settings
from hookline_runtime.clock import ManualClock, now
from tests.contract.registry.conftest import BOTH
from tests.contract.registry.watching import Replica
from tests.contract.registry.world import World, open_world, refusal, subscribing

pytestmark = BOTH

ACCOUNT, KEY = pb.CONFIG_KIND_ACCOUNT, pb.CONFIG_KIND_KEY
OBJECT_TYPE, SUBSCRIPTION = pb.CONFIG_KIND_OBJECT_TYPE, pb.CONFIG_KIND_SUBSCRIPTION


async def delete_subscription(world: World, number: int) -> int:
    gone = await world.user.DeleteSubscription(subscription_pb2.DeleteSubscriptionRequest(id=number))
    return int(gone.config_revision)


async def compact(world: World) -> None:
    async def work(transaction: Transaction) -> None:
        await feed.compact(transaction, transaction.now + 1)

    await world.registry.database.write(work)


async def test_a_snapshot_names_everything(world: World) -> None:
    made = await world.user.CreateSubscription(subscribing())
    replica = Replica()
    await replica.catch_up(world)
    assert {place for place in replica.items if place[0] != OBJECT_TYPE} == {
        (ACCOUNT, 1, 1),
        (KEY, 0, 1),
        (KEY, 1, 1),
        (SUBSCRIPTION, 1, 1),
    }
    assert {place[2] for place in replica.items if place[0] == OBJECT_TYPE} == {0, 149, 150}
    item = replica.items[SUBSCRIPTION, 1, 1]
    assert item.subscription.subscription == made.subscription
    assert item.revision == made.config_revision == replica.checkpoint
    assert [secret.secret for secret in item.subscription.secrets] == [made.signing_secret]
    assert len(replica.items[KEY, 1, 1].key.secret_hash) == 32
    assert all(response.snapshot for response in replica.received[:-1])
    assert not replica.received[-1].items


async def test_a_snapshot_comes_in_batches_and_in_one_piece(world: World) -> None:
    large = "x" * 4096
    headers = [subscription_pb2.Header(name=f"h{number}", value=large) for number in range(40)]
    for _ in range(12):
        await world.user.CreateSubscription(subscribing(headers=headers))
    replica = Replica()
    await replica.catch_up(world)
    assert len([place for place in replica.items if place[0] == SUBSCRIPTION]) == 12
    assert len(replica.received) > 2
    assert max(response.ByteSize() for response in replica.received) < 4 << 20
    assert [bool(response.checkpoint) for response in replica.received].count(True) == 1


async def test_a_batch_holds_at_most_500_items(world: World) -> None:
    async def work(transaction: Transaction) -> None:
        settings = SubscriptionSettings("sub_tag", None, "https://example.com/", 1, "application/json")
        for _ in range(501):
            await subscriptions.create(transaction, 1, settings, "whsec_x")

    before = Replica()
    await before.catch_up(world)
    start = len(before.received)
    await world.registry.database.write(work)
    await before.catch_up(world)
    batches = [len(response.items) for response in before.received[start:]]
    assert batches == [500, 1, 0]


async def test_it_resumes_with_what_changed_since(world: World) -> None:
    for _ in range(3):
        await world.user.CreateSubscription(subscribing())
    replica = Replica()
    await replica.catch_up(world)
    await world.user.CreateSubscription(subscribing())
    gone = await delete_subscription(world, 2)
    told = len(replica.received)
    await replica.catch_up(world)
    assert [(item.id, item.deleted) for response in replica.received[told:] for item in response.items] == [
        (4, False),
        (2, True),
    ]
    assert not any(response.snapshot for response in replica.received[told:])
    assert {place[2] for place in replica.items if place[0] == SUBSCRIPTION} == {1, 3, 4}
    assert replica.checkpoint == gone


async def test_resuming_at_the_newest_revision_gives_a_checkpoint_at_once(world: World) -> None:
    replica = Replica()
    await replica.catch_up(world)
    told = len(replica.received)
    await replica.catch_up(world)
    assert [(len(response.items), response.snapshot) for response in replica.received[told:]] == [(0, False)]


async def test_changes_come_as_they_are_committed(world: World) -> None:
    call = world.service.Watch(pb.WatchRequest())
    replica = Replica()
    await replica.follow(call, world.registry.database.head.revision)
    made = await world.user.CreateSubscription(subscribing())
    await replica.follow(call, made.config_revision)
    given = subscription_pb2.Subscription(id=1, ordered=True)
    changed = await world.user.UpdateSubscription(
        subscription_pb2.UpdateSubscriptionRequest(subscription=given, update_mask=FieldMask(paths=["ordered"]))
    )
    await replica.follow(call, changed.config_revision)
    assert replica.items[SUBSCRIPTION, 1, 1].subscription.subscription == changed.subscription
    await replica.follow(call, await delete_subscription(world, 1))
    assert (SUBSCRIPTION, 1, 1) not in replica.items
    assert replica.snapshots == 1
    call.cancel()


async def test_a_second_registry_on_the_same_database_sees_changes(world: World, attentive: Settings) -> None:
    async with open_world(attentive, first=world.first) as second:
        call = second.service.Watch(pb.WatchRequest())
        replica = Replica()
        await replica.follow(call, 1)
        made = await world.user.CreateSubscription(subscribing())
        await replica.follow(call, made.config_revision)
        assert (SUBSCRIPTION, 1, 1) in replica.items
        call.cancel()


async def test_it_resumes_after_a_restart(settings: Settings) -> None:
    replica = Replica()
    async with open_world(settings) as world:
        await world.user.CreateSubscription(subscribing())
        await replica.catch_up(world)
        await delete_subscription(world, 1)
        first = world.first
    async with open_world(settings, first=first) as world:
        await world.user.CreateSubscription(subscribing())
        await replica.catch_up(world)
        assert replica.snapshots == 1
        assert [place[2] for place in replica.items if place[0] == SUBSCRIPTION] == [2]


async def test_behind_a_compacted_tombstone_it_starts_over(world: World) -> None:
    await world.user.CreateSubscription(subscribing())
    behind, ahead = Replica(), Replica()
    await behind.catch_up(world)
    await delete_subscription(world, 1)
    await ahead.catch_up(world)
    await compact(world)
    await behind.catch_up(world)
    assert behind.snapshots == 2
    assert (SUBSCRIPTION, 1, 1) not in behind.items
    await ahead.catch_up(world)
    assert ahead.snapshots == 1
    assert ahead.items == behind.items


async def test_tombstones_go_after_thirty_days(settings: Settings) -> None:
    replica, clock = Replica(), ManualClock(now())
    async with open_world(settings, clock) as world:
        await world.user.CreateSubscription(subscribing())
        await replica.catch_up(world)
        await delete_subscription(world, 1)
        first = world.first
    for days, snapshots in ((29, 1), (2, 2)):
        clock.time += days * 86_400 * 1_000_000
        behind = copy.deepcopy(replica)
        async with open_world(settings, clock, first) as world:
            await compacted(world, days == 2)
            await behind.catch_up(world)
        assert behind.snapshots == snapshots
        assert (SUBSCRIPTION, 1, 1) not in behind.items


async def compacted(world: World, something: bool) -> None:
    """Wait for the compaction that comes with a start, where it has something to do."""
    async with asyncio.timeout(20):
        while something and not (await feed.state(world.registry.database)).compacted:
            await asyncio.sleep(0)


async def test_a_revision_of_another_database_starts_over(world: World) -> None:
    replica = Replica()
    replica.checkpoint = 1_000_000
    await replica.catch_up(world)
    assert replica.snapshots == 1
    assert replica.checkpoint == world.registry.database.head.revision


async def test_deleting_an_account_tells_every_item_in_one_revision(world: World) -> None:
    account_id, other = await world.new_account()
    await other.CreateSubscription(subscribing())
    replica = Replica()
    await replica.catch_up(world)
    told = len(replica.received)
    gone = await world.operator.DeleteAccount(account_pb2.DeleteAccountRequest(account_id=account_id))
    await replica.catch_up(world)
    items = [item for response in replica.received[told:] for item in response.items]
    assert len(items) == 1 + 1 + 3 + 1
    assert {(item.account_id, item.deleted, item.revision) for item in items} == {
        (account_id, True, gone.config_revision)
    }
    assert not [place for place in replica.items if place[1] == account_id]


async def test_revoking_a_key_is_told(world: World) -> None:
    made = await world.user.CreateKey(account_pb2.CreateKeyRequest(name="k", scopes=[account_pb2.SCOPE_READ]))
    await world.user.RevokeKey(account_pb2.RevokeKeyRequest(id=made.key.id))
    replica = Replica()
    await replica.catch_up(world)
    assert replica.items[KEY, 1, made.key.id].key.key.HasField("revoke_time")


async def test_a_drain_ends_the_watch_with_unavailable(settings: Settings) -> None:
    async with open_world(settings) as world:
        call = world.service.Watch(pb.WatchRequest())
        replica = Replica()
        await replica.follow(call, 1)
        stopping = asyncio.create_task(world.registry.stop())
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await replica.follow(call, 1_000_000)
        assert ended.value.code() is grpc.StatusCode.UNAVAILABLE
        await stopping


async def test_the_feed_is_for_services_only(world: World) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await world.user.Watch(pb.WatchRequest()).read()
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_refused_write_leaves_no_trace_in_the_feed(world: World) -> None:
    before = world.registry.database.head.revision
    await refusal(
        world.user.CreateObjectType(
            object_type_pb2.CreateObjectTypeRequest(object_type=object_type_pb2.ObjectType(name="contact"))
        )
    )
    await world.registry.database.poll()
    assert world.registry.database.head.revision == before
