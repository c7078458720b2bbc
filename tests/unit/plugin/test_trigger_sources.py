"""Trigger sources: what one must be, and how the host takes them over from plugins."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

import hookline_builtin
from hookline_plugin import (
    Compiled,
    Decision,
    Flaw,
    Happening,
    Interest,
    Payload,
    Resolving,
    TriggerSource,
    World,
    Written,
    hookimpl,
    source_flaw,
)
from hookline_runtime.plugins import PluginHost, Problem


@dataclass(frozen=True)
class Never:
    """Fires nothing."""

    interests: tuple[Interest, ...] = ()

    def decide(self, happening: Happening) -> Decision:
        return Decision(why_not=f"{happening.type} is not for me")


@dataclass(frozen=True)
class Source:
    name: Any = "never"

    def check(self, definition: Payload, world: World) -> Iterable[Flaw]:
        return ()

    def webhooks(self, definition: Payload) -> Iterable[int]:
        return ()

    def compile(self, definition: Payload) -> Compiled:
        return Never()


def plugin(sources: Any, encoders: Any = ()) -> object:
    """Give a plugin whose hooks give the answers, or raise them."""

    def register_trigger_sources() -> Any:
        if isinstance(sources, BaseException):
            raise sources
        return sources

    def register_encoders() -> Any:
        if isinstance(encoders, BaseException):
            raise encoders
        return encoders

    return SimpleNamespace(
        register_trigger_sources=hookimpl(register_trigger_sources), register_encoders=hookimpl(register_encoders)
    )


class Raising(Source):
    def __getattribute__(self, name: str) -> Any:
        if name == "name":
            raise RuntimeError("hunter2" * 100)
        return super().__getattribute__(name)


@pytest.mark.parametrize("name", ["never", "global_rule", "acme.score-2"])
def test_a_source_without_flaw(name: str) -> None:
    assert source_flaw(Source(name)) is None
    assert not isinstance(Source(name), (Resolving, Written))


@pytest.mark.parametrize("name", ["", "Never", "2nd", "a b", "a__b", "a-", "naïve", None, 7])
def test_a_malformed_name_is_a_flaw(name: Any) -> None:
    assert "name must be lower-case letters" in (source_flaw(Source(name)) or "")


def test_no_source_may_be_called_as_subscriptions_are() -> None:
    assert "is taken" in (source_flaw(Source("subscription")) or "")


@pytest.mark.parametrize("candidate", [None, "global_rule", object(), SimpleNamespace(name="x", check=len)])
def test_what_lacks_a_member_is_no_source(candidate: object) -> None:
    assert "is not a trigger source" in (source_flaw(candidate) or "")


def test_the_built_in_sources_come_through_the_same_door() -> None:
    host = PluginHost.load()
    assert {"global_rule", "form_rule"} <= {source.name for source in host.trigger_sources}
    assert all(isinstance(source, TriggerSource) for source in host.trigger_sources)
    rules: object = host.trigger_source("global_rule")
    assert isinstance(rules, Resolving)
    assert issubclass(type(rules), Written)
    assert host.problems == ()


@pytest.mark.parametrize("name", ["", "Global_Rule", "global_rule ", "score"])
def test_a_source_is_found_by_exactly_its_name(name: str) -> None:
    assert PluginHost({"builtin": hookline_builtin}).trigger_source(name) is None


def test_sources_of_plugins_are_added() -> None:
    source = Source("score")
    host = PluginHost({"acme": plugin([source]), "builtin": hookline_builtin})
    assert host.trigger_source("score") is source
    assert host.trigger_sources[-1] is source
    assert host.problems == ()


@pytest.mark.parametrize(
    "bad, reason",
    [
        (plugin(None), "register_trigger_sources gave nothing"),
        (plugin(Source()), "register_trigger_sources gave Source, not a list or tuple"),
        (plugin([object()]), "object is not a trigger source"),
        (plugin([Source("A")]), "name must be lower-case"),
        (plugin([Source("global_rule")]), "there is a trigger source named global_rule already"),
        (plugin(RuntimeError("no")), "cannot be used: RuntimeError: no"),
        (plugin(SystemExit(3)), "cannot be used: SystemExit: 3"),
        (plugin([Raising()]), "cannot be used: RuntimeError: hunter2"),
    ],
)
def test_one_bad_plugin_never_stops_the_others(bad: object, reason: str) -> None:
    host = PluginHost({"builtin": hookline_builtin, "bad": bad, "good": plugin([Source("good")])})
    assert [problem.plugin for problem in host.problems] == ["bad"]
    assert reason in host.problems[0].reason
    assert len(host.problems[0].reason) < 400
    assert host.trigger_source("good") is not None
    assert host.trigger_source("global_rule") is not None
    assert isinstance(host.trigger_source("global_rule"), type(PluginHost.load().trigger_source("global_rule")))


def test_a_flaw_costs_one_source_and_the_others_of_the_plugin_stay() -> None:
    host = PluginHost({"acme": plugin([Source("one"), object(), Source("one"), Source("two")])})
    assert [source.name for source in host.trigger_sources] == ["one", "two"]
    assert len(host.problems) == 2


def test_a_hook_that_raises_does_not_cost_the_plugins_other_hook() -> None:
    host = PluginHost({"acme": plugin([Source("one")], RuntimeError("no"))})
    assert host.trigger_source("one") is not None
    assert host.problems == (Problem("acme", "cannot be used: RuntimeError: no"),)
