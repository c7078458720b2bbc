"""`application/json`: UTF-8, no blanks, keys in the payload's order.

orjson writes what it can; integers beyond 64 bits go through the standard library, which is ten times slower.
"""

import json
from collections.abc import Mapping, Sequence
from math import isfinite

import orjson

from hookline_builtin.encoders import json_template
from hookline_plugin import Names, Payload, Template, Value, check, refusal


class JsonEncoder:
    """Encodes payloads as one JSON object."""

    name = "json"
    media_type = "application/json"
    media_types = frozenset({"application/json"})

    def encode(self, payload: Payload) -> bytes:
        """Give the object; refused are also keys and values that are not valid Unicode."""
        try:
            body = orjson.dumps(payload, _plain)
        except orjson.JSONEncodeError:
            return _slowly(payload)
        # orjson writes null for NaN and infinities: only a body with a null in it can hide one.
        if b"null" in body and not _is_finite(payload):
            raise refusal(payload)
        return body

    def detects(self, text: str) -> bool:
        """Say whether a template is a JSON object or array, once its merge fields are put in."""
        return json_template.detects(text)

    def parse(self, text: str, names: Names) -> Template:
        """Parse JSON with merge fields in its strings and in place of values."""
        return json_template.parse(text, names)


def _slowly(payload: Payload) -> bytes:
    # First, because the standard library writes a key that is a number or null as if it were text.
    check(payload)
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    return text.encode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no value of JSON")


def _is_finite(payload: Payload) -> bool:
    containers: list[Sequence[Value] | Mapping[str, Value]] = [payload]
    while containers:
        container = containers.pop()
        for value in container.values() if isinstance(container, Mapping) else container:
            if value is None or isinstance(value, (str, int)):
                continue
            if isinstance(value, float):
                if not isfinite(value):
                    return False
            elif isinstance(value, (Mapping, Sequence)):
                containers.append(value)
    return True
