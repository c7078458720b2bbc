import io

import pytest
from hookline.dispatcher.v1 import delivery_pb2
from rich.console import Console

from hookline_cli.demo.live import WIDE, live_table, summary
from hookline_cli.demo.plan import PLAN
from hookline_cli.demo.tally import Row, Tally, percentile, unseen

SUBSCRIPTION = delivery_pb2.TARGET_KIND_SUBSCRIPTION


def delivery(
    number: int, state: delivery_pb2.DeliveryState.ValueType, seconds: float = 0.01, attempts: int = 1
) -> delivery_pb2.Delivery:
    made = delivery_pb2.Delivery(
        id=number, target=delivery_pb2.TargetRef(kind=SUBSCRIPTION, id=1), state=state, attempts=attempts
    )
    made.create_time.FromMilliseconds(1_000_000)
    made.settle_time.FromMilliseconds(1_000_000 + round(seconds * 1000))
    return made


def attempt(number: int, start: float = 0.0) -> delivery_pb2.Attempt:
    made = delivery_pb2.Attempt(number=number)
    made.start_time.FromMilliseconds(1_000_000 + round(start * 1000))
    return made


def test_counts_each_outcome_once() -> None:
    tally = Tally({1: Row("a", throttled_target=True)})
    done, waiting = delivery_pb2.DELIVERY_STATE_DELIVERED, delivery_pb2.DELIVERY_STATE_WAITING
    tally.add(delivery(1, done), attempt(1))
    tally.add(delivery(1, done), attempt(1))
    tally.add(delivery(2, waiting), attempt(1))
    tally.add(delivery(2, done, 5.0, attempts=2), attempt(2, 4.9))
    tally.add(delivery(3, done, 0.6), attempt(1, 0.5))
    tally.add(delivery(4, delivery_pb2.DELIVERY_STATE_DEAD), attempt(1))
    tally.add(delivery(5, delivery_pb2.DELIVERY_STATE_CANCELLED), None)
    other = delivery(6, done)
    other.target.id = 9
    tally.add(other, attempt(1))
    document = summary(tally, 5, 5)
    assert tally.settled == 5
    assert document["delivered"] == 3
    assert document["retried"] == document["throttled"] == document["dead"] == document["cancelled"] == 1
    assert document["p50_ms"] == document["p99_ms"] == 10.0
    assert document["p99_ms_with_retries_and_throttle"] == 5000.0
    assert [each.id for each in unseen([delivery(1, done), delivery(7, done), other], tally)] == [7]


@pytest.mark.parametrize(
    ("times", "share", "expected"),
    [([], 0.5, None), ([3.0], 0.5, 3.0), ([3.0], 0.99, 3.0), ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0)],
)
def test_percentiles(times: list[float], share: float, expected: float | None) -> None:
    assert percentile(times, share) == expected


def test_percentile_of_a_hundred() -> None:
    assert percentile([float(number) for number in range(1, 101)], 0.99) == 99.0


@pytest.mark.parametrize(
    ("width", "shown_columns"),
    [
        (38, ("delivered", "waiting")),
        (60, ("delivered", "throttled", "waiting")),
        (80, ("delivered", "throttled", "waiting", "27,357 ms")),
        (WIDE, ("delivered", "throttled", "waiting", "27,357 ms", "sub_tag(4)", "transaction_created_with_product")),
        (300, ("delivered", "throttled", "waiting", "27,357 ms", "sub_tag(4)", "transaction_created_with_product")),
    ],
)
def test_the_live_table_keeps_each_subscription_on_one_line(width: int, shown_columns: tuple[str, ...]) -> None:
    rows = {number: Row(planned.name) for number, planned in enumerate(PLAN, 1)}
    rows[1].times = [12.345, 27.357]
    written = io.StringIO()
    Console(width=width, file=written).print(live_table(Tally(rows), {}, 273, width))
    lines = written.getvalue().splitlines()
    named = [line.strip() for line in lines if any(line.strip().startswith(planned.name) for planned in PLAN)]
    assert len(named) == len(PLAN)
    assert max(map(len, lines)) <= width
    for name in ("delivered", "throttled", "waiting", "27,357 ms", "sub_tag(4)", "transaction_created_with_product"):
        assert (name in written.getvalue().replace("deliveries delivered", "")) == (name in shown_columns)
