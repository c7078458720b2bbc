import io

import pytest
from hookline.dispatcher.v1 import delivery_pb2
from rich.console import Console

from hookline_cli.demo.firing import WEBHOOKS, PlannedWebhook
from hookline_cli.demo.live import WIDE, live_table, summary
from hookline_cli.demo.plan import PLAN, SUBSCRIPTIONS, Planned
from hookline_cli.demo.tally import Key, Row, Tally, key_of, percentile, unseen

SUBSCRIPTION, WEBHOOK = delivery_pb2.TARGET_KIND_SUBSCRIPTION, delivery_pb2.TARGET_KIND_WEBHOOK

PLANNED: tuple[Planned | PlannedWebhook, ...] = (*PLAN, *WEBHOOKS)


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
    tally = Tally({(SUBSCRIPTION, 1): Row("a", throttled_target=True)})
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


def test_a_webhook_and_a_subscription_of_the_same_id_are_two() -> None:
    rows: dict[Key, Row] = {
        (SUBSCRIPTION, 1): Row("a", source=SUBSCRIPTIONS, fired_by="sub_tag"),
        (WEBHOOK, 1): Row("b", source="form f", fired_by="form f, always"),
        (WEBHOOK, 2): Row("c", source="form f", fired_by="form f, failed payment"),
    }
    tally = Tally(rows)
    done = [delivery(number, delivery_pb2.DELIVERY_STATE_DELIVERED) for number in range(1, 5)]
    for each, kind, id_ in zip(done, (SUBSCRIPTION, WEBHOOK, WEBHOOK, WEBHOOK), (1, 1, 2, 2), strict=True):
        each.target.kind, each.target.id = kind, id_
    for each in done[:3]:
        tally.add(each, attempt(1))
    assert [row.delivered for row in rows.values()] == [1, 1, 1]
    assert unseen(done, tally) == [done[3]]
    assert [key_of(each.target) for each in done[:3]] == list(rows)
    document = summary(tally, 1, 4)
    assert document["delivered_by_source"] == {"subscriptions": 1, "form f": 2}
    assert list(document["subscriptions"]) == ["a"]
    assert {name: row["fired_by"] for name, row in document["webhooks"].items()} == {
        "b": "form f, always",
        "c": "form f, failed payment",
    }


@pytest.mark.parametrize(
    ("times", "share", "expected"),
    [([], 0.5, None), ([3.0], 0.5, 3.0), ([3.0], 0.99, 3.0), ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0)],
)
def test_percentiles(times: list[float], share: float, expected: float | None) -> None:
    assert percentile(times, share) == expected


def test_percentile_of_a_hundred() -> None:
    assert percentile([float(number) for number in range(1, 101)], 0.99) == 99.0


def shown(width: int) -> str:
    """The table as a terminal of this width shows it, with times as wide as they come."""
    rows: dict[Key, Row] = {(1, number): planned.row() for number, planned in enumerate(PLANNED, 1)}
    for row in rows.values():
        row.delivered, row.times = 123, [6834.0 / 1000] * 50 + [27.357]
    written = io.StringIO()
    Console(width=width, file=written).print(live_table(Tally(rows), {(1, 2): 17}, 303, width))
    return written.getvalue()


TOLD = ("delivered", "throttled", "waiting", "27,357 ms", "sub_tag(4)", "rule VIP tagged", "successful payment")


@pytest.mark.parametrize(
    ("width", "told"),
    [(35, 1), (36, 2), (60, 3), (80, 4), (WIDE, 7), (140, 7), (300, 7)],
)
def test_a_wider_terminal_is_told_more(width: int, told: int) -> None:
    text = shown(width).replace("deliveries delivered", "")
    expected = {"delivered", "waiting"} if told == 2 else set(TOLD[:told])
    assert {each for each in TOLD if each in text} == expected


@pytest.mark.parametrize("width", range(36, 150))
def test_the_live_table_keeps_each_target_on_one_line(width: int) -> None:
    names = [planned.name for planned in PLANNED]
    lines = [line.strip() for line in shown(width).splitlines()]
    assert max(map(len, lines)) <= width
    below = lines[next(index for index, line in enumerate(lines) if line.startswith("─")) + 1 :]
    assert [name for name, line in zip(names, below, strict=False) if line.startswith(name)] == names
    assert not any(below[len(names) :])
