"""What the sender takes and gives: a request that is ready to go, and what became of it."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect: ``host`` is lower-case ASCII (IDNA done), or an IP literal without brackets."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request; ``target`` is path and query as on the request line.

    ``headers`` are complete but for those the sender owns, see `request.OWNED_HEADERS`.
    """

    method: bytes
    endpoint: Endpoint
    target: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


class Failure(enum.IntEnum):
    """Why there is no answer; the numbers are those of ``hookline.dispatcher.v1.Outcome``."""

    TIMEOUT = 3
    NAME_NOT_RESOLVED = 4
    ADDRESS_REFUSED = 5
    NOT_CONNECTED = 6
    TLS_FAILED = 7
    PROTOCOL_ERROR = 8
    TOO_LARGE = 9


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer: header names in lower case, the beginning of the body, ``latency`` in microseconds.

    ``body_cut`` says that the receiver sent, or was about to send, more than was kept.
    """

    status_code: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    body_cut: bool
    latency: int


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer: ``reason`` is in words and fit for the customer, ``latency`` is in microseconds."""

    failure: Failure
    reason: str
    latency: int


@dataclass(frozen=True, slots=True)
class Late:
    """``leave_by`` passed before the request could leave: nothing was sent."""


SendResult = Answered | Failed | Late


class Sends(Protocol):
    """What a worker needs of a sender."""

    async def send(self, request: Outgoing, *, timeout: float, leave_by: float | None = None) -> SendResult:
        """Send `request` and return what came of it, at the latest after `timeout` seconds."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...
