"""What Prometheus is told of the requests; their label is the route's template, never the path that was sent."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class HttpMetrics:
    """The series of the door."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._done = Counter(
            "hookline_http_requests_total",
            "Requests that were answered, by route, method and status.",
            ["route", "method", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "hookline_http_seconds",
            "How long requests took until the answer had gone out, streams left out.",
            ["route"],
            registry=registry,
            buckets=_BUCKETS,
        )
        self.in_flight = Gauge("hookline_http_requests_in_flight", "Requests under way.", registry=registry)

        self._by_labels: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def ended(self, route: str, method: str, status: int, seconds: float | None) -> None:
        """Counts a request; ``seconds`` is None for a stream."""
        labels = route, method, status
        series = self._by_labels.get(labels)
        if series is None:  # looked up once: labels are few
            series = self._done.labels(route, method, str(status)), self._seconds.labels(route)
            self._by_labels[labels] = series
        done, took = series
        done.inc()
        if seconds is not None:
            took.observe(seconds)
