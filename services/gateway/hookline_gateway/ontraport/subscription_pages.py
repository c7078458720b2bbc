"""Pages of subscriptions as the registry answers them, read once for as long as it answers the same.

The registry is asked each time. What is kept is found by the bytes of its answer, so nothing kept is out of date.
"""

from __future__ import annotations

from dataclasses import dataclass

from hookline.registry.v1 import subscription_pb2 as pb

from hookline_gateway.ontraport.conditions import Record
from hookline_gateway.ontraport.kept import Kept
from hookline_gateway.ontraport.options import written

MOST_BYTES = 8 * 1024 * 1024

_Key = tuple[int, bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """The subscriptions of a page, each with the fields that are not of its last attempt; one answer makes one page."""

    ids: tuple[int, ...]
    settings: tuple[Record, ...]
    next_token: str


class Pages:
    """Reads them, and keeps those that were answered last, within a bound on the bytes of their answers."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: Kept[_Key, Page] = Kept(lambda key, _: len(key[1]), most_bytes)

    def of(self, account_id: int, answer: bytes) -> Page:
        """What an account was answered."""
        key = account_id, answer
        return self._kept.get(key) or self._kept.keep(key, _read(answer))


def settings(subscription: pb.Subscription) -> Record:
    """The fields that are not of its last attempt, as this API shows them: every value is a text."""
    return {
        "id": str(subscription.id),
        "event": subscription.event,
        "data": written(subscription),
        "url": subscription.url,
    }


def _read(answer: bytes) -> Page:
    read = pb.ListSubscriptionsResponse.FromString(answer)
    found = read.subscriptions
    return Page(tuple(each.id for each in found), tuple(map(settings, found)), read.next_page_token)
