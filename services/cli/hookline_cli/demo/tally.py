"""What the demo counts, from the outcomes that the dispatcher tells. Pure.

Each outcome counts once, however often it is told: watching and looking afterwards may tell the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2

HELD_BACK_SECONDS = 0.25
"""A first attempt of a throttled target that began so long after the firing counts as throttled."""

Key = tuple[int, int]
"""A target by kind and id: a subscription and a webhook may have the same id."""


@dataclass(slots=True)
class Row:
    """What became of the deliveries of one target. Times are in seconds from firing to settled.

    source is what fired them, as the summary groups it, fired_by more exactly; payload is what they carry.
    """

    name: str
    throttled_target: bool = False
    source: str = ""
    fired_by: str = ""
    payload: str = ""
    delivered: int = 0
    dead: int = 0
    cancelled: int = 0
    retried: set[int] = field(default_factory=set)
    throttled: set[int] = field(default_factory=set)
    times: list[float] = field(default_factory=list)
    direct_times: list[float] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)

    def add(self, delivery: delivery_pb2.Delivery, attempt: delivery_pb2.Attempt | None) -> None:
        """Counts one outcome."""
        if attempt is not None and attempt.number > 1:
            self.retried.add(delivery.id)
        if attempt is not None and attempt.number == 1 and self._was_held_back(delivery, attempt):
            self.throttled.add(delivery.id)
        if delivery.id not in self.settled:
            self._settle(delivery)

    def _was_held_back(self, delivery: delivery_pb2.Delivery, attempt: delivery_pb2.Attempt) -> bool:
        waited = seconds_between(delivery.create_time, attempt.start_time)
        return self.throttled_target and waited > HELD_BACK_SECONDS

    def _settle(self, delivery: delivery_pb2.Delivery) -> None:
        match delivery.state:
            case delivery_pb2.DELIVERY_STATE_DELIVERED:
                self.delivered += 1
                seconds = seconds_between(delivery.create_time, delivery.settle_time)
                self.times.append(seconds)
                if delivery.attempts <= 1 and delivery.id not in self.throttled:
                    self.direct_times.append(seconds)
            case delivery_pb2.DELIVERY_STATE_DEAD:
                self.dead += 1
            case delivery_pb2.DELIVERY_STATE_CANCELLED:
                self.cancelled += 1
            case _:
                return
        self.settled.add(delivery.id)


class Tally:
    """A row for each target."""

    def __init__(self, rows: dict[Key, Row]) -> None:
        self.rows = rows

    def add(self, delivery: delivery_pb2.Delivery, attempt: delivery_pb2.Attempt | None) -> None:
        """Counts one outcome; a target that is not in the tally is left out."""
        row = self.rows.get(key_of(delivery.target))
        if row is not None:
            row.add(delivery, attempt)

    @property
    def settled(self) -> int:
        """How many deliveries came to an end."""
        return sum(len(row.settled) for row in self.rows.values())

    def count(self, name: str) -> int:
        """The sum of a count over all rows."""
        values = (getattr(row, name) for row in self.rows.values())
        return sum(value if isinstance(value, int) else len(value) for value in values)

    def delivered_by_source(self) -> dict[str, int]:
        """How many deliveries of each source were delivered, in the order of the rows."""
        counts: dict[str, int] = {}
        for row in self.rows.values():
            counts[row.source] = counts.get(row.source, 0) + row.delivered
        return counts

    def times(self, *, direct: bool) -> list[float]:
        """All times; direct leaves out what was retried or throttled."""
        return [each for row in self.rows.values() for each in (row.direct_times if direct else row.times)]


def key_of(target: delivery_pb2.TargetRef) -> Key:
    """Where a target stands in the tally."""
    return (target.kind, target.id)


def percentile(times: Sequence[float], share: float) -> float | None:
    """The smallest time that at least this share of the times does not exceed; None without times."""
    if not times:
        return None
    ordered = sorted(times)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def seconds_between(begin: Timestamp, end: Timestamp) -> float:
    """The seconds from begin to end."""
    return (end.seconds - begin.seconds) + (end.nanos - begin.nanos) / 1e9


def unseen(deliveries: Iterable[delivery_pb2.Delivery], tally: Tally) -> list[delivery_pb2.Delivery]:
    """Those deliveries of the tally's targets whose end was not told yet."""
    rows = ((each, tally.rows.get(key_of(each.target))) for each in deliveries)
    return [each for each, row in rows if row is not None and each.id not in row.settled]
