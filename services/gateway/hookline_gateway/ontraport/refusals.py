"""What this API refuses by itself, in the statuses of the original."""

from __future__ import annotations

import grpc

from hookline_gateway.refusals import HttpRefusal


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
    """The account has used up its minute."""

    code = grpc.StatusCode.RESOURCE_EXHAUSTED
    http_status = 429
    why = "RATE_LIMIT"
