"""Reads what is asked of a bin: bodies of changes, pages, places in a stream."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from hookline_gateway.bodies import BodyLimits, read_body
from hookline_gateway.json_api.json_in import read_json
from hookline_gateway.json_api.requests import must_be_json
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.signature_check import BadSecret, key_of

SECRET, STATUS = "signing_secret", "status"
NEWEST = 2**63 - 1
_LONGEST_SECRET = 256
_STATUSES = range(200, 600)
_MOST, _USUAL = 100, 20
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


async def fields(request: Request, limits: BodyLimits, *names: str) -> dict[str, Any]:
    """The fields of the body, which is a JSON object of no others; empty for none.

    Raises:
        HooklineError: it is another, or cannot be read.
    """
    must_be_json(request)
    body = await read_body(request, limits)
    value = read_json(body) if body.strip() else {}
    if not isinstance(value, dict):
        raise InvalidArgument(Violation("", f"the body must be a JSON object with fields of {', '.join(names)}"))
    for name in value:
        if name not in names:
            raise InvalidArgument(Violation(str(name)[:128], f"is not a field; there are {', '.join(names)}"))
    return value


def secret_in(given: Mapping[str, Any]) -> str:
    """The signing secret; empty for none. The refusal does not repeat it."""
    secret = given.get(SECRET, "")
    if not isinstance(secret, str) or len(secret) > _LONGEST_SECRET:
        raise InvalidArgument(Violation(SECRET, f"must be a string of at most {_LONGEST_SECRET} characters"))
    try:
        if secret:
            key_of(secret)
    except (BadSecret, ValueError):  # what is not ASCII is no base64 either
        raise InvalidArgument(Violation(SECRET, "must be whsec_ and base64, whpk_ and a key, or empty")) from None
    return secret


def status_in(given: Mapping[str, Any]) -> int:
    """The HTTP status that a bin is to answer."""
    status = given.get(STATUS)
    if type(status) is not int or status not in _STATUSES:
        raise InvalidArgument(Violation(STATUS, "must be a whole number from 200 to 599"))
    return status


def page_in(query: Mapping[str, str]) -> tuple[int, int]:
    """How many requests a page holds, and before which number it begins."""
    size = _number(query, "page_size") or _USUAL
    before = _number(query, "page_token")
    if size > _MOST:
        raise InvalidArgument(Violation("page_size", f"must be at most {_MOST}"))
    return size, NEWEST if before is None else before


def place_in(request: Request) -> int | None:
    """The number after which a stream goes on: that of the last event that came, or ``after`` of the query."""
    last = request.headers.get("last-event-id", "")
    return int(last) if _NUMBER.fullmatch(last) else _number(request.query_params, "after")


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    if text and not _NUMBER.fullmatch(text):
        raise InvalidArgument(Violation(name, "must be a whole number"))
    return int(text) if text else None
