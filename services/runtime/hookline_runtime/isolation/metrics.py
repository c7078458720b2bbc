"""What is counted of plugins that run apart, read from where it is whenever the metrics are asked for."""

from collections.abc import Iterable, Sequence

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

from hookline_runtime.isolation.apart import Apart


class PluginCollector(Collector):
    """The series of plugins that run apart; their names are those of the entry points of the installation."""

    def __init__(self, aparts: Sequence[Apart], registry: CollectorRegistry) -> None:
        self._aparts = aparts
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """Give the series of now."""
        calls = CounterMetricFamily(
            "hookline_plugin_calls", "Calls of plugins that run apart.", labels=["plugin", "result"]
        )
        kills = CounterMetricFamily("hookline_plugin_kills", "Processes that hung or ended.", labels=["plugin"])
        restarts = CounterMetricFamily("hookline_plugin_restarts", "Processes started anew.", labels=["plugin"])
        up = GaugeMetricFamily("hookline_plugin_up", "Whether it can be asked.", labels=["plugin"])
        for each in self._aparts:
            counts = each.counts
            for result in ("answered", "raised", "stopped", "away"):
                calls.add_metric([each.name, result], getattr(counts, result))
            kills.add_metric([each.name], counts.kills)
            restarts.add_metric([each.name], counts.restarts)
            up.add_metric([each.name], int(each.up))
        return calls, kills, restarts, up
