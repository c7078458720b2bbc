"""Targets as their settings define them: decoded once from the configuration, read by routing and worker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.store.model import TargetKey
from hookline_runtime.egress.url import UrlRefused, parse_url
from hookline_runtime.tls.to_receivers import ReceiverTls
from hookline_runtime.webhook.authentication import Authentication, ClientCredentials

SUBSCRIPTION = 1
"""TargetKind of a subscription."""

WEBHOOK = 2
"""TargetKind of a webhook."""

TEXT_OF_WEIGHT = 4_096
"""Characters of a webhook that weigh as much in memory as the rest of a target."""

_HEAD = re.compile(r"[A-Za-z]+://([^/?#]*)")
_ADDRESS = re.compile(r"\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\](?::\d*)?")


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret; ``expire_time`` 0: it does not expire. ``text`` is its written form, or that sealed."""

    text: str = field(repr=False)
    expire_time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSettings:
    """What the settings of every target say, as of one revision of the configuration."""

    key: TargetKey
    revision: int
    url: str
    """Where it sends; of a webhook, with merge fields."""
    headers: tuple[tuple[str, str], ...] = ()
    max_retries: int = 10
    timeout: int = 30 * SECOND
    secrets: tuple[Secret, ...] = ()
    """The newest first."""
    secret_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Headers whose values are kept sealed."""
    authentication: Authentication | None = None
    """What goes into the Authorization header; its secret is kept sealed."""
    tls: ReceiverTls | None = None
    """What connections show and trust, where that is not as for everybody; its key is kept sealed."""
    policy: LanePolicy = field(default_factory=LanePolicy)

    @property
    def credentials_size(self) -> int:
        """How many characters its certificates and authorities have."""
        method = self.authentication.method if self.authentication is not None else None
        authorities = len(method.authorities) if isinstance(method, ClientCredentials) else 0
        return authorities + (self.tls.size if self.tls is not None else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSettings(SharedSettings):
    """A subscription: which events, and how much of them."""

    event: str
    """The event's name, without the number."""
    number: str = ""
    """The number in brackets; empty: every one."""
    format: int = 1
    """A number of the contract's PayloadFormat: 1 full, 2 lightweight, 3 notify."""
    content_type: str
    """The media type that picks the encoder."""
    quiet: int = 0
    """How long its object must be quiet before an event is sent; 0: it does not settle."""
    longest: int = 0
    """How long that may take at most."""

    @property
    def one_receiver(self) -> bool:
        """Whether all its requests go to one host, so that a failure says something of the next one."""
        return True

    @property
    def weight(self) -> int:
        """How much memory it takes up, in targets of the usual size."""
        return 1 + self.credentials_size // TEXT_OF_WEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings(SharedSettings):
    """A webhook: URL, values of headers and data are texts with merge fields."""

    object_type_id: int = 0
    method: str = "POST"
    data: str = ""
    content_type: str = ""
    """The media type that the data are written in; empty: it is detected from them."""
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What each merge field's name stands for: where its value is in an event's data."""
    gone: tuple[str, ...] = ()
    """The names whose field was deleted."""

    @property
    def one_receiver(self) -> bool:
        """Whether its host is literal. Of merged ones, one contact's host says nothing of another's."""
        return bool(self.policy.origin)

    @property
    def weight(self) -> int:
        """How much memory it takes up, in targets of the usual size."""
        texts = len(self.data) + sum(len(value) for _, value in self.headers)
        return 1 + (texts + self.credentials_size) // TEXT_OF_WEIGHT


TargetSettings: TypeAlias = SubscriptionSettings | WebhookSettings
"""Where to send and how, as of one revision of the configuration."""


def origin_of(url: str) -> str:
    """Host and port that requests to ``url`` go to; empty for a URL that cannot be read."""
    try:
        endpoint = parse_url(url).endpoint
    except UrlRefused:
        return ""
    return f"{endpoint.host}:{endpoint.port}"


def literal_origin(url: str) -> str:
    """Host and port that requests to a URL with merge fields go to; empty where they are merged themselves.

    A bracketed host that holds a colon is an IPv6 address.
    """
    head = _HEAD.match(url)
    if head is None or ("[" in head[1] and not _ADDRESS.fullmatch(head[1])):
        return ""
    return origin_of(head[0])


Targets: TypeAlias = Mapping[TargetKey, TargetSettings]
