"""DispatcherPluginService tells what the dispatcher loaded, and operators why not all of it is in use."""

from __future__ import annotations

from pathlib import Path

from hookline.dispatcher.v1 import plugin_service_pb2 as pb
from hookline.registry.v1 import plugin_pb2

from hookline_runtime.access import KeyKind
from hookline_runtime.plugins_shown import UNTOLD
from tests.contract.dispatcher.fed import running
from tests.contract.dispatcher.receiver import until
from tests.contract.dispatcher.suite import Caller
from tests.unit.dispatcher.configs import api_key
from tests.unit.dispatcher.registry_stub import changes, key_item
from tests.unit.dispatcher.toy_source import ToySource


async def plugins_of(caller: Caller) -> dict[str, plugin_pb2.Plugin]:
    return {each.name: each for each in (await caller.ListPlugins(pb.ListPluginsRequest())).plugins}


async def test_what_is_in_use_and_what_is_not(tmp_path: Path) -> None:
    async with running(tmp_path, ToySource("global_rule")) as fed:
        shown = await plugins_of(fed.user)
        assert list(shown) == ["builtin", "toy"]
        assert shown["builtin"].runs == plugin_pb2.PLUGIN_RUNS_BUILT_IN
        assert "json" in {each.name for each in shown["builtin"].encoders}
        toy = shown["toy"]
        assert toy.runs == plugin_pb2.PLUGIN_RUNS_TRUSTED
        assert [each.kind for each in toy.trigger_sources] == ["global_rule", "form_rule", "score"]
        assert list(toy.problems) == [UNTOLD]
        fed.registry.say(changes(key_item(api_key("op", 0, kind=KeyKind.OPERATOR), 3, 90), checkpoint=90))
        await until(lambda: fed.dispatcher.known_revision >= 90)
        operator = Caller(fed.channel, ("api-appid", "op"), ("api-key", "secret-op"))
        told = (await plugins_of(operator))["toy"]
        assert list(told.problems) == ["there is a trigger source named global_rule already"]
