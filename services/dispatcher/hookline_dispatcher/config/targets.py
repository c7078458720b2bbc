"""Targets as their settings define them: decoded once from the configuration, read by routing and worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.store.model import TargetKey
from hookline_plugin.catalogue import event_type
from hookline_runtime.egress.url import UrlRefused, parse_url

SUBSCRIPTION = 1
"""TargetKind of a subscription."""

CONTACT = 0
"""The object type of contacts."""

CONTACTS_ONLY_PLANS = {1: "BASIC", 2: "PLUS"}
"""Plans whose accounts get events of contacts only, and their names."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret in its written form; ``expire_time`` 0: it does not expire."""

    text: str = field(repr=False)
    expire_time: int = 0


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """Where to send and how, as of one revision of the configuration."""

    key: TargetKey
    revision: int
    event: str
    """The event's name, without the number."""
    number: str
    """The number in brackets; empty: every one."""
    url: str
    format: int
    """A number of the contract's PayloadFormat: 1 full, 2 lightweight, 3 notify."""
    content_type: str
    """The media type that picks the encoder."""
    headers: tuple[tuple[str, str], ...] = ()
    max_retries: int = 10
    timeout: int = 30 * SECOND
    secrets: tuple[Secret, ...] = ()
    """The newest first."""
    policy: LanePolicy = field(default_factory=LanePolicy)


def origin_of(url: str) -> str:
    """Host and port that requests to ``url`` go to; empty for a URL that cannot be read."""
    try:
        endpoint = parse_url(url).endpoint
    except UrlRefused:
        return ""
    return f"{endpoint.host}:{endpoint.port}"


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """What routing needs to know of an account."""

    account_id: int
    plan: int
    targets: Mapping[TargetKey, TargetSettings]
    by_event: Mapping[str, Mapping[str, tuple[TargetSettings, ...]]]
    """Subscriptions by event name, then by number; those to every number stand under the empty one. By id."""

    def covers(self, type_: str, object_type_id: int) -> bool:
        """Whether the plan has events of this type about this type of object.

        Events of the system itself (a target was switched off) are nobody's object, and no plan keeps them back.
        """
        if self.plan not in CONTACTS_ONLY_PLANS or object_type_id == CONTACT:
            return True
        kind = event_type(type_)
        return kind is not None and not kind.producer
