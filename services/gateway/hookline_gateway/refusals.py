"""What the gateway itself refuses, before any service is asked.

Each is a ``HooklineError`` and so has a canonical code; where HTTP has a better status than the
code's usual one, ``http_status`` says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import grpc

from hookline_runtime.errors import HooklineError


class HttpRefusal(HooklineError):
    """A refusal with an HTTP status of its own and, where one belongs to it, headers."""

    code: ClassVar[grpc.StatusCode] = grpc.StatusCode.INVALID_ARGUMENT
    http_status: ClassVar[int] = 400
    why: ClassVar[str] = "BAD_REQUEST"

    def __init__(self, message: str, *, reason: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, reason=reason or self.why)
        self.headers: Mapping[str, str] = headers or {}


class NoSuchRoute(HttpRefusal):
    """No operation has this path."""

    code = grpc.StatusCode.NOT_FOUND
    http_status = 404
    why = "ROUTE_UNKNOWN"


class NoSuchMethod(HttpRefusal):
    """The path exists, with other methods; ``Allow`` names them."""

    code = grpc.StatusCode.UNIMPLEMENTED
    http_status = 405
    why = "METHOD_NOT_ALLOWED"


class BodyTooSlow(HttpRefusal):
    """The body did not come in time."""

    code = grpc.StatusCode.DEADLINE_EXCEEDED
    http_status = 408
    why = "BODY_TOO_SLOW"


class TooSlow(HttpRefusal):
    """A service did not answer in time."""

    code = grpc.StatusCode.DEADLINE_EXCEEDED
    http_status = 504
    why = "DEADLINE_EXCEEDED"


class BodyTooLarge(HttpRefusal):
    """The body, or a part that is bounded by itself, is too large."""

    http_status = 413
    why = "BODY_TOO_LARGE"


class UnsupportedType(HttpRefusal):
    """The body is of a content type, or in a content encoding, that the operation does not read."""

    http_status = 415
    why = "CONTENT_TYPE_UNSUPPORTED"


class BadJson(HttpRefusal):
    """The body is no JSON that can be read: truncated, too deep, not UTF-8."""

    why = "JSON_UNREADABLE"


class Unreadable(HttpRefusal):
    """A parameter is missing, or is not what it has to be."""

    why = "PARAMETER_UNREADABLE"


class Unprocessable(HttpRefusal):
    """A parameter can be read, but its value cannot be taken."""

    http_status = 422
    why = "VALUE_REFUSED"


class NoSuchRecord(HttpRefusal):
    """The account has no record of this id, whether or not another has."""

    code = grpc.StatusCode.NOT_FOUND
    http_status = 404
    why = "NOT_FOUND"


class NotForThisKey(HttpRefusal):
    """The key is good, but acts for no account of its own."""

    code = grpc.StatusCode.PERMISSION_DENIED
    http_status = 403
    why = "KEY_KIND"


class TooManyRequests(HttpRefusal):
    """Whoever asks has used up the minute."""

    code = grpc.StatusCode.RESOURCE_EXHAUSTED
    http_status = 429
    why = "RATE_LIMIT"


class ForeignPage(HttpRefusal):
    """The session's cookie came with a request that the console's own pages may not have made."""

    code = grpc.StatusCode.PERMISSION_DENIED
    http_status = 403
    why = "FOREIGN_PAGE"
