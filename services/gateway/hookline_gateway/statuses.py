"""The one place where what went wrong becomes an HTTP status and a ``google.rpc.Status``.

A service's refusal is passed on with its details. What the transport says, such as a connection
that was refused, is not: it names addresses. Its place is taken by words of our own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import grpc
import grpc.aio
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from hookline_gateway.backends import Name
from hookline_gateway.refusals import HttpRefusal
from hookline_runtime.errors import DOMAIN, status_of

HTTP_STATUS: Mapping[int, int] = {
    code_pb2.OK: 200,
    code_pb2.CANCELLED: 499,
    code_pb2.INVALID_ARGUMENT: 400,
    code_pb2.FAILED_PRECONDITION: 400,
    code_pb2.OUT_OF_RANGE: 400,
    code_pb2.UNAUTHENTICATED: 401,
    code_pb2.PERMISSION_DENIED: 403,
    code_pb2.NOT_FOUND: 404,
    code_pb2.ALREADY_EXISTS: 409,
    code_pb2.ABORTED: 409,
    code_pb2.RESOURCE_EXHAUSTED: 429,
    code_pb2.UNIMPLEMENTED: 501,
    code_pb2.UNAVAILABLE: 503,
    code_pb2.DEADLINE_EXCEEDED: 504,
}
"""The HTTP status of each code, as google/rpc/code.proto gives it; 500 for those that are not here."""

_AWAY_SECONDS = 1
_CHALLENGE = 'ApiKey realm="hookline", header="Api-Key, Api-Appid"'


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as it is answered: the HTTP status, headers that belong to it, and what the body says."""

    http_status: int
    status: status_pb2.Status
    headers: Mapping[str, str]


class CallFailed(Exception):
    """A service refused a call, or could not be reached; ``error`` is what gRPC says of it."""

    def __init__(self, service: Name, error: grpc.aio.AioRpcError) -> None:
        super().__init__(service)
        self.service = service
        self.error = error

    @property
    def invalid(self) -> bool:
        """Whether the service says that the request is wrong in itself."""
        return self.error.code() is grpc.StatusCode.INVALID_ARGUMENT

    @property
    def not_found(self) -> bool:
        """Whether the account has no such thing."""
        return self.error.code() is grpc.StatusCode.NOT_FOUND


def failure_of(error: BaseException) -> Failure:
    """How ``error`` is answered."""
    if isinstance(error, CallFailed):
        return _failed(_called(error.error, error.service))
    if isinstance(error, HttpRefusal):
        return Failure(error.http_status, status_of(error), error.headers)
    return _failed(status_of(error))


def _failed(status: status_pb2.Status) -> Failure:
    http_status = HTTP_STATUS.get(status.code, 500)
    headers = {}
    if http_status == 401:
        headers["www-authenticate"] = _CHALLENGE
    delay = _retry_delay(status)
    if delay is not None and http_status in (429, 503):
        headers["retry-after"] = str(max(1, math.ceil(delay)))
    return Failure(http_status, status, headers)


def _called(error: grpc.aio.AioRpcError, service: str) -> status_pb2.Status:
    # A service of ours always sends details; without any it was the transport that failed.
    told = _told(error)
    if told is not None:
        return told
    code = error.code()
    number: int = code.value[0]
    if code in _LOST:
        return _away(service)
    words = error.details() if code is grpc.StatusCode.RESOURCE_EXHAUSTED else _WORDS.get(code)
    return _with_info(status_pb2.Status(code=number, message=words or f"the {service} failed"), code.name)


_LOST = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
"""The service is not there, or was stopped while it worked: nobody else cancels a call of the gateway's."""

_WORDS = {
    grpc.StatusCode.DEADLINE_EXCEEDED: "the answer took too long",
    grpc.StatusCode.UNIMPLEMENTED: "this installation does not offer the operation",
}


def _told(error: grpc.aio.AioRpcError) -> status_pb2.Status | None:
    try:
        found: status_pb2.Status | None = rpc_status.from_call(error)
    except (ValueError, DecodeError):  # details that contradict the status, or are none
        return None
    return found


def _away(service: str) -> status_pb2.Status:
    status = status_pb2.Status(code=code_pb2.UNAVAILABLE, message=f"the {service} cannot be reached")
    _with_info(status, f"{service.upper()}_AWAY")
    retry = error_details_pb2.RetryInfo()
    retry.retry_delay.seconds = _AWAY_SECONDS
    status.details.add().Pack(retry)
    return status


def _with_info(status: status_pb2.Status, reason: str) -> status_pb2.Status:
    status.details.add().Pack(error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN))
    return status


def _retry_delay(status: status_pb2.Status) -> float | None:
    retry = error_details_pb2.RetryInfo()
    for detail in status.details:
        if detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
            detail.Unpack(retry)
            seconds: float = retry.retry_delay.ToTimedelta().total_seconds()
            return seconds
    return None
