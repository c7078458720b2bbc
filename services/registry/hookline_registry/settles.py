"""Settle: how long what fires waits until its object is quiet. The contract's own rules only compare its spans."""

from collections.abc import Iterator

from hookline.registry.v1 import settle_pb2

from hookline_plugin.catalogue import event_type
from hookline_registry.model import SubscriptionSettings
from hookline_runtime.errors import Violation
from hookline_runtime.times import span_of


def check_spans(field: str, settle: settle_pb2.Settle) -> None:
    """Pass spans of time that are some.

    Raises InvalidArgument at the span, below `field`.
    """
    for each, span in settle.ListFields():
        span_of(f"{field}.{each.name}", span)


def violations(settings: SubscriptionSettings) -> Iterator[Violation]:
    """Give what is wrong with how a subscription settles; of rules and forms their sources say it."""
    if not settings.quiet:
        return
    if 0 < settings.longest < settings.quiet:
        yield Violation("subscription.settle.longest", "must not be shorter than quiet")
    kind = event_type(settings.event_name)
    if kind is not None and not kind.producer:
        reason = f"must not be set where the event is {settings.event_name}: it tells of a target, not of an object"
        yield Violation("subscription.settle", reason)
