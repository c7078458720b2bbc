import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.retry import Dead, Decision, Delivered, Outcome, RetryAt, TargetGone
from hookline_dispatcher.metrics import Metrics, attempt_class
from hookline_dispatcher.store.model import AttemptRecord, IntakeStatus, QueueFigures, Settlement
from hookline_runtime.isolation.metrics import PluginCollector
from hookline_runtime.rpc_metrics import RpcMetrics

from .samples import NOW, claim

DOCS = Path(__file__).parents[3] / "docs" / "metrics.md"


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    return Metrics(registry)


def record(outcome: Outcome, status_code: int = 0, method: str = "POST") -> AttemptRecord:
    return AttemptRecord(outcome, NOW, latency=SECOND // 2, status_code=status_code, method=method)


def settlement(decision: Decision | None, made: AttemptRecord | None) -> Settlement:
    return Settlement(claim(), decision, made)


@pytest.mark.parametrize(
    "made, class_",
    [
        (record(Outcome.DELIVERED, 204), "2xx"),
        (record(Outcome.REJECTED, 302), "3xx"),
        (record(Outcome.REJECTED, 404), "4xx"),
        (record(Outcome.REJECTED, 503), "5xx"),
        (record(Outcome.REJECTED, 999), "other_status"),
        (record(Outcome.TIMEOUT), "timeout"),
        (record(Outcome.NAME_NOT_RESOLVED), "dns"),
        (record(Outcome.ADDRESS_REFUSED), "refused"),
        (record(Outcome.NOT_CONNECTED), "connect"),
        (record(Outcome.TLS_FAILED), "tls"),
        (record(Outcome.PROTOCOL_ERROR), "protocol"),
        (record(Outcome.TOO_LARGE), "too_large"),
        (record(Outcome.NOT_RENDERED), "not_rendered"),
        (record(Outcome.UNKNOWN), "unknown"),
    ],
)
def test_every_attempt_has_a_class_that_was_there_from_the_start(
    registry: CollectorRegistry, metrics: Metrics, made: AttemptRecord, class_: str
) -> None:
    assert attempt_class(made) == class_
    assert registry.get_sample_value("hookline_attempts_total", {"class": class_}) == 0


def test_every_outcome_has_a_class() -> None:
    assert all(attempt_class(record(outcome, 200)) for outcome in Outcome)


def test_counts_what_was_settled(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.settled(
        [
            settlement(Delivered(), record(Outcome.DELIVERED, 200)),
            settlement(RetryAt(NOW, "x"), record(Outcome.REJECTED, 500)),
            settlement(Dead("x"), record(Outcome.NOT_RENDERED, method="")),
            settlement(TargetGone("x"), record(Outcome.REJECTED, 410)),
            settlement(None, None),
        ],
        NOW + SECOND,
    )
    value = registry.get_sample_value
    found = {
        each: value("hookline_deliveries_total", {"outcome": each})
        for each in ("delivered", "dead", "cancelled", "retried")
    }
    assert found == {"delivered": 1, "dead": 2, "cancelled": 0, "retried": 1}
    assert value("hookline_attempts_total", {"class": "2xx"}) == 1
    assert value("hookline_claims_given_back_total") == 1
    assert value("hookline_attempt_seconds_count") == 3
    assert value("hookline_attempt_seconds_sum") == pytest.approx(1.5)
    assert value("hookline_publish_to_delivered_seconds_sum") == pytest.approx(2.0)


def test_shows_the_queue(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.queue(QueueFigures(12, NOW - 3 * SECOND, {"ready": 2, "off": 1}), NOW)
    value = registry.get_sample_value
    assert value("hookline_queue_depth") == 12
    assert value("hookline_queue_oldest_age_seconds") == 3
    assert [value("hookline_lanes", {"state": each}) for each in ("ready", "waiting", "off")] == [2, 0, 1]
    metrics.queue(QueueFigures(0, 0, {}), NOW)
    assert value("hookline_queue_oldest_age_seconds") == 0


def test_what_is_held_is_read_when_it_is_asked_for(registry: CollectorRegistry, metrics: Metrics) -> None:
    held = [5, 7 * SECOND]
    metrics.read(lambda: held[0], lambda: held[1])
    names = ("hookline_in_flight", "hookline_config_staleness_seconds")
    assert [registry.get_sample_value(name) for name in names] == [5, 7]
    held[:] = 6, 8 * SECOND
    assert [registry.get_sample_value(name) for name in names] == [6, 8]


def test_counts_what_a_start_closed_as_unknown(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.lost(3)
    assert registry.get_sample_value("hookline_attempts_total", {"class": "unknown"}) == 3


def test_counts_events_and_commits(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.ingested(IntakeStatus.DUPLICATE, 3)
    metrics.committed(0.002, 100, 4)
    value = registry.get_sample_value
    assert value("hookline_events_ingested_total", {"result": "duplicate"}) == 3
    assert value("hookline_deliveries_total", {"outcome": "cancelled"}) == 4
    assert value("hookline_store_commit_rows_sum") == 100
    assert value("hookline_store_commit_seconds_count") == 1


def test_the_docs_name_every_series_and_no_other(registry: CollectorRegistry, metrics: Metrics) -> None:
    RpcMetrics(registry)
    PluginCollector([], registry)
    there = {
        f"{each.name}_total" if each.type == "counter" else each.name
        for each in registry.collect()
        if each.name.startswith("hookline_")
    }
    page = DOCS.read_text().partition("\n## Gateway\n")[0]  # whose series have a test of their own
    documented = set(re.findall(r"^\| `(hookline_\w+)` \|", page, re.MULTILINE))
    assert documented == there


def test_trigger_failures_are_counted_by_sources_that_are_there_from_the_start(
    registry: CollectorRegistry, metrics: Metrics
) -> None:
    metrics.trigger_sources(["global_rule"])

    def counted(source: str) -> float | None:
        return registry.get_sample_value("hookline_trigger_failures_total", {"source": source})

    assert (counted("global_rule"), counted("missing")) == (0, 0)
    metrics.trigger_failed("global_rule")
    metrics.trigger_failed(None)
    assert (counted("global_rule"), counted("missing")) == (1, 1)
