"""An account at a glance as a message of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from google.protobuf.duration_pb2 import Duration
from hookline.dispatcher.v1 import stats_service_pb2 as pb

from hookline_dispatcher.activity.points import Activity, Point
from hookline_dispatcher.config.targets import TargetSettings
from hookline_dispatcher.store.happened import Happening
from hookline_dispatcher.store.model import TargetKey
from hookline_dispatcher.store.overview import DeliveryCounts, Trouble, Troubles

from . import wire_deliveries
from .glances import Glance
from .wire_deliveries import timestamp


def overview(
    glance: Glance,
    targets: Mapping[TargetKey, TargetSettings],
    most: int,
    activity: Activity,
    after: int,
    now: int,
    quota: int = 0,
) -> pb.Overview:
    """All of it, with at most ``most`` targets in trouble and the points that began behind ``after``.

    ``quota`` is how many bytes its events may take up; 0: any number.
    """
    since, happened = activity.hour(now)
    return pb.Overview(
        as_of_time=timestamp(glance.time),
        deliveries=_counts(glance.counts),
        last_hour=_happened(happened),
        last_hour_start_time=timestamp(since),
        points=[_point(each) for each in activity.points(after, now)],
        troubles=_troubles(glance.troubles, targets)[:most],
        trouble_counts=pb.TroubleCounts(
            off=glance.troubles.counts[Trouble.OFF],
            half_open=glance.troubles.counts[Trouble.HALF_OPEN],
            backlog=glance.troubles.counts.get(Trouble.BACKLOG, 0),
            failing=glance.troubles.counts[Trouble.FAILING],
            paused=glance.troubles.counts[Trouble.PAUSED],
        ),
        stored_bytes=glance.stored,
        max_stored_bytes=quota,
    )


def _troubles(troubles: Troubles, targets: Mapping[TargetKey, TargetSettings]) -> list[pb.TroubledTarget]:
    return [
        pb.TroubledTarget(
            target=wire_deliveries.target(targets[stored.target], stored), trouble=pb.Trouble.ValueType(trouble)
        )
        for trouble, stored in troubles.worst
        if stored.target in targets
    ]


def _counts(counts: DeliveryCounts) -> pb.DeliveryCounts:
    return pb.DeliveryCounts(
        waiting=counts.waiting,
        retrying=counts.retrying,
        in_flight=counts.in_flight,
        delivered=counts.delivered,
        dead=counts.dead,
        cancelled=counts.cancelled,
    )


def _happened(counts: Sequence[int]) -> pb.HappenedCounts:
    return pb.HappenedCounts(
        events=counts[Happening.EVENT],
        delivered=counts[Happening.DELIVERED],
        retried=counts[Happening.RETRIED],
        dead=counts[Happening.DEAD],
        cancelled=counts[Happening.CANCELLED],
    )


def _point(point: Point) -> pb.ActivityPoint:
    delivered = point.happened[Happening.DELIVERED]
    return pb.ActivityPoint(
        start_time=timestamp(point.start_time),
        happened=_happened(point.happened),
        attempts=point.attempts,
        attempt_p50=_span(point.attempt_p50, point.attempts),
        attempt_p99=_span(point.attempt_p99, point.attempts),
        delivered_p50=_span(point.delivered_p50, delivered),
        delivered_p99=_span(point.delivered_p99, delivered),
    )


def _span(span: int, number: int) -> Duration | None:
    """A span; None where nothing was measured."""
    if not number:
        return None
    shown = Duration()
    shown.FromMicroseconds(span)
    return shown
