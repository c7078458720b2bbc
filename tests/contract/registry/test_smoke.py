from hookline.registry.v1 import account_pb2, config_pb2

from tests.contract.registry.world import World, subscribing


async def test_it_works(world: World) -> None:
    account_id, other = await world.new_account()
    assert account_id == 2
    made = await world.user.CreateSubscription(subscribing("sub_tag(4)"))
    assert made.subscription.id == 1
    assert made.signing_secret.startswith("whsec_")
    watch = world.service.Watch(config_pb2.WatchRequest())
    kinds = []
    async for response in watch:
        kinds += [item.kind for item in response.items]
        if response.checkpoint:
            break
    watch.cancel()
    assert len(kinds) == 2 + 3 + 6 + 1
    await other.GetAccount(account_pb2.GetAccountRequest())
