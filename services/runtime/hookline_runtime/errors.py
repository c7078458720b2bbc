"""What may go wrong, in one family, and its one translation to gRPC.

A service raises these; ``status_of`` turns them into the status that callers see, with the details
of ``google.rpc``. Of any other exception a caller learns an error id and nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypedDict, Unpack

import grpc
import structlog
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

DOMAIN = "hookline"

# The status travels in the trailing metadata, of which many clients take 8 KiB in all.
MAX_TEXT_BYTES = 512
MAX_VIOLATIONS = 16
MAX_VIOLATION_BYTES = 2048

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with one field of a request; ``field`` is its path, such as ``events[3].type``."""

    field: str
    reason: str


class Told(TypedDict, total=False):
    """What every refusal may tell beside its message."""

    reason: str | None
    metadata: Mapping[str, str] | None


class HooklineError(Exception):
    """A refusal that the caller is told about.

    ``reason`` is the ``ErrorInfo.reason`` in UPPER_SNAKE, the name of the code where none is given; ``metadata`` is its
    metadata: no secrets in it.
    """

    code: ClassVar[grpc.StatusCode] = grpc.StatusCode.INTERNAL

    def __init__(self, message: str, *, reason: str | None = None, metadata: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or self.code.name
        self.metadata: Mapping[str, str] = metadata or {}

    def details(self) -> Iterable[Message]:
        """The ``google.rpc`` details that go along beside the ``ErrorInfo``."""
        return ()


class InvalidArgument(HooklineError):
    """The request is wrong in itself, whatever the state; says every field that is."""

    code = grpc.StatusCode.INVALID_ARGUMENT

    def __init__(self, *violations: Violation) -> None:
        super().__init__("; ".join(f"{v.field}: {v.reason}" if v.field else v.reason for v in violations))
        self.violations = violations

    def details(self) -> Iterable[Message]:
        """A ``BadRequest`` with as many violations as fit."""
        request = error_details_pb2.BadRequest()
        for violation in self.violations[:MAX_VIOLATIONS]:
            field, reason = _cut(violation.field), _cut(violation.reason)
            if request.ByteSize() + len(field.encode()) + len(reason.encode()) > MAX_VIOLATION_BYTES:
                break
            request.field_violations.add(field=field, description=reason)
        return (request,)


class Unauthenticated(HooklineError):
    """The caller has not shown who it is."""

    code = grpc.StatusCode.UNAUTHENTICATED


class PermissionDenied(HooklineError):
    """The caller is known, and may not do this."""

    code = grpc.StatusCode.PERMISSION_DENIED


class NotFound(HooklineError):
    """The account has no such thing, whether or not another has."""

    code = grpc.StatusCode.NOT_FOUND


class AlreadyExists(HooklineError):
    """Something else stands under this id already."""

    code = grpc.StatusCode.ALREADY_EXISTS


class FailedPrecondition(HooklineError):
    """The state does not allow it; repeating it does not help."""

    code = grpc.StatusCode.FAILED_PRECONDITION


class Aborted(HooklineError):
    """What it was to go with has changed or failed: an etag, another event of its batch. Read again, then repeat."""

    code = grpc.StatusCode.ABORTED


class OutOfRange(HooklineError):
    """What is asked for lies past what is kept."""

    code = grpc.StatusCode.OUT_OF_RANGE


class Unimplemented(HooklineError):
    """This server does not offer the RPC."""

    code = grpc.StatusCode.UNIMPLEMENTED


class Internal(HooklineError):
    """Our own fault, told in words that are fit for callers."""


class _Later(HooklineError):
    """Base of what is worth repeating after ``retry_delay`` seconds."""

    def __init__(self, message: str, retry_delay: float, **told: Unpack[Told]) -> None:
        super().__init__(message, **told)
        self.retry_delay = retry_delay

    def details(self) -> Iterable[Message]:
        """A ``RetryInfo``."""
        delay = Duration()
        delay.FromMicroseconds(max(0, round(self.retry_delay * 1_000_000)))
        return (error_details_pb2.RetryInfo(retry_delay=delay),)


class ResourceExhausted(_Later):
    """A bound is reached; ``quota`` names the one, such as ``pending deliveries``."""

    code = grpc.StatusCode.RESOURCE_EXHAUSTED

    def __init__(self, message: str, retry_delay: float, quota: str = "", **told: Unpack[Told]) -> None:
        super().__init__(message, retry_delay, **told)
        self.quota = quota

    def details(self) -> Iterable[Message]:
        """A ``RetryInfo`` and, where a quota is named, a ``QuotaFailure``."""
        yield from super().details()
        if self.quota:
            failure = error_details_pb2.QuotaFailure()
            failure.violations.add(subject=_cut(self.quota), description=_cut(self.message))
            yield failure


class Unavailable(_Later):
    """The service cannot do it right now: it drains, or its store is away."""

    code = grpc.StatusCode.UNAVAILABLE


def status_of(error: BaseException) -> status_pb2.Status:
    """The status that a caller sees for ``error``, with its details.

    What is not a ``HooklineError`` is logged with its traceback under a fresh error id; the caller gets
    INTERNAL and that id. A group that holds nothing but ``HooklineError`` counts as its first one.
    """
    known = _known(error)
    if known is None:
        error_id = secrets.token_hex(8)
        _log.error("internal error", error_id=error_id, exc_info=error)
        known = Internal(f"internal error {error_id}", metadata={"error_id": error_id})
    status = status_pb2.Status(code=_number(known.code), message=_cut(known.message))
    info = error_details_pb2.ErrorInfo(reason=known.reason, domain=DOMAIN)
    info.metadata.update({key: _cut(value) for key, value in known.metadata.items()})
    status.details.add().Pack(info)
    for detail in known.details():
        status.details.add().Pack(detail)
    return status


def _known(error: BaseException) -> HooklineError | None:
    if isinstance(error, HooklineError):
        return error
    if isinstance(error, BaseExceptionGroup):
        inner = [_known(each) for each in error.exceptions]
        return inner[0] if all(inner) else None
    return None


def _number(code: grpc.StatusCode) -> int:
    number: int = code.value[0]
    return number


def _cut(text: str) -> str:
    return text.encode("utf-8", "replace")[:MAX_TEXT_BYTES].decode("utf-8", "ignore")
