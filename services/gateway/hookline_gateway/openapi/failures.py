"""The failures that an operation may answer with, by status: told once for each API, and named where they may come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from google.rpc import code_pb2

Document = dict[str, Any]

READING: Final = ("408", "413", "415")
"""Those of operations that read a body."""
CONDITIONAL: Final = "412"
CHANGING: Final = "409"
EVERY: Final = ("400", "401", "403", "404", "429", "5XX")
OF_ONTRAPORT: Final = ("400", "401", "403", "404", *READING, "422", "429", "5XX")

_RETRY: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
_WORDS: Final[Mapping[str, str]] = {
    "400": "A field, a parameter or the JSON is wrong, or the state does not allow it.",
    "401": "There is no such key.",
    "403": "The key may not do this.",
    "404": "There is no such thing in the account of the key.",
    "408": "The body came too slowly.",
    "409": "It exists already, or was changed meanwhile.",
    "412": "It was changed meanwhile, and If-Match asked that it be not.",
    "413": "The body is too large.",
    "415": "The body is of a type that is not read here.",
    "422": "A value is refused: no such event, a URL that is not public, options that are none.",
    "429": "A bound is reached.",
    "5XX": "503: a service is away or drains; 504: it took too long; 500 and 501: it cannot.",
}


_SHORT: Final[Mapping[str, str]] = {"5XX": "a service is away"}
_CODES: Final[Mapping[str, int]] = {
    "400": code_pb2.INVALID_ARGUMENT,
    "401": code_pb2.UNAUTHENTICATED,
    "403": code_pb2.PERMISSION_DENIED,
    "404": code_pb2.NOT_FOUND,
    "408": code_pb2.DEADLINE_EXCEEDED,
    "409": code_pb2.ALREADY_EXISTS,
    "412": code_pb2.ABORTED,
    "413": code_pb2.INVALID_ARGUMENT,
    "415": code_pb2.INVALID_ARGUMENT,
    "422": code_pb2.INVALID_ARGUMENT,
    "429": code_pb2.RESOURCE_EXHAUSTED,
    "5XX": code_pb2.UNAVAILABLE,
}


def components(
    prefix: str, schema: Document, example: Callable[[str, str], Document], statuses: Iterable[str] = _WORDS
) -> Document:
    """The responses that operations refer to, named with ``prefix``; ``example`` makes one of a status and words."""
    return {f"{prefix}{status}": _response(status, schema, example) for status in statuses}


def status_example(status: str, words: str) -> Document:
    """A google.rpc.Status as this HTTP status is answered with."""
    return {"code": _CODES[status], "message": words, "details": []}


def references(prefix: str, statuses: Iterable[str]) -> Document:
    """The responses of one operation."""
    return {status: {"$ref": f"#/components/responses/{prefix}{status}"} for status in statuses}


def _response(status: str, schema: Document, example: Callable[[str, str], Document]) -> Document:
    shown = example(status, _SHORT.get(status, _WORDS[status]))
    content = {"application/json": {"schema": schema, "example": shown}}
    response: Document = {"description": _WORDS[status], "content": content}
    return response | {"headers": _RETRY} if status in ("429", "5XX") else response
