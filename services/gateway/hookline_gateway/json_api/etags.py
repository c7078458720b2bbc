"""Etags of the protos as those of HTTP.

``ETag`` shows the one of an answer, ``If-Match`` sets the one of a request, ``If-None-Match`` names those that are
known already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from hookline_gateway.json_api.fields import by_name, kind_of
from hookline_runtime.errors import InvalidArgument, Violation

_QUOTED = re.compile(r'"([!#-~]*)"')
_FIELD = "etag"


def put_if_match(value: dict[str, Any], header: str, descriptor: Descriptor) -> None:
    """Puts the etag of an ``If-Match`` into the JSON value of a request.

    Raises:
        InvalidArgument: the header is not one strong etag, or the operation has no use for it.
    """
    if header.strip() == "*":
        return
    found = _QUOTED.fullmatch(header.strip())
    if found is None:
        raise InvalidArgument(Violation("If-Match", 'must be one etag in double quotes, such as "1a2b", or *'))
    if _FIELD in by_name(descriptor):
        value[_FIELD] = found[1]
        return
    for field in _holders(descriptor):
        inner = value.setdefault(field.json_name if field.json_name in value else field.name, {})
        if isinstance(inner, dict):
            inner[_FIELD] = found[1]
            return
    raise InvalidArgument(Violation("If-Match", "is not for this operation: nothing that it changes has an etag"))


def is_known(header: str, etag: str) -> bool:
    """Whether an ``If-None-Match`` names the etag, so that what has it need not be shown again."""
    return header.strip() == "*" or etag in (each.strip().removeprefix("W/") for each in header.split(","))


def shows_etag(descriptor: Descriptor) -> bool:
    """Whether an answer shows one thing that has an etag."""
    return any(_holders(descriptor))


def takes_if_match(descriptor: Descriptor) -> bool:
    """Whether a request has an etag that ``If-Match`` can set."""
    return _FIELD in by_name(descriptor) or any(_holders(descriptor))


def etag_of(message: Message) -> str | None:
    """The etag of the one thing that an answer shows, quoted for HTTP; None where it has none."""
    for field in _holders(kind_of(message)):
        if message.HasField(field.name):
            etag = getattr(getattr(message, field.name), _FIELD)
            return f'"{etag}"' if etag else None
    return None


def _holders(descriptor: Descriptor) -> Iterator[FieldDescriptor]:
    for field in descriptor.fields:
        if field.message_type is not None and not field.is_repeated and _FIELD in by_name(field.message_type):
            yield field
