"""What is counted and measured of deliveries. Every label has a fixed set of values; docs/metrics.md explains each.

Deliveries and attempts are counted once they are committed, group by group, so that a metric never runs ahead of the
log. Observers may call from any thread.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from .core.instants import SECOND
from .core.retry import Dead, Delivered, Outcome, RetryAt, TargetGone
from .store.model import AttemptRecord, IntakeStatus, QueueFigures, Settlement
from .store.routing import RouteFigures

_LATENCY = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_TO_DELIVERED = (*_LATENCY, 300.0, 1800.0, 3600.0, 21600.0, 86400.0)
_COMMIT = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)

_DELIVERY_OUTCOMES = ("delivered", "dead", "cancelled", "retried")
_STATUS_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx", "other_status")
_CLASSES = {
    Outcome.TIMEOUT: "timeout",
    Outcome.NAME_NOT_RESOLVED: "dns",
    Outcome.ADDRESS_REFUSED: "refused",
    Outcome.NOT_CONNECTED: "connect",
    Outcome.TLS_FAILED: "tls",
    Outcome.PROTOCOL_ERROR: "protocol",
    Outcome.TOO_LARGE: "too_large",
    Outcome.NOT_RENDERED: "not_rendered",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_AUTHORIZED: "not_authorized",
}
_FOLLOWS = {Delivered: "delivered", RetryAt: "retried", Dead: "dead", TargetGone: "dead"}
MISSING = "missing"
"""The label of triggers whose kind no plugin here knows."""

_LANES = ("ready", "waiting", "half_open", "paused", "off")


def attempt_class(record: AttemptRecord) -> str:
    """The class that an attempt is counted in: of its status code, or why there is none."""
    if record.outcome in _CLASSES:
        return _CLASSES[record.outcome]
    return f"{record.status_code // 100}xx" if 100 <= record.status_code < 600 else "other_status"


class Metrics:
    """The series of one dispatcher, in ``registry``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._events = self._counter("hookline_events_ingested", "Events by what became of them.", "result")
        self._deliveries = self._counter("hookline_deliveries", "What followed for deliveries.", "outcome")
        self._attempts = self._counter("hookline_attempts", "Attempts by status class or failure.", "class")
        self._given_back = Counter(
            "hookline_claims_given_back", "Claims that were given back unsent.", registry=registry
        )
        self._latency = self._histogram("hookline_attempt_seconds", "From connect to the last byte read.", _LATENCY)
        self._to_delivered = self._histogram(
            "hookline_publish_to_delivered_seconds",
            "From the commit of a delivery to that of its success.",
            _TO_DELIVERED,
        )
        self._commit_seconds = self._histogram("hookline_store_commit_seconds", "How long commits took.", _COMMIT)
        self._commit_rows = self._histogram("hookline_store_commit_rows", "How much shared a commit.", _ROWS)
        self._lanes = Gauge("hookline_lanes", "Lanes by state.", ["state"], registry=registry)
        self._depth = Gauge("hookline_queue_depth", "Deliveries that wait.", registry=registry)
        self._oldest = Gauge("hookline_queue_oldest_age_seconds", "Age of the oldest that waits.", registry=registry)
        self._in_flight = Gauge("hookline_in_flight", "Claims held by this dispatcher.", registry=registry)
        self._routes_waiting = self._gauge("hookline_routes_waiting", "What triggers with memory are to be told.")
        self._routes_oldest = self._gauge("hookline_routes_oldest_age_seconds", "Age of the oldest of that.")
        self._routes_aside = self._gauge("hookline_routes_set_aside", "What failed too often and was set aside.")
        self._timers = self._gauge("hookline_timers_waiting", "Timers of triggers with memory, held ones included.")
        self._triggers = self._counter(
            "hookline_trigger_failures", "Triggers that could not be compiled or failed on an event.", "source"
        )
        self._staleness = Gauge(
            "hookline_config_staleness_seconds",
            "Since the registry last confirmed the configuration.",
            registry=registry,
        )
        self._begin()

    def trigger_failed(self, source: str | None) -> None:
        """Counts a failure of a trigger; ``source`` is one that a plugin brought, None where no plugin knows it."""
        self._triggers.labels(source or MISSING).inc()

    def trigger_sources(self, sources: Iterable[str]) -> None:
        """Shows the series of these sources from the start."""
        for source in (*sources, MISSING):
            self._triggers.labels(source)

    def ingested(self, status: IntakeStatus, number: int) -> None:
        """Counts events whose batch was committed."""
        self._events.labels(status.value).inc(number)

    def settled(self, settlements: Sequence[Settlement], now: int) -> None:
        """Counts what was settled by one commit."""
        follows: Tally[str] = Tally()
        classes: Tally[str] = Tally()
        for each in settlements:
            if each.record is not None:
                classes[attempt_class(each.record)] += 1
                if each.record.method:
                    self._latency.observe(each.record.latency / SECOND)
            if each.decision is None:
                self._given_back.inc()
                continue
            follows[_FOLLOWS[type(each.decision)]] += 1
            if isinstance(each.decision, Delivered):
                self._to_delivered.observe(max(0, now - each.claim.create_time) / SECOND)
        _add(self._deliveries, follows)
        _add(self._attempts, classes)

    def lost(self, number: int) -> None:
        """Counts attempts that the start closed as unknown."""
        self._attempts.labels(_CLASSES[Outcome.UNKNOWN]).inc(number)

    def committed(self, seconds: float, rows: int, called_off: int) -> None:
        """Measures a commit of the store; ``called_off`` deliveries were settled by it without an attempt."""
        self._commit_seconds.observe(seconds)
        self._commit_rows.observe(rows)
        if called_off:
            self._deliveries.labels("cancelled").inc(called_off)

    def read(self, in_flight: Callable[[], int], staleness: Callable[[], int]) -> None:
        """Takes these from where they are whenever the metrics are asked for; ``staleness`` in microseconds."""
        self._in_flight.set_function(in_flight)
        self._staleness.set_function(lambda: staleness() / SECOND)

    def queue(self, figures: QueueFigures, now: int) -> None:
        """Takes in the state of the queue."""
        for state in _LANES:
            self._lanes.labels(state).set(figures.lanes.get(state, 0))
        self._depth.set(figures.waiting)
        self._oldest.set(max(0, now - figures.oldest_time) / SECOND if figures.oldest_time else 0)

    def routes(self, figures: RouteFigures, now: int) -> None:
        """Takes in how much waits for triggers with memory."""
        self._routes_waiting.set(figures.waiting)
        self._routes_oldest.set(max(0, now - figures.oldest_time) / SECOND if figures.oldest_time else 0)
        self._routes_aside.set(figures.set_aside)
        self._timers.set(figures.timers)

    def _begin(self) -> None:
        """Shows every series from the start, at nought: a rate over a series that appears later misses its first."""
        for status in IntakeStatus:
            self._events.labels(status.value)
        for outcome in _DELIVERY_OUTCOMES:
            self._deliveries.labels(outcome)
        for class_ in (*_STATUS_CLASSES, *_CLASSES.values()):
            self._attempts.labels(class_)
        for state in _LANES:
            self._lanes.labels(state)

    def _counter(self, name: str, text: str, label: str) -> Counter:
        return Counter(name, text, [label], registry=self._registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self._registry)

    def _histogram(self, name: str, text: str, buckets: Iterable[float]) -> Histogram:
        return Histogram(name, text, registry=self._registry, buckets=tuple(buckets))


def _add(counter: Counter, tally: Tally[str]) -> None:
    for label, number in tally.items():
        counter.labels(label).inc(number)
