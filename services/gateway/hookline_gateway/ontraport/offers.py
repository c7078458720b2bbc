"""What this API offers: each operation with its path, its methods, its parameters and what is told of it. Pure.

The routes and the OpenAPI document are both made of ``OFFERS``, so what is served is what is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from hookline_gateway.ontraport.fields import WEBHOOK, WEBHOOK_LOG, Kind
from hookline_gateway.ontraport.told_parameters import (
    ID,
    SUBSCRIBED,
    Parameter,
    choosing,
    paging,
)

BASE: Final = "/1"


class Does(Enum):
    """What an operation does."""

    SUBSCRIBE = auto()
    UNSUBSCRIBE = auto()
    ONE = auto()
    MANY = auto()
    META = auto()
    INFO = auto()


@dataclass(frozen=True, slots=True)
class Offer:
    """One operation; ``methods`` are those that it has, the usual one first. ``manages`` says which scope it needs."""

    does: Does
    kind: Kind
    path: str
    methods: tuple[str, ...]
    summary: str
    about: str
    parameters: tuple[Parameter, ...] = ()
    manages: bool = False


_SUBSCRIBE = Offer(
    Does.SUBSCRIBE,
    WEBHOOK,
    f"{BASE}/Webhook/subscribe",
    ("POST",),
    "Subscribes a URL to an event",
    "Makes a subscription and shows it, this once with the secret that verifies its requests.",
    SUBSCRIBED,
    manages=True,
)
_UNSUBSCRIBE = Offer(
    Does.UNSUBSCRIBE,
    WEBHOOK,
    f"{BASE}/Webhook/unsubscribe",
    # Digests of the original differ on the method; its own client deletes.
    ("DELETE", "POST"),
    "Takes a subscription back",
    "Deletes a subscription. What waits to be sent to it is cancelled.",
    (ID,),
    manages=True,
)


def _looking(kind: Kind, thing: str, things: str) -> Iterator[Offer]:
    one, several = f"{BASE}/{kind.name}", f"{BASE}/{kind.name}s"
    order = "the newest first" if kind.newest_first else "by id"
    yield Offer(
        Does.MANY,
        kind,
        several,
        ("GET",),
        f"Lists {things}",
        f"Shows a page of {things}, at most 50, {order} unless another order is asked for. Without parameters: the"
        " first 50 of them all.",
        (*paging(kind), *choosing(kind)),
    )
    yield Offer(Does.ONE, kind, one, ("GET",), f"Shows one {thing}", f"Shows one {thing} by its id.", (ID,))
    yield Offer(
        Does.INFO,
        kind,
        f"{several}/getInfo",
        ("GET",),
        f"Counts {things}",
        f"Says how many {things} there are, of all or of those that are asked for, and which fields lists show.",
        (*paging(kind), *choosing(kind)),
    )
    yield Offer(
        Does.META,
        kind,
        f"{several}/meta",
        ("GET",),
        f"Describes the fields of {things}",
        f"Describes the fields that lists of {things} show: their labels and their types.",
    )


OFFERS: Final[tuple[Offer, ...]] = (
    *_looking(WEBHOOK, "subscription", "subscriptions"),
    _SUBSCRIBE,
    _UNSUBSCRIBE,
    *_looking(WEBHOOK_LOG, "entry of the log", "entries of the log"),
)
"""Every operation, in the order in which people want them."""
