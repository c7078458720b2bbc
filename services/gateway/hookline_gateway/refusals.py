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
