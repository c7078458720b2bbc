"""What the gateway itself refuses, before any service is asked.

Each is a ``HooklineError`` and so has a canonical code; HTTP often has a better status than the code's usual one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import grpc

from hookline_runtime.errors import HooklineError

Code = grpc.StatusCode


class HttpRefusal(HooklineError):
    """A refusal with an HTTP status of its own and, where they belong to it, headers.

    Each kind says in its first line what it has of its own: the reason that it gives unless it is raised with another,
    and code and HTTP status where the request is not simply wrong.
    """

    code: ClassVar[grpc.StatusCode] = Code.INVALID_ARGUMENT
    http_status: ClassVar[int] = 400
    why: ClassVar[str] = "BAD_REQUEST"

    def __init_subclass__(cls, why: str, code: grpc.StatusCode = Code.INVALID_ARGUMENT, http: int = 400) -> None:
        cls.why, cls.code, cls.http_status = why, code, http

    def __init__(self, message: str, *, reason: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, reason=reason or self.why)
        self.headers: Mapping[str, str] = headers or {}


class NoSuchRoute(HttpRefusal, why="ROUTE_UNKNOWN", code=Code.NOT_FOUND, http=404):
    """No operation has this path."""


class NoSuchMethod(HttpRefusal, why="METHOD_NOT_ALLOWED", code=Code.UNIMPLEMENTED, http=405):
    """The path exists, with other methods; ``Allow`` names them."""


class BodyTooSlow(HttpRefusal, why="BODY_TOO_SLOW", code=Code.DEADLINE_EXCEEDED, http=408):
    """The body did not come in time."""


class TooSlow(HttpRefusal, why="DEADLINE_EXCEEDED", code=Code.DEADLINE_EXCEEDED, http=504):
    """A service did not answer in time."""


class BodyTooLarge(HttpRefusal, why="BODY_TOO_LARGE", http=413):
    """The body, or a part that is bounded by itself, is too large."""


class UnsupportedType(HttpRefusal, why="CONTENT_TYPE_UNSUPPORTED", http=415):
    """The body is of a content type, or in a content encoding, that the operation does not read."""


class BadJson(HttpRefusal, why="JSON_UNREADABLE"):
    """The body is no JSON that can be read: truncated, too deep, not UTF-8."""


class Unreadable(HttpRefusal, why="PARAMETER_UNREADABLE"):
    """A parameter is missing, or is not what it has to be."""


class Unprocessable(HttpRefusal, why="VALUE_REFUSED", http=422):
    """A parameter can be read, but its value cannot be taken."""


class NoSuchRecord(HttpRefusal, why="NOT_FOUND", code=Code.NOT_FOUND, http=404):
    """The account has no record of this id, whether or not another has."""


class NotForThisKey(HttpRefusal, why="KEY_KIND", code=Code.PERMISSION_DENIED, http=403):
    """The key is good, but acts for no account of its own."""


class TooManyRequests(HttpRefusal, why="RATE_LIMIT", code=Code.RESOURCE_EXHAUSTED, http=429):
    """Whoever asks has used up the minute."""


class ForeignPage(HttpRefusal, why="FOREIGN_PAGE", code=Code.PERMISSION_DENIED, http=403):
    """The session's cookie came with a request that the console's own pages may not have made."""
