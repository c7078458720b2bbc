"""PluginService tells what the registry loaded to everybody with a key that may read."""

import grpc
from hookline.registry.v1 import account_pb2
from hookline.registry.v1 import plugin_pb2 as pb

from tests.contract.registry.world import Caller, World, refusal


async def plugins_of(caller: Caller) -> list[pb.Plugin]:
    return list((await caller.ListPlugins(pb.ListPluginsRequest())).plugins)


async def test_built_in_plugins_come_first_with_all_that_they_bring(world: World) -> None:
    for caller in (world.user, world.operator):
        first = (await plugins_of(caller))[0]
        assert (first.name, first.distribution, first.runs) == ("builtin", "hookline-builtin", pb.PLUGIN_RUNS_BUILT_IN)
        assert first.version
        assert not first.problems
        encoders = {each.name: each for each in first.encoders}
        assert "application/json" in encoders["json"].media_types
        assert encoders["json"].webhooks
        assert {each.kind for each in first.trigger_sources} >= {"global_rule", "form_rule", "campaign"}
        memory = {each.kind: each.memory for each in first.trigger_sources}
        assert memory["campaign"] == pb.PLUGIN_MEMORY_KEPT


async def test_who_may_only_publish_is_told_nothing(world: World) -> None:
    caller = await world.new_caller(1, account_pb2.SCOPE_PUBLISH)
    assert (await refusal(plugins_of(caller))).code is grpc.StatusCode.PERMISSION_DENIED
