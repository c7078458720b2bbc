"""What the sender takes and gives: a request that is ready to go, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

from hookline_dispatcher.core.retry import Outcome
from hookline_runtime.egress.endpoint import Endpoint
from hookline_runtime.tls.to_receivers import ReceiverTls

__all__ = [
    "Answered",
    "Endpoint",
    "Failed",
    "Late",
    "NoAnswer",
    "Outgoing",
    "Refusal",
    "Route",
    "SendResult",
    "Sends",
]

Route: TypeAlias = Endpoint | tuple[Endpoint, ReceiverTls]
"""What connections have in common that may take each other's requests: where they lead, what they show and trust."""


class Outgoing(NamedTuple):
    """One request; ``target`` is path and query as on the request line.

    ``headers`` are complete but for those the sender owns, see `request.OWNED_HEADERS`; ``tls`` is what its connection
    shows and trusts, where that is not as for everybody.
    """

    method: bytes
    endpoint: Endpoint
    target: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    tls: ReceiverTls | None = None

    @property
    def route(self) -> Route:
        """Which connections may take it."""
        return self.endpoint if self.tls is None else (self.endpoint, self.tls)


NoAnswer = Literal[
    Outcome.TIMEOUT,
    Outcome.NAME_NOT_RESOLVED,
    Outcome.ADDRESS_REFUSED,
    Outcome.NOT_CONNECTED,
    Outcome.TLS_FAILED,
    Outcome.PROTOCOL_ERROR,
    Outcome.TOO_LARGE,
    Outcome.NOT_AUTHORIZED,
]
"""What an attempt comes to when the request was to be sent and no answer came."""


class Answered(NamedTuple):
    """A whole answer: header names in lower case, the beginning of the body.

    ``body_cut`` says that the receiver sent, or was about to send, more than was kept; ``head_cut`` that it sent more
    headers. Latencies are in microseconds from the begin of the sending: until the connection stood (0: it was kept
    from before; None: nobody knows), until the first byte of the answer, and until its last.
    """

    status_code: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    body_cut: bool
    latency: int
    connect_latency: int | None = None
    first_byte_latency: int | None = None
    head_cut: bool = False


class Refusal(NamedTuple):
    """Why the guard refused: the address, or the name where that was enough, and a word or two for the operator."""

    address: str
    word: str


class Failed(NamedTuple):
    """No answer: ``reason`` is in words and fit for the customer.

    Latencies are as in Answered, as far as it came: None where no connection stood, or no byte of an answer came.
    ``own`` says that it failed for want of something on this side, and says nothing of the receiver; ``refusal`` is for
    the operator alone.
    """

    outcome: NoAnswer
    reason: str
    latency: int
    own: bool = False
    refusal: Refusal | None = None
    connect_latency: int | None = None
    first_byte_latency: int | None = None


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
