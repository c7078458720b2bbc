"""Plugins of this process as the contract shows them, the same for every service that loads any."""

from __future__ import annotations

from collections.abc import Iterator

from hookline.registry.v1 import plugin_pb2 as pb

from hookline_runtime.access import KeyKind, current_principal
from hookline_runtime.plugins import BUILTIN, Plugin, PluginHost, UsedEncoder, UsedSource

UNTOLD = "something of it is not in use; an operator is told why"
"""What stands in place of a reason, which may hold paths and texts of the machine, for the keys of accounts."""

_MEMORY = {True: pb.PLUGIN_MEMORY_KEPT, False: pb.PLUGIN_MEMORY_NONE, None: pb.PLUGIN_MEMORY_UNSPECIFIED}


def shown_plugins(host: PluginHost) -> Iterator[pb.Plugin]:
    """Every plugin that was found, with what of it is in use and why more is not, as far as the caller may know."""
    told = current_principal().kind is KeyKind.OPERATOR
    problems: dict[str, list[str]] = {}
    for problem in host.problems:
        problems.setdefault(problem.plugin, []).append(problem.reason)
    for plugin in host.plugins:
        reasons = problems.get(plugin.name, [])
        yield _plugin(plugin, reasons if told or not reasons else [UNTOLD])


def _plugin(plugin: Plugin, problems: list[str]) -> pb.Plugin:
    return pb.Plugin(
        name=plugin.name,
        distribution=plugin.origin.distribution,
        version=plugin.origin.version,
        runs=_runs(plugin),
        encoders=map(_encoder, plugin.encoders),
        trigger_sources=map(_source, plugin.trigger_sources),
        problems=problems,
    )


def _runs(plugin: Plugin) -> pb.PluginRuns.ValueType:
    if plugin.name == BUILTIN:
        return pb.PLUGIN_RUNS_BUILT_IN
    return pb.PLUGIN_RUNS_APART if plugin.isolated else pb.PLUGIN_RUNS_TRUSTED


def _encoder(encoder: UsedEncoder) -> pb.PluginEncoder:
    return pb.PluginEncoder(name=encoder.name, media_types=encoder.media_types, webhooks=encoder.webhooks)


def _source(source: UsedSource) -> pb.PluginTriggerSource:
    return pb.PluginTriggerSource(kind=source.name, memory=_MEMORY[source.memory])
