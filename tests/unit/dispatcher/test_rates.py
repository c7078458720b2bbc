from __future__ import annotations

import pytest

from hookline_dispatcher.ingest import rates
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.ingest.rates import PublishRates, Rate
from hookline_runtime.errors import ResourceExhausted
from tests.unit.dispatcher.configs import event


def batch(number: int, account_id: int = 1) -> list[Publication]:
    return [Publication(event(account_id=account_id), b"") for _ in range(number)]


def refused(limited: PublishRates, now: float, account_id: int = 1, number: int = 1) -> float:
    with pytest.raises(ResourceExhausted) as caught:
        limited.take(batch(number, account_id), now)
    assert (caught.value.quota, caught.value.reason) == ("events published per second", "PUBLISH_RATE_EXCEEDED")
    return caught.value.retry_delay


def test_a_burst_is_taken_then_so_many_a_second() -> None:
    limited = PublishRates(Rate(10, 5))
    for _ in range(5):
        limited.take(batch(1), 100.0)
    assert refused(limited, 100.0) == pytest.approx(0.1)
    limited.take(batch(1), 100.1)
    refused(limited, 100.1)
    for _ in range(5):
        limited.take(batch(1), 200.0)
    refused(limited, 200.0)


def test_a_large_batch_is_taken_and_owed() -> None:
    limited = PublishRates(Rate(10, 5))
    limited.take(batch(105), 0.0)
    assert refused(limited, 0.0) == pytest.approx(10.0)
    refused(limited, 9.9)
    limited.take(batch(1), 10.01)


def test_an_account_takes_nothing_from_another() -> None:
    limited = PublishRates(Rate(1, 1))
    limited.take(batch(1), 0.0)
    limited.take(batch(1, 2), 0.0)
    with pytest.raises(ResourceExhausted):
        limited.take([*batch(1, 3), *batch(1, 2)], 0.0)
    limited.take(batch(1, 3), 0.0)  # what is refused counts for nobody


def test_without_a_rate_nothing_is_counted() -> None:
    limited = PublishRates(Rate())
    for _ in range(100):
        limited.take(batch(100), 0.0)
    assert not limited._full


def test_who_is_quiet_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_ACCOUNTS", 10)
    limited = PublishRates(Rate(1, 1))
    for account_id in range(1, 100):
        limited.take(batch(1, account_id), account_id * 10.0)
    assert len(limited._full) <= 11
