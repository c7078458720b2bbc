"""Merging the metrics of several services into one page. Pure.

Families of the same name stand under one HELP and TYPE; every sample gets the label `service`. A sample that has that
label already keeps it as `exported_service`.
"""

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector, CollectorRegistry

_LABEL = "service"


def merged(pages: Mapping[str, str | None], restarts: Mapping[str, int]) -> bytes:
    """One page in the text format from each service's own; None stands for a service that does not answer."""
    families: dict[str, Metric] = {}
    up = Metric("hookline_service_up", "1 when the service shows its metrics, else 0.", "gauge")
    again = Metric("hookline_service_restarts", "How often the service was started again.", "counter")
    for service, page in pages.items():
        own = _families(page)
        up.add_sample(up.name, {_LABEL: service}, 0.0 if own is None else 1.0)
        again.add_sample(f"{again.name}_total", {_LABEL: service}, float(restarts.get(service, 0)))
        for family in own or ():
            _merge(families, family, service)
    return _page([up, again, *families.values()])


def _families(page: str | None) -> Sequence[Metric] | None:
    """The families of a page; None for one that is not there or is no metrics page."""
    if page is None:
        return None
    try:
        return list(text_string_to_metric_families(page))
    except ValueError:
        return None


def _merge(families: dict[str, Metric], family: Metric, service: str) -> None:
    into = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
    if into.type != family.type:
        # Two services that disagree about a type cannot share a family; the first one keeps the name.
        return
    for sample in family.samples:
        labels = dict(sample.labels)
        if _LABEL in labels:
            labels[f"exported_{_LABEL}"] = labels.pop(_LABEL)
        into.add_sample(sample.name, {_LABEL: service, **labels}, sample.value)


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _page(families: Iterable[Metric]) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Families(families))
    return generate_latest(registry)
